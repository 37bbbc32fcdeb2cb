import Evaluation
import TrafficData

/// Straight-line scenes whose every metric can be computed by hand.
enum HandMade {
    static let roadEdge = -2.5

    /// Poses of a car on the x axis, 0.1 s apart, the first at `time`.
    static func line(
        x: Double, y: Double = 0, speed: Double, from time: Double, count: Int, edge: Double = roadEdge
    ) -> [Pose] {
        (0..<count).map {
            Pose(x: x + speed * (time + 0.1 * Double($0)), y: y, heading: 0, roadEdge: edge)
        }
    }

    /// A car of 4 m by 2 m at constant speed, 11 recorded poses up to the start at time 0.
    static func car(_ id: Int, x: Double, y: Double = 0, speed: Double, steps: Int = 50)
        -> JudgedScene.Agent
    {
        JudgedScene.Agent(
            id: id, length: 4, width: 2, past: line(x: x, y: y, speed: speed, from: -1, count: 11),
            future: line(x: x, y: y, speed: speed, from: 0.1, count: steps))
    }

    static func scene(_ agents: [JudgedScene.Agent], name: String = "hand-made") -> JudgedScene {
        JudgedScene(name: name, source: .us101, agents: agents)
    }

    /// Rollouts from a path per rollout and agent.
    static func simulation(_ scene: JudgedScene, rollouts: Int, path: (Int, Int) -> [Pose])
        -> SimulatedScene
    {
        var poses: [Pose] = []
        for rollout in 0..<rollouts {
            let paths = scene.agents.indices.map { path(rollout, $0) }
            for step in 0..<scene.steps { poses += paths.map { $0[step] } }
        }
        return SimulatedScene(
            rollouts: rollouts, steps: scene.steps, agents: scene.agents.count, poses: poses)
    }
}
