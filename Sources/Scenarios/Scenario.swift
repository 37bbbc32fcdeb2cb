import Metrics
import ReproducibleMath
import RoadNetwork
import WorldModel

/// One fully determined world: road, agents and the key of every random number that is drawn in it.
/// A pure function of (campaign seed, index); see `ScenarioGenerator`.
public struct Scenario: Sendable, Equatable {
    /// The most agents of a scene, the ego included: how many slots a rollout needs.
    public static let maximumAgents = 41

    public var index: UInt64
    public var family: TrafficFamily
    public var corridor: Corridor
    /// Agent 0 is the ego. The driver of agent `i` has identity `i` in this rollout.
    public var agents: [InitialAgent]
    /// How far the window that moves with the ego reaches, metres.
    public var windowBehind: Float
    public var windowAhead: Float
    /// Mean speed of each lane's traffic, m/s.
    public var laneSpeeds: [Float]
    /// Draws every random number of this scenario.
    public var random: CounterRandom

    /// Vehicles per kilometre and lane at the start, the ego included, rounded; at most 255.
    public var density: UInt8 {
        let kilometers = Double(windowBehind + windowAhead) / 1000 * Double(max(1, corridor.laneCount))
        return UInt8(min(255, (Double(agents.count) / max(kilometers, 1e-3)).rounded()))
    }
}
