/// Where an agent is at one moment of a future, in the frame of the scene's file.
package struct FuturePose: Sendable, Equatable {
    /// Centre of the box, metres.
    package var x: Double
    package var y: Double
    /// Radians.
    package var heading: Double
    /// m/s.
    package var speed: Double

    package init(x: Double, y: Double, heading: Double, speed: Double) {
        self.x = x
        self.y = y
        self.heading = heading
        self.speed = speed
    }
}

/// The futures of a group of agents that were simulated together.
struct FutureTracks: Sendable {
    struct Agent: Sendable {
        /// Its number in the scene's file.
        var id: Int
        var length: Double
        var width: Double
    }

    var agents: [Agent]
    var rollouts: Int
    var steps: Int
    /// `[(rollout * steps + step) * agents + agent]`, step 0 is 0.1 s after the start.
    var poses: [FuturePose]

    func pose(rollout: Int, step: Int, agent: Int) -> FuturePose {
        poses[(rollout * steps + step) * agents.count + agent]
    }

    /// - Parameter start: scene time of the start in tenths of a second.
    func append(rollout: Int, start: Int, to table: inout FuturesTable) {
        for (number, agent) in agents.enumerated() {
            for step in 0..<steps {
                table.append(
                    rollout: rollout, agent: agent.id, tenth: start + step + 1,
                    pose: pose(rollout: rollout, step: step, agent: number))
            }
        }
    }
}
