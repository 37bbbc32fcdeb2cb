import ReproducibleMath
import RoadNetwork

/// Rolls out futures of a moment on a general lanelet map: everybody follows a route of its own.
///
/// A pure function of its inputs; exact arithmetic, so the same bits on every CPU.
public struct StreetSimulator: Sendable {
    /// Who decides about speed.
    public enum Controller: Sendable {
        /// The learned driver.
        case learned(StreetDriver)
        /// The intelligent driver model on the same routes; drivers differ in speed and headway.
        case intelligentDriver
        /// Straight on at the present speed.
        case constantVelocity
    }

    /// An agent that does not decide: it is where its plan says.
    public struct Plan: Sendable {
        public var agent: Int
        /// Place, direction and speed per step of 0.1 s after the start.
        public var poses: [StreetPose]

        public init(agent: Int, poses: [StreetPose]) {
            self.agent = agent
            self.poses = poses
        }
    }

    static let step = 0.1
    static let stepsPerDecision = 5

    let map: StreetMap
    let agents: [StreetAgent]
    let controller: Controller
    private let choices: [RouteChoice]

    /// - Parameter agents: everybody at the start; their places in the array number them.
    public init(map: StreetMap, agents: [StreetAgent], controller: Controller) {
        self.map = map
        self.agents = agents
        self.controller = controller
        var turnWeights = [1.0, 0.2, 0.2]
        if case .learned(let driver) = controller { turnWeights = driver.turnWeights }
        choices = agents.map { agent in
            if case .constantVelocity = controller {
                return RouteChoice(straightFrom: agent.place, along: agent.facing)
            }
            return RouteChoice(
                map: map, place: agent.place, facing: agent.facing, speed: agent.speed,
                turnWeights: turnWeights)
        }
    }

    /// `[(rollout * steps + step) * agents + agent]`, step 0 is 0.1 s after the start.
    public func roll(rollouts: Int, steps: Int, seed: UInt64, plan: Plan? = nil) -> [StreetPose] {
        var poses: [StreetPose] = []
        poses.reserveCapacity(rollouts * steps * agents.count)
        for rollout in 0..<rollouts {
            let random = CounterRandom(seed: seed, scenario: UInt64(rollout))
            var run = StreetRollout(
                scene: StreetScene(
                    agents: agents,
                    options: choices.enumerated().map { number, choice in
                        choice.draw(random.uniforms(agent: UInt32(number), step: 0, purpose: .routeChoice).x)
                    }),
                controller: controller, random: random, plan: plan)
            for step in 0..<steps { run.advance(step, into: &poses) }
        }
        return poses
    }
}

/// Where an agent is, for output.
public struct StreetPose: Sendable, Equatable {
    public var place: Point
    /// A unit vector.
    public var facing: Point
    /// m/s.
    public var speed: Double

    public init(place: Point, facing: Point, speed: Double) {
        self.place = place
        self.facing = facing
        self.speed = speed
    }
}
