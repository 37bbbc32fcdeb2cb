import ReproducibleMath
import RoadNetwork

/// Which motions would run into somebody, or off the road, within the next second or so: for one driver,
/// or for sixteen side by side.
///
/// A decision stands for half a second, so a driver must be able to stay behind a leader who brakes harder from
/// now on than he does (after Gipps 1981, with one decision interval as reaction time), must leave room for the
/// hardest braking before he moves in front of anybody or behind a new leader, and must not steer into a body
/// beside him. Tokens outside the bounds are barred before sampling. Where somebody stands in the way, and at a crawl,
/// the bounds say besides what to do: see `Obstruction` and `CrawlCourse`.
public struct CollisionGuard<T: FloatLanes> {
    /// Highest and lowest acceleration over the next half second, m/s².
    public var acceleration: T
    public var leastAcceleration: T
    /// Bounds of the speed across the lane at the end of the next half second, m/s.
    public var lateralLow: T
    public var lateralHigh: T

    @inlinable @inline(always)
    public init(_ situation: SituationColumns<T>) {
        acceleration = .constant(10)
        leastAcceleration = .constant(-100)
        lateralLow = .constant(-10)
        lateralHigh = .constant(10)
        let zero = T.constant(0)
        let turning = Turning(length: situation[7], speed: situation[2])
        let obstruction = Obstruction(situation)
        // At walking pace there is time to wait for whoever is alongside and too near.
        let crawls = situation[2].isBelow(.constant(3))
        // Past a leader who isn't in the way it is the second one whom one follows.
        let leader = Other(situation, Neighbour.leader.rawValue)
        let leads = T.both(leader.isInTheWay, T.constant(-0.5).isBelow(leader.gap))
        for neighbour in 0..<Neighbour.count {
            let other = Other(situation, neighbour)
            let hidden = neighbour == Neighbour.secondLeader.rawValue
                ? zero.replaced(by: Self.leaderRoom(situation, before: other), where: leads) : zero
            var bound = other.accelerationBound(speed: situation[2], gap: other.gap - hidden)
            // What the leader will need is nothing to brake hard for, nor is somebody alongside, whom the bounds
            // sideways keep off, nor room to get past somebody: whoever follows would be surprised.
            if neighbour == Neighbour.secondLeader.rawValue {
                bound = bound.replaced(by: bound.higher(.constant(-GuardConstants.foresightBraking)), where: leads)
            }
            if neighbour == Neighbour.leader.rawValue || neighbour == Neighbour.blocker.rawValue {
                let early = other.accelerationBound(speed: situation[2], gap: other.gap - obstruction.standOff)
                    .higher(.constant(-GuardConstants.standOffBraking))
                bound = bound.replaced(by: bound.lower(early), where: obstruction.isPresent)
            }
            bound = bound.replaced(
                by: bound.higher(.constant(-GuardConstants.alongsideBraking)),
                where: T.both(other.gap.isBelow(zero), zero.isBelow(other.acrossNow)))
            // In the way ahead: keep room to stop.
            let isAhead = zero.isBelow(other.ahead)
            let mustStop = T.both(
                T.both(other.present, isAhead),
                T.both(
                    other.isInTheWay,
                    neighbour == Neighbour.blocker.rawValue
                        ? T.either(other.halfLengths.times(-0.5).isBelow(other.gap), crawls)
                        : other.halfLengths.times(-0.5).isBelow(other.gap)))
            acceleration = acceleration.lower(T.constant(10).replaced(by: bound, where: mustStop))
            // Beside, or soon to be: keep the bodies apart sideways. Likewise where moving over would leave
            // him, or this driver, no room to stop.
            let cutsIn = T.both(zero.isBelow(other.acrossNow), bound.isBelow(.constant(-2)))
            let isBeside = T.both(
                T.both(other.present, T.either(other.isBeside, cutsIn)),
                T.constant(-0.3).isBelow(other.acrossNow))
            // A tail swings into nobody who is ahead of one's middle.
            let behind = other.room.replaced(by: .constant(10), where: other.isAheadOfMiddle)
            keepClearOnLeft(
                room: other.room, behind: behind, moving: other.lateralSpeed.lower(zero), turning,
                where: T.both(isBeside, zero.isBelow(other.across)))
            keepClearOnRight(
                room: other.room, behind: behind, moving: other.lateralSpeed.higher(zero), turning,
                where: T.both(isBeside, other.across.isBelow(zero)))
        }
        let d = situation[1], halfWidth = situation[8].times(0.5), always = zero.isBelow(.constant(1))
        // Whoever reaches over the road's edge already may go on as slowly as he does now.
        let drift = situation[3]
        let left = situation[26] - (d + halfWidth), right = (d - halfWidth) - situation[27]
        let roomLeft = left.higher(zero), roomRight = right.higher(zero)
        keepClearOnLeft(
            room: roomLeft, behind: roomLeft,
            moving: zero.replaced(by: drift.limited(0, 0.15), where: left.isBelow(zero)), turning, where: always)
        keepClearOnRight(
            room: roomRight, behind: roomRight,
            moving: zero.replaced(by: drift.limited(-0.15, 0), where: right.isBelow(zero)), turning, where: always)
        // Squeezed from both sides: as straight on as can be.
        let isImpossible = lateralHigh.isBelow(lateralLow)
        let straightest = zero.higher(lateralHigh).lower(lateralLow)
        lateralLow = lateralLow.replaced(by: straightest, where: isImpossible)
        lateralHigh = lateralHigh.replaced(by: straightest, where: isImpossible)
        follow(CrawlCourse(situation, obstruction))
        // Who moves aside starts if he stands, and brakes no harder than he must.
        let least = T.constant(GuardConstants.passingStart)
            .replaced(by: .constant(-GuardConstants.passingBraking), where: T.constant(2).isBelow(situation[2]))
        leastAcceleration = leastAcceleration.replaced(by: least.lower(acceleration), where: obstruction.isPassable)
    }

