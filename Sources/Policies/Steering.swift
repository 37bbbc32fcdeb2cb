import ReproducibleMath
import RoadNetwork

/// Steering laws of the rule-based drivers. Hot code: no allocation, no class, no libm.
///
/// The lateral error obeys, along the path, d' = ψ and ψ' = κ - κ_road. Feeding back both with gains
/// (ω/v)² and 2ω/v makes it critically damped with the same time constant 1/ω at every speed. Below
/// `slowSpeed` the gains stay as they are there, so the path's shape no longer depends on the speed.
public enum Steering {
    /// Natural frequency of the lateral control, rad/s.
    @inlinable @inline(always)
    public static var frequency: Float { 0.9 }
    /// Below this speed lateral motion is paced by the distance driven instead of time, m/s.
    @inlinable @inline(always)
    public static var slowSpeed: Float { 5 }
    /// Largest lateral acceleration that a driver asks for, m/s².
    @inlinable @inline(always)
    public static var lateralLimit: Float { 2.4 }

    /// Curvature that brings an agent to a lateral reference, 1/m.
    ///
    /// - Parameters:
    ///   - error: reference minus actual lateral position, metres.
    ///   - slope: the reference's heading relative to the road, radians.
    ///   - bend: the reference's curvature relative to the road, 1/m.
    ///   - heading: the agent's heading relative to the road, radians.
    ///   - road: the road's curvature at the agent, 1/m.
    @inlinable @inline(always)
    public static func curvature(
        error: Float, slope: Float, bend: Float, heading: Float, road: Float, speed: Float
    ) -> Float {
        let pace = speed > slowSpeed ? speed : slowSpeed
        let gain = frequency / pace
        // Beyond 2 m the error counts as 2 m: no driver steers harder for being farther off.
        let wanted = road + bend + gain * gain * error.limited(-2, 2) + 2 * gain * (slope - heading)
        let highest = lateralLimit / (pace * pace)
        return wanted.limited(-highest, highest)
    }

    /// Curvature of the path parallel to the reference line at an agent's lateral position, 1/m.
    @inlinable @inline(always)
    public static func roadCurvature(_ corridor: CorridorView, s: Float, d: Float) -> Float {
        let reference = corridor.curvature[corridor.sample(at: s)]
        return reference / (1 - reference * d).limited(0.2, 5)
    }
}
