import ReproducibleMath

/// Somebody who stands in a driver's way, or is about to, and how the driver gets past him; for one driver, or for
/// sixteen side by side.
///
/// The recordings hold next to nothing of it: who learned from them drives up to the bumper and stays there. So rules
/// answer: room to pull out, by the circle that a vehicle turns on, and a change of lane by MOBIL's criteria (Kesting,
/// Treiber and Helbing 2007): the lane beside is faster, and nobody there has to brake hard.
public struct Obstruction<T: FloatLanes> {
    /// Whether somebody is in the way who won't go on soon: nobody is before him, or the lane beside flows while his
    /// queues; or he stands in another lane and reaches into the driver's track.
    public let isPresent: T.Mask
    /// Whether the driver is to move aside past him now.
    public let isPassable: T.Mask
    /// How much farther from him than from others the driver stays, metres: what he needs to get past.
    public let standOff: T
    /// Where the driver steers while he moves aside, metres to the left of his lane's middle.
    public let aim: T
    /// Whether the driver is half out of his lane.
    public let isOut: T.Mask

    @inlinable @inline(always)
    public init(_ situation: SituationColumns<T>) {
        let zero = T.constant(0), one = T.constant(1), half = T.constant(0.5)
        let speed = situation[2], length = situation[7], laneCentre = situation[15], laneWidth = situation[16]
        let offset = situation[1] - laneCentre
        // Whoever is nearest in the way: the leader, or somebody of another lane.
        let leader = Situation.firstNeighbour, second = leader &+ Situation.perNeighbour
        let blocker = leader &+ Neighbour.blocker.rawValue &* Situation.perNeighbour
        let isBlocker = T.both(
            half.isBelow(situation[blocker]),
            T.either(situation[leader].isBelow(half), situation[blocker &+ 1].isBelow(situation[leader &+ 1])))
        @inline(__always) func its(_ row: Int) -> T {
            situation[leader &+ row].replaced(by: situation[blocker &+ row], where: isBlocker)
        }
        let isThere = half.isBelow(its(0)), itsSpeed = its(3)
        let gap = its(1) - situation[0] - (length + its(6)).times(0.5)
        let fromCentre = (its(2) - laneCentre).magnitude(), halfLane = laneWidth.times(0.5)
        let isInLane = fromCentre.isBelow(halfLane)

        // Does he stay?
        let stands = itsSpeed.isBelow(half)
        let beyond = situation[second &+ 1] - its(1) - (situation[second &+ 6] + its(6)).times(0.5)
        let isFirst = T.either(situation[second].isBelow(half), T.constant(ObstructionConstants.free).isBelow(beyond))
        let joinsQueue = T.both(
            half.isBelow(situation[second]),
            T.both(situation[second &+ 3].isBelow(half), beyond.isBelow(itsSpeed.times(3).plus(3))))
        let stops = T.both(
            its(5).isBelow(.constant(-ObstructionConstants.stopping)),
            itsSpeed.isBelow(.constant(ObstructionConstants.stoppingSpeed)))
        let left = LaneBeside<T>(situation, .leftLeader, .leftFollower, exists: situation[17])
        let right = LaneBeside<T>(situation, .rightLeader, .rightFollower, exists: situation[18])
        let queues = T.both(T.either(stands, joinsQueue), T.either(isFirst, T.either(left.isFast, right.isFast)))
        let stays = T.both(T.both(isThere, isInLane), T.either(queues, T.both(stops, isFirst)))
        let reachesIn = T.both(T.both(isThere, stands), halfLane.isBelow(fromCentre))
        isPresent = T.either(stays, reachesIn)

        // To which side? Who is on his way to one goes on to it; around somebody of another lane, within one's own.
        isOut = T.constant(ObstructionConstants.out).isBelow(offset.magnitude())
        let isLeft = T.constant(ObstructionConstants.underWay).isBelow(offset)
        let isRight = offset.isBelow(.constant(-ObstructionConstants.underWay))
        let canLeft = zero.replaced(by: one, where: T.both(T.either(left.flows, isOut), zero.isBelow(left.room)))
            .replaced(by: zero, where: isRight)
        let canRight = zero.replaced(by: one, where: T.both(T.either(right.flows, isOut), zero.isBelow(right.room)))
            .replaced(by: zero, where: isLeft)
        let roomier = (zero - one).replaced(by: one, where: right.room.isBelow(left.room))
        let change = (canLeft - canRight).replaced(by: roomier, where: zero.isBelow(canLeft * canRight))
        let aside = situation[1] - its(2)
        let away = one.replaced(by: zero - one, where: aside.isBelow(zero))
        let side = away.replaced(by: change, where: isInLane)
        let hasSide = zero.isBelow(side.magnitude())
        aim = zero.replaced(by: side * laneWidth, where: isInLane)

        // The way along the road in which he gets clear across it: on the tightest circle until the heading is enough,
        // straight on from there.
        let clear = (situation[8] + its(7)).times(0.5).plus(ObstructionConstants.clearance)
        let across = (clear - aside.magnitude().replaced(by: side * aside, where: hasSide)).higher(zero)
        let heading = situation[9] / length * side
        let radius = length.times(ObstructionConstants.circle)
        let steepest = (T.constant(ObstructionConstants.noseReach) / length)
            .lower(.constant(ObstructionConstants.steepest))
        let enough = (heading * heading + (across + across) / radius).squareRoot()
            .lower(steepest).higher(.constant(0.05))
        let turned = (enough * enough - heading * heading) * radius.times(0.5)
        let way = (enough - heading).higher(zero) * radius + (across - turned).higher(zero) / enough
        // To begin he wants more room than just enough; once begun he goes on with a little less.
        let hasBegun = T.either(isOut, T.constant(0.05).isBelow(heading))
        let atSpeed = across * (speed - itsSpeed).times(1 / ObstructionConstants.lateralSpeed)
        let needed = way.plus(1.5).replaced(by: way.plus(-0.8), where: hasBegun).higher(atSpeed)
        let isNear = gap.isBelow(speed.times(ObstructionConstants.sightSeconds).plus(ObstructionConstants.sight))
        isPassable = T.both(T.both(hasSide, needed.isBelow(gap)), T.either(T.both(stays, isNear), reachesIn))
        standOff = way.plus(ObstructionConstants.spare).replaced(by: way.plus(-0.4).higher(zero), where: isPassable)
    }
}