    /// Narrows the bounds of the speed across to a course, or to what is nearest to it within them.
    @inlinable @inline(always)
    mutating func follow(_ course: CrawlCourse<T>) {
        let low = lateralLow, high = lateralHigh
        lateralLow = low.replaced(by: low.higher(course.low).lower(high), where: course.applies)
        lateralHigh = high.replaced(by: high.lower(course.high).higher(low), where: course.applies)
    }

    /// The room that the leader takes between the driver and the second leader, metres: none where the two are
    /// side by side. Whoever looks through his leader isn't surprised when that one has to stop.
    @inlinable @inline(always)
    static func leaderRoom(_ situation: SituationColumns<T>, before second: Other) -> T {
        let first = Situation.firstNeighbour &+ Neighbour.leader.rawValue &* Situation.perNeighbour
        let length = situation[first &+ 6]
        let gap = situation[first &+ 1] - situation[0] - (situation[7] + length).times(0.5)
        return (second.gap - gap).higher(.constant(0)).lower(length.plus(GuardConstants.margin))
    }

    /// How a body sweeps sideways when it turns, seconds: metres of nose or tail per m/s across.
    @usableFromInline
    struct Turning {
        @usableFromInline let nose: T
        @usableFromInline let tail: T
        @usableFromInline let tailSwings: T.Mask

        @inlinable @inline(always)
        init(length: T, speed: T) {
            // Braking turns a body further for the same speed across, and a long one's corners sweep far.
            let crawl = (speed - length.times(GuardConstants.brakingTurn)).higher(.constant(0.05))
            nose = (length.times(0.5) / crawl).plus(GuardConstants.horizon)
            // What the tail swings out before the vehicle has moved away.
            tail = (length.times(0.2) / crawl).plus(-0.3)
            tailSwings = T.constant(0.05).isBelow(tail)
        }

        /// The highest speed across, m/s, towards a side where there is `room`, and away from it.
        @inlinable @inline(always)
        func toward(_ room: T) -> T { room / nose }
        @inlinable @inline(always)
        func away(_ room: T) -> T {
            T.constant(10).replaced(
                by: room.higher(.constant(0)) / tail.higher(.constant(0.05)), where: tailSwings)
        }
    }

    /// Bounds the speed across the road so that `room` metres to one side, whose border moves at `moving` m/s,
    /// are neither driven nor turned into, nor the tail turned into what lies `behind` metres aside of it.
    @inlinable @inline(always)
    mutating func keepClearOnLeft(room: T, behind: T, moving: T, _ turning: Turning, where mask: T.Mask) {
        let toward = turning.toward(room) + moving
        lateralHigh = lateralHigh.lower(T.constant(10).replaced(by: toward, where: mask))
        let away = T.constant(0) - turning.away(behind)
        lateralLow = lateralLow.higher(T.constant(-10).replaced(by: away, where: mask))
    }

