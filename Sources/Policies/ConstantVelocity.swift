import ReproducibleMath
import RoadNetwork
import WorldModel

/// The simplest driver: keeps his speed and follows the road's curvature, wherever he is across it.
/// Hot code: no allocation, no class, no libm.
public enum ConstantVelocity {
    @inlinable @inline(always)
    public static func act(slot: Int, agents: AgentArrays, corridor: CorridorView) -> PolicyAction {
        let road = Steering.roadCurvature(corridor, s: agents.s[slot], d: agents.d[slot])
        let curvature = Steering.curvature(
            error: 0, slope: 0, bend: 0, heading: agents.heading[slot], road: road,
            speed: agents.speed[slot])
        return PolicyAction(acceleration: 0, curvature: curvature)
    }
}
