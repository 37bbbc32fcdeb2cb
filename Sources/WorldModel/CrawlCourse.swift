import ReproducibleMath

/// Where drivers steer at a crawl, and where they are about to stop: straight on in the lane that they are mostly in, or
/// around an obstruction. Who stops turned, or between two lanes, blocks both.
///
/// The network's tokens can't say this: half a metre per second across is hardly a lane change at speed, and a sharp
/// turn at walking pace.
@usableFromInline
struct CrawlCourse<T: FloatLanes> {
    /// Whether the driver is bound to it.
    @usableFromInline let applies: T.Mask
    /// Bounds of the speed across the lane at the end of the next half second, m/s.
    @usableFromInline let low: T
    @usableFromInline let high: T

    @inlinable @inline(always)
    init(_ situation: SituationColumns<T>, _ obstruction: Obstruction<T>) {
        let zero = T.constant(0)
        let speed = situation[2], offset = situation[1] - situation[15]
        let leader = Situation.firstNeighbour, leaderSpeed = situation[leader &+ 3]
        let target = offset.limited(-CrawlConstants.inside, CrawlConstants.inside)
            .replaced(by: obstruction.aim, where: obstruction.isPassable)
        let rolls = speed.plus(0.1)
        let most = rolls.times(CrawlConstants.slope)
            .replaced(by: rolls.times(CrawlConstants.returnSlope), where: obstruction.isOut)
            .replaced(
                by: rolls.times(CrawlConstants.passingSlope).lower(.constant(CrawlConstants.lateralSpeed)),
                where: obstruction.isPassable)
        let toTarget = (target - offset).times(CrawlConstants.rate).higher(zero - most).lower(most)
        // Who has to wait half-way past somebody stays turned.
        let turned = situation[9] / situation[7] * speed
        let course = toTarget.replaced(by: turned, where: T.both(obstruction.isPresent, obstruction.isOut))
            .replaced(by: toTarget, where: obstruction.isPassable)
        let band = speed.plus(0.05).times(CrawlConstants.band).lower(.constant(CrawlConstants.widestBand))
        low = course - band
        high = course + band

        let gap = situation[leader &+ 1] - situation[0] - (situation[7] + situation[leader &+ 6]).times(0.5)
        let nearing = (speed - leaderSpeed).higher(zero)
        let isStopping = T.both(
            T.both(zero.isBelow(situation[leader]), leaderSpeed.isBelow(.constant(CrawlConstants.leaderSpeed))),
            gap.isBelow(nearing.plus(1).times(CrawlConstants.stoppingSeconds)))
        applies = T.either(
            T.either(speed.isBelow(.constant(CrawlConstants.speed)), isStopping), obstruction.isPassable)
    }
}

@usableFromInline
enum CrawlConstants {
    /// Slower than this is a crawl, m/s.
    @_transparent @usableFromInline static var speed: Float { 4 }
    /// Who reaches, within so many seconds, a leader slower than this, m/s, is about to stop.
    @_transparent @usableFromInline static var stoppingSeconds: Float { 3 }
    @_transparent @usableFromInline static var leaderSpeed: Float { 5 }
    /// So near to the lane's middle one stays where one is, metres.
    @_transparent @usableFromInline static var inside: Float { 0.5 }
    /// Speed across for each metre that is missing, 1/s, and the steepest course: within the lane, back into it, past an
    /// obstruction, there no faster than this, m/s.
    @_transparent @usableFromInline static var rate: Float { 0.7 }
    @_transparent @usableFromInline static var slope: Float { 0.1 }
    @_transparent @usableFromInline static var returnSlope: Float { 0.25 }
    @_transparent @usableFromInline static var passingSlope: Float { 0.5 }
    @_transparent @usableFromInline static var lateralSpeed: Float { 1.1 }
    /// What the network may choose to either side of the course: a slope, and no more than so many m/s.
    @_transparent @usableFromInline static var band: Float { 0.05 }
    @_transparent @usableFromInline static var widestBand: Float { 0.1 }
}