    @inlinable @inline(always)
    mutating func keepClearOnRight(room: T, behind: T, moving: T, _ turning: Turning, where mask: T.Mask) {
        let toward = moving - turning.toward(room)
        lateralLow = lateralLow.higher(T.constant(-10).replaced(by: toward, where: mask))
        lateralHigh = lateralHigh.lower(T.constant(10).replaced(by: turning.away(behind), where: mask))
    }

    /// One neighbour as the guard sees him.
    @usableFromInline
    struct Other {
        @usableFromInline let present: T.Mask
        @usableFromInline let halfLengths: T
        /// Distances along and across, centre to centre; gaps between the bodies.
        @usableFromInline let ahead: T
        @usableFromInline let gap: T
        @usableFromInline let across: T
        @usableFromInline let acrossNow: T
        /// What may be driven into sideways: the driver's own heading is the bounds' concern.
        @usableFromInline let room: T
        @usableFromInline let speed: T
        @usableFromInline let lateralSpeed: T
        @usableFromInline let recentAcceleration: T
        @usableFromInline let isInTheWay: T.Mask
        /// Whether all of him is ahead of the driver's middle.
        @usableFromInline let isAheadOfMiddle: T.Mask
        @usableFromInline let isBeside: T.Mask

        @inlinable @inline(always)
        init(_ situation: SituationColumns<T>, _ neighbour: Int) {
            let first = Situation.firstNeighbour &+ neighbour &* Situation.perNeighbour
            let zero = T.constant(0), one = T.constant(1)
            present = zero.isBelow(situation[first])
            // A turned body reaches farther along the road too: by half its width, a metre, times its heading.
            let turn = situation[9].magnitude()
            let turned = turn / situation[7]
                + situation[first &+ 7].plus(-2).higher(zero) / situation[first &+ 6]
            halfLengths = (situation[7] + situation[first &+ 6]).times(0.5) + turned
            let halfWidths = (situation[8] + turn + situation[first &+ 7]).times(0.5)
            ahead = situation[first &+ 1] - situation[0]
            gap = ahead.magnitude() - halfLengths
            across = situation[first &+ 2] - situation[1]
            acrossNow = across.magnitude() - halfWidths
            room = across.magnitude() - (situation[8] + situation[first &+ 7]).times(0.5).plus(GuardConstants.sideMargin)
            speed = situation[first &+ 3]
            lateralSpeed = situation[first &+ 4]
            recentAcceleration = situation[first &+ 5]
            let acrossSoon = (across + (lateralSpeed - situation[3]).times(0.6)).magnitude() - halfWidths
            // Who crawls past somebody standing, turned away from him, leads with the side that is clear of him.
            let crawlsPast = T.both(
                T.both(situation[2].isBelow(.constant(3)), speed.isBelow(.constant(0.5))),
                T.both(zero.isBelow(ahead), (situation[9] * across).isBelow(zero)))
            let turnedAway = zero.replaced(by: turn.times(0.5) + turn.lower(.constant(0.15)), where: crawlsPast)
            isInTheWay = (acrossNow.lower(acrossSoon) + turnedAway)
                .isBelow(GuardConstants.trackMargin(speed: situation[2]))
            isAheadOfMiddle = situation[first &+ 6].times(0.5).isBelow(ahead)
            let closing = speed - situation[2]
            let aheadSoon = ahead + closing.times(GuardConstants.horizon)
            let gapSoon = aheadSoon.magnitude() - halfLengths
            let gapMidway = (ahead + closing.times(0.5 * GuardConstants.horizon)).magnitude() - halfLengths
            isBeside = T.either(
                gap.lower(gapSoon).lower(gapMidway).isBelow(one), (ahead * aheadSoon).isBelow(zero))
        }