/// The lane beside a driver's, as one to move over to.
@usableFromInline
struct LaneBeside<T: FloatLanes> {
    /// Whether there is one whose traffic drives, and fast, next to the driver.
    @usableFromInline let flows: T.Mask
    @usableFromInline let isFast: T.Mask
    /// How much more room it has than is needed, metres: the less of ahead and behind.
    @usableFromInline let room: T

    @inlinable @inline(always)
    init(_ situation: SituationColumns<T>, _ leader: Neighbour, _ follower: Neighbour, exists: T) {
        let zero = T.constant(0), half = T.constant(0.5), nobody = T.constant(1000)
        let ahead = Situation.firstNeighbour &+ leader.rawValue &* Situation.perNeighbour
        let behind = Situation.firstNeighbour &+ follower.rawValue &* Situation.perNeighbour
        let speed = situation[2], leaderSpeed = situation[ahead &+ 3], followerSpeed = situation[behind &+ 3]
        let gapAhead = (situation[ahead &+ 1] - situation[0] - (situation[7] + situation[ahead &+ 6]).times(0.5))
            .replaced(by: nobody, where: situation[ahead].isBelow(half))
        let gapBehind = (situation[0] - situation[behind &+ 1] - (situation[7] + situation[behind &+ 6]).times(0.5))
            .replaced(by: nobody, where: situation[behind].isBelow(half))
        let isThere = half.isBelow(exists)
        let isEmpty = T.constant(ObstructionConstants.empty).isBelow(gapAhead)
        flows = T.both(isThere, T.either(isEmpty, T.constant(ObstructionConstants.flowing).isBelow(leaderSpeed)))
        isFast = T.both(isThere, T.either(isEmpty, T.constant(ObstructionConstants.fast).isBelow(leaderSpeed)))
        let nearing = (speed - leaderSpeed).higher(zero)
        let neededAhead = speed.times(0.5).plus(2) + nearing * nearing.times(0.5 / ObstructionConstants.ownBraking)
        // He may go on braking for a while.
        let soon = (speed + situation[5].lower(zero).times(1.5)).higher(zero)
        let closing = (followerSpeed - soon).higher(zero)
        let polite = followerSpeed.times(0.5) + closing * closing.times(0.5 / ObstructionConstants.politeBraking)
        // Whose nose is in goes first; who stands beside lets him.
        let isOut = T.constant(ObstructionConstants.out).isBelow((situation[1] - situation[15]).magnitude())
        let neededBehind = polite
            .replaced(by: closing * closing.times(0.5 / ObstructionConstants.firmBraking), where: isOut).plus(0.3)
            .replaced(by: .constant(-2.5), where: T.both(isOut, followerSpeed.isBelow(half)))
        room = (gapAhead - neededAhead).lower(gapBehind - neededBehind)
            .replaced(by: zero - nobody, where: exists.isBelow(half))
    }
}

@usableFromInline
enum ObstructionConstants {
    /// Who has nobody within so many metres ahead of him is the first.
    @_transparent @usableFromInline static var free: Float { 30 }
    /// Who brakes harder than this, m/s², below this speed, m/s, is about to stop.
    @_transparent @usableFromInline static var stopping: Float { 2 }
    @_transparent @usableFromInline static var stoppingSpeed: Float { 15 }
    /// From so far on, metres and seconds, one looks for a way past.
    @_transparent @usableFromInline static var sight: Float { 40 }
    @_transparent @usableFromInline static var sightSeconds: Float { 5 }
    /// The lane beside: with nobody within so many metres, or at such speeds, m/s, it flows, or is fast.
    @_transparent @usableFromInline static var empty: Float { 60 }
    @_transparent @usableFromInline static var flowing: Float { 3 }
    @_transparent @usableFromInline static var fast: Float { 11 }
    /// From the lane's middle, metres: half out of it; under way to one side.
    @_transparent @usableFromInline static var out: Float { 0.8 }
    @_transparent @usableFromInline static var underWay: Float { 0.4 }
    /// Between bodies that pass each other, metres.
    @_transparent @usableFromInline static var clearance: Float { 0.4 }
    /// The circle that a vehicle's middle turns on, in its own lengths; the steepest heading, radians; and as far as
    /// turning brings its front aside, metres, twice. See the physics bounds in `Advance`.
    @_transparent @usableFromInline static var circle: Float { 2 }
    @_transparent @usableFromInline static var steepest: Float { 0.47 }
    @_transparent @usableFromInline static var noseReach: Float { 2.3 }
    /// Metres more than the way takes that are kept while one can't go.
    @_transparent @usableFromInline static var spare: Float { 3 }
    /// Across, at speed, m/s.
    @_transparent @usableFromInline static var lateralSpeed: Float { 0.85 }
    /// Braking, m/s²: one's own behind a new leader; a new follower's, whom one's own speeding up helps (MOBIL: 4); his
    /// once one is half before him.
    @_transparent @usableFromInline static var ownBraking: Float { 3 }
    @_transparent @usableFromInline static var politeBraking: Float { 4.5 }
    @_transparent @usableFromInline static var firmBraking: Float { 6 }
}
