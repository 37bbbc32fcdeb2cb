import ReproducibleMath
import RoadNetwork

/// Which motions would run into somebody, or off the road, within the next second or so: for one driver,
/// or for sixteen side by side.
///
/// A decision stands for half a second, so a driver must be able to stop behind a leader who brakes as
/// hard as he can from now on (Gipps 1981, with one decision interval as reaction time), and must not
/// steer into a body beside him. Tokens outside the bounds are barred before sampling.
public struct CollisionGuard<T: FloatLanes> {
    /// Highest acceleration over the next half second, m/s².
    public var acceleration: T
    /// Bounds of the speed across the lane at the end of the next half second, m/s.
    public var lateralLow: T
    public var lateralHigh: T

    @inlinable @inline(always)
    public init(_ situation: SituationColumns<T>) {
        acceleration = .constant(10)
        lateralLow = .constant(-10)
        lateralHigh = .constant(10)
        let zero = T.constant(0)
        for neighbour in 0..<Neighbour.count {
            let other = Other(situation, neighbour)
            let bound = other.stoppingBound(speed: situation[2])
            // In the way ahead: keep room to stop.
            let isAhead = zero.isBelow(other.ahead)
            let mustStop = T.both(
                T.both(other.present, isAhead),
                T.both(other.isInTheWay, other.halfLengths.times(-0.5).isBelow(other.gap)))
            acceleration = acceleration.lower(T.constant(10).replaced(by: bound, where: mustStop))
            // Beside, or soon to be: keep the bodies apart sideways. Likewise where moving over would leave
            // him, or this driver, no room to stop.
            let cutsIn = T.both(zero.isBelow(other.acrossNow), bound.isBelow(.constant(-2)))
            let isBeside = T.both(
                T.both(other.present, T.either(other.isBeside, cutsIn)),
                T.constant(-0.3).isBelow(other.acrossNow))
            let room = other.acrossNow.plus(-0.25).times(1 / GuardConstants.horizon)
            let high = room + other.lateralSpeed.lower(zero)
            let low = zero - room + other.lateralSpeed.higher(zero)
            let isLeft = zero.isBelow(other.across)
            lateralHigh = lateralHigh.lower(
                T.constant(10).replaced(by: T.constant(10).replaced(by: high, where: isLeft), where: isBeside))
            lateralLow = lateralLow.higher(
                T.constant(-10).replaced(by: low.replaced(by: .constant(-10), where: isLeft), where: isBeside))
        }
        // The road's edges.
        let d = situation[1], halfWidth = situation[9].times(0.5)
        lateralHigh = lateralHigh.lower((situation[26] - (d + halfWidth)).times(1 / GuardConstants.horizon))
        lateralLow = lateralLow.higher((situation[27] - (d - halfWidth)).times(1 / GuardConstants.horizon))
        let isImpossible = lateralHigh.isBelow(lateralLow)
        let middle = (lateralLow + lateralHigh).times(0.5)
        lateralLow = lateralLow.replaced(by: middle, where: isImpossible)
        lateralHigh = lateralHigh.replaced(by: middle, where: isImpossible)
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
        @usableFromInline let speed: T
        @usableFromInline let lateralSpeed: T
        @usableFromInline let isInTheWay: T.Mask
        @usableFromInline let isBeside: T.Mask

        @inlinable @inline(always)
        init(_ situation: SituationColumns<T>, _ neighbour: Int) {
            let first = Situation.firstNeighbour &+ neighbour &* Situation.perNeighbour
            let zero = T.constant(0), one = T.constant(1)
            present = zero.isBelow(situation[first])
            halfLengths = (situation[7] + situation[first &+ 6]).times(0.5)
            let halfWidths = (situation[9] + situation[first &+ 7]).times(0.5)
            ahead = situation[first &+ 1] - situation[0]
            gap = ahead.magnitude() - halfLengths
            across = situation[first &+ 2] - situation[1]
            acrossNow = across.magnitude() - halfWidths
            speed = situation[first &+ 3]
            lateralSpeed = situation[first &+ 4]
            let acrossSoon = (across + (lateralSpeed - situation[3]).times(0.6)).magnitude() - halfWidths
            isInTheWay = acrossNow.lower(acrossSoon).isBelow(.constant(0.15))
            let closing = speed - situation[2]
            let aheadSoon = ahead + closing.times(GuardConstants.horizon)
            let gapSoon = aheadSoon.magnitude() - halfLengths
            let gapMidway = (ahead + closing.times(0.5 * GuardConstants.horizon)).magnitude() - halfLengths
            isBeside = T.either(
                gap.lower(gapSoon).lower(gapMidway).isBelow(one), (ahead * aheadSoon).isBelow(zero))
        }

        /// The highest acceleration over one decision that lets whoever is behind, this driver (at `own`
        /// speed) or the other, still stop behind the one ahead.
        @inlinable @inline(always)
        func stoppingBound(speed own: T) -> T {
            let zero = T.constant(0)
            let isAhead = zero.isBelow(ahead)
            let follower = speed.replaced(by: own, where: isAhead)
            let leader = own.replaced(by: speed, where: isAhead)
            let braking = GuardConstants.braking, reaction = GuardConstants.reaction
            let room = gap.plus(-GuardConstants.margin) + (leader * leader).times(0.5 / braking)
            let inner = (room - follower.times(0.5 * reaction)).times(2 / braking).plus(0.25 * reaction * reaction)
            let next = inner.higher(zero).squareRoot().plus(-0.5 * reaction).times(braking).higher(zero)
            return (next - follower).times(1 / reaction)
        }
    }
}

@usableFromInline
enum GuardConstants {
    /// Braking that anybody may reach, m/s².
    @_transparent @usableFromInline static var braking: Float { 5 }
    /// One decision interval, seconds.
    @_transparent @usableFromInline static var reaction: Float { 0.5 }
    /// Gap that stays, metres.
    @_transparent @usableFromInline static var margin: Float { 0.4 }
    /// How far ahead a steering motion must stay clear, seconds.
    @_transparent @usableFromInline static var horizon: Float { 1.2 }
}