        /// The highest acceleration over one decision that lets whoever is behind, this driver (at `own` speed) or
        /// the other, become as slow as the one ahead, or stop, behind him.
        ///
        /// - Parameter gap: between the bodies, metres.
        @inlinable @inline(always)
        func accelerationBound(speed own: T, gap: T) -> T {
            let zero = T.constant(0), reaction = GuardConstants.reaction, braking = GuardConstants.braking
            let isAhead = zero.isBelow(ahead)
            let follower = speed.replaced(by: own, where: isAhead)
            let leader = own.replaced(by: speed, where: isAhead)
            // Whom one follows one knows; anybody else may brake as hard as he can.
            let slowing = T.constant(GuardConstants.leaderBraking).replaced(
                by: GuardConstants.expectedBraking(speed: leader, acceleration: recentAcceleration),
                where: T.both(isAhead, isInTheWay))
            let later = (leader - slowing.times(reaction)).higher(zero)
            // Gap at the end of the decision, but for what the follower's new speed takes of it.
            let room = gap.plus(-GuardConstants.margin) + (leader + later - follower).times(0.5 * reaction)
            // Both brake until they stand ...
            let stopping = (room + (later * later).times(0.5) / slowing).times(2 / braking)
                .plus(0.25 * reaction * reaction)
            let standing = stopping.higher(zero).squareRoot().plus(-0.5 * reaction).times(braking)
            // ... or the follower has become as slow as the leader before: then that is where they are closest.
            let harder = T.constant(braking) - slowing
            let spare = room - later.times(0.5 * reaction)
            let meeting = (spare.higher(zero).times(2) / harder).plus(0.25 * reaction * reaction)
            let faster = (meeting.squareRoot().plus(-0.5 * reaction) * harder)
                .replaced(by: spare, where: spare.isBelow(zero))
            let next = standing.replaced(
                by: later + faster, where: (standing * slowing).isBelow(later.times(braking)))
            // Whoever is nearer than people dare falls back gently.
            let tooNear = gap.plus(-GuardConstants.margin) - follower.times(GuardConstants.leastHeadway)
            let opening = (leader + tooNear.times(1 / GuardConstants.fallBackSeconds) - follower).times(1 / reaction)
            return (next.higher(zero) - follower).times(1 / reaction)
                .lower(opening.higher(.constant(-GuardConstants.fallBackBraking)))
        }
    }
}

@usableFromInline
enum GuardConstants {
    /// Hardest braking of whoever is ahead, and what one counts on oneself, of the 8 that dry tyres give, m/s².
    @_transparent @usableFromInline static var leaderBraking: Float { 5.5 }
    @_transparent @usableFromInline static var braking: Float { 6 }
    /// How hard one's leader may brake over the next seconds, m/s²: 3 harder than he does; near standstill, where
    /// queues end, nearly as hard as he can; never less than 1.5.
    @inlinable @inline(always)
    static func expectedBraking<T: FloatLanes>(speed: T, acceleration: T) -> T {
        (T.constant(3) - acceleration).higher(T.constant(7) - speed.times(0.3))
            .higher(.constant(1.5)).lower(.constant(leaderBraking))
    }
    /// The hardest braking, m/s², for the room that one's leader may need behind the second leader, and for
    /// somebody alongside who isn't in the way yet.
    @_transparent @usableFromInline static var foresightBraking: Float { 4 }
    @_transparent @usableFromInline static var alongsideBraking: Float { 2 }
    /// The hardest braking for room to get past somebody who stands, m/s²; of whoever gets past; and how he starts.
    @_transparent @usableFromInline static var standOffBraking: Float { 3 }
    @_transparent @usableFromInline static var passingBraking: Float { 1 }
    @_transparent @usableFromInline static var passingStart: Float { 0.8 }
    /// How much slower than it drives a body is taken to be when its turning is bounded, m/s for each metre of its
    /// length: half a second's braking at 4 m/s² for a truck of 20 m.
    @_transparent @usableFromInline static var brakingTurn: Float { 0.1 }
    /// Nobody keeps less time headway for long, seconds; who does falls back within a time, seconds, braking no
    /// harder than this for it, m/s².
    @_transparent @usableFromInline static var leastHeadway: Float { 0.4 }
    @_transparent @usableFromInline static var fallBackSeconds: Float { 0.8 }
    @_transparent @usableFromInline static var fallBackBraking: Float { 1 }
    /// One decision interval, seconds.
    @_transparent @usableFromInline static var reaction: Float { 0.5 }
    /// Gaps that stay, ahead and to the side, metres.
    @_transparent @usableFromInline static var margin: Float { 0.7 }
    @_transparent @usableFromInline static var sideMargin: Float { 0.35 }
    /// Closer than this across the road is in one's track, metres: none at speed, where people pass each other
    /// with hardly any room; more at a crawl, where bodies turn.
    @inlinable @inline(always)
    static func trackMargin<T: FloatLanes>(speed: T) -> T {
        (T.constant(0.3) - speed.times(0.025)).higher(.constant(0))
    }
    /// How far ahead a steering motion must stay clear, seconds.
    @_transparent @usableFromInline static var horizon: Float { 1.2 }
}
