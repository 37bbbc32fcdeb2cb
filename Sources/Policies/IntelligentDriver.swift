import ReproducibleMath

/// The Intelligent Driver Model: Treiber, Hennecke & Helbing, "Congested traffic states in empirical
/// observations and microscopic simulations", Physical Review E 62 (2000).
///
/// Hot code: no allocation, no class, no libm.
public enum IntelligentDriver {
    /// The gap that stands for an empty road, metres.
    @inlinable @inline(always)
    public static var freeGap: Float { 1000 }

    /// Acceleration of a follower, m/s², within -`maximumBraking`...`maximumAcceleration`.
    ///
    /// - Parameters:
    ///   - gap: bumper to bumper, metres; anything from 0.1 m down brakes as hard as 0.1 m.
    ///   - desiredSpeed: what the driver would drive on an empty road, m/s; above 0.
    @inlinable @inline(always)
    public static func acceleration(
        speed: Float, desiredSpeed: Float, gap: Float, leaderSpeed: Float, parameters: PolicyParameters
    ) -> Float {
        acceleration(
            speed: speed, desiredSpeed: desiredSpeed, gap: gap, leaderSpeed: leaderSpeed,
            timeHeadway: parameters.timeHeadway, parameters: parameters)
    }

    /// The same with a time headway of the driver's own, s.
    @inlinable @inline(always)
    public static func acceleration(
        speed: Float, desiredSpeed: Float, gap: Float, leaderSpeed: Float, timeHeadway: Float,
        parameters: PolicyParameters
    ) -> Float {
        let a = parameters.maximumAcceleration
        let b = parameters.comfortableBraking
        let dynamicGap = speed * timeHeadway + speed * (speed - leaderSpeed) / (2 * (a * b).squareRoot())
        let desiredGap = parameters.minimumGap + (dynamicGap > 0 ? dynamicGap : 0)
        let closeness = desiredGap / gap.limited(0.1, freeGap)
        let interaction = gap < freeGap ? closeness * closeness : 0
        let raw = free(speed: speed, desiredSpeed: desiredSpeed, parameters: parameters) - a * interaction
        return raw.limited(-parameters.maximumBraking, a)
    }

    /// Acceleration on an empty road, m/s². A driver who is too fast brakes comfortably at most.
    @inlinable @inline(always)
    public static func free(speed: Float, desiredSpeed: Float, parameters: PolicyParameters) -> Float {
        let ratio = speed / desiredSpeed.limited(0.1, 100)
        let square = ratio * ratio
        return (parameters.maximumAcceleration * (1 - square * square))
            .limited(-parameters.comfortableBraking, parameters.maximumAcceleration)
    }

    /// The model with the constant-acceleration heuristic, which keeps calm when somebody cuts in: Kesting,
    /// Treiber & Helbing, "Enhanced intelligent driver model to assess the impact of driving strategies on
    /// traffic capacity", Philosophical Transactions of the Royal Society A 368 (2010). Units and limits
    /// as above.
    @inlinable @inline(always)
    public static func enhanced(
        speed: Float, desiredSpeed: Float, gap: Float, leaderSpeed: Float, leaderAcceleration: Float,
        timeHeadway: Float, parameters: PolicyParameters
    ) -> Float {
        let plain = acceleration(
            speed: speed, desiredSpeed: desiredSpeed, gap: gap, leaderSpeed: leaderSpeed,
            timeHeadway: timeHeadway, parameters: parameters)
        let distance = gap.limited(0.1, freeGap)
        let leading = leaderAcceleration.limited(-parameters.maximumBraking, parameters.maximumAcceleration)
        let closing = speed > leaderSpeed ? speed - leaderSpeed : 0
        var heuristic: Float
        if leaderSpeed * (speed - leaderSpeed) <= -2 * distance * leading && leading < 0 {
            heuristic = speed * speed * leading / (leaderSpeed * leaderSpeed - 2 * distance * leading)
        } else {
            heuristic = leading - closing * closing / (2 * distance)
        }
        heuristic = heuristic.limited(-parameters.maximumBraking, parameters.maximumAcceleration)
        if plain >= heuristic { return plain }
        let b = parameters.comfortableBraking
        let calm = heuristic + b * Elementary.tanh((plain - heuristic) / b)
        return plain + parameters.coolness * (calm - plain)
    }
}
