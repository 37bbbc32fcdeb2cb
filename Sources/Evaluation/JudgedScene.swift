import Foundation
import TrafficData

/// Where a vehicle is at one moment, in the plane frame of its recording.
public struct Pose: Sendable, Equatable {
    /// Centre of the box, metres.
    public var x: Double
    public var y: Double
    /// Direction of the box's length, radians.
    public var heading: Double
    /// Distance from the road's edge to the outermost corner, metres; negative inside.
    public var roadEdge: Double
    let cosine: Double
    let sine: Double

    public init(x: Double, y: Double, heading: Double, roadEdge: Double) {
        self.x = x
        self.y = y
        self.heading = heading
        self.roadEdge = roadEdge
        cosine = cos(heading)
        sine = sin(heading)
    }
}

/// One moment of a recording and what followed: what simulations are judged against.
///
/// Everybody who is recorded at the start is an agent. Agents that enter later are neither simulated nor
/// in anybody's way; an agent counts as long as it is recorded.
public struct JudgedScene: Sendable {
    public struct Agent: Sendable {
        /// The vehicle's number in its file.
        public var id: Int
        /// Metres.
        public var length: Double
        public var width: Double
        /// Recorded poses up to and including the start, 0.1 s apart, oldest first; at least one.
        public var past: [Pose]
        /// Recorded poses after the start, 0.1 s apart, up to the horizon or the agent's last frame.
        public var future: [Pose]

        public init(id: Int, length: Double, width: Double, past: [Pose], future: [Pose]) {
            precondition(!past.isEmpty)
            self.id = id
            self.length = length
            self.width = width
            self.past = past
            self.future = future
        }
    }

    public var name: String
    public var source: RecordingSource
    public var agents: [Agent]
    /// Steps of 0.1 s after the start.
    public let steps: Int

    public init(name: String, source: RecordingSource, agents: [Agent]) {
        self.name = name
        self.source = source
        self.agents = agents
        steps = agents.map(\.future.count).max() ?? 0
    }

    /// The recording as if it had been simulated: the best that any simulation can reach.
    public func recordingAsSimulation(rollouts: Int) -> SimulatedScene {
        var once: [Pose] = []
        once.reserveCapacity(steps * agents.count)
        for step in 0..<steps {
            for agent in agents {
                once.append(step < agent.future.count ? agent.future[step] : agent.lastPose)
            }
        }
        return SimulatedScene(
            rollouts: rollouts, steps: steps, agents: agents.count,
            poses: Array(repeatElement(once, count: rollouts).joined()))
    }
}

extension JudgedScene.Agent {
    fileprivate var lastPose: Pose { future.last ?? past[past.count - 1] }
}

/// Simulated continuations of a `JudgedScene`.
public struct SimulatedScene: Sendable {
    public let rollouts: Int
    public let steps: Int
    public let agents: Int
    /// `[(rollout * steps + step) * agents + agent]`, step 0 is 0.1 s after the start.
    public let poses: [Pose]

    public init(rollouts: Int, steps: Int, agents: Int, poses: [Pose]) {
        precondition(poses.count == rollouts * steps * agents)
        self.rollouts = rollouts
        self.steps = steps
        self.agents = agents
        self.poses = poses
    }

    public func pose(rollout: Int, step: Int, agent: Int) -> Pose {
        poses[(rollout * steps + step) * agents + agent]
    }
}
