import Policies
import ReproducibleMath
import RoadNetwork
import RolloutState
import WorldModel

/// Many futures of one recorded moment: the same scene rolled out again and again, every agent driven
/// by the world model, or by a rule for comparison. Nobody enters, nobody leaves, nobody is taken off.
public final class FuturesSimulator {
    private let model: WorldModel
    private let kernelClass: KernelClass
    /// Scenes rolled out side by side.
    private static let batchSize = 8

    /// An agent that does not drive: per step of 0.1 s after the start it is where its plan says.
    public struct Plan: Sendable {
        /// Road coordinates, units as in `Futures`.
        public struct State: Sendable {
            public var s: Float
            public var d: Float
            public var heading: Float
            public var speed: Float

            public init(s: Float, d: Float, heading: Float, speed: Float) {
                self.s = s
                self.d = d
                self.heading = heading
                self.speed = speed
            }
        }

        /// Its place among the agents.
        public var agent: Int
        /// After the last one the agent drives again.
        public var states: [State]

        public init(agent: Int, states: [State]) {
            self.agent = agent
            self.states = states
        }
    }

    /// - Throws: `RolloutEngine.Failure` if the weights don't fit this build or this CPU.
    public init(worldModel: WorldModel, kernel: KernelClass = .best) throws {
        guard KernelClass.available.contains(kernel) else { throw RolloutEngine.Failure.kernelUnavailable(kernel) }
        try RolloutEngine.check(worldModel)
        model = worldModel
        kernelClass = kernel
    }

    /// Rolls out `rollouts` futures of `steps` steps of 0.1 s.
    ///
    /// - Parameters:
    ///   - agents: everybody at the moment; their places in the array number them.
    ///   - starts: the same agents as one rollout begins with them, where rollouts begin differently.
    ///   - parameters: per agent, for the controllers that follow rules; empty: the defaults.
    public func roll(
        agents: [InitialAgent], corridor: Corridor, controller: Controller,
        parameters: [PolicyParameters] = [], rollouts: Int, steps: Int, seed: UInt64,
        starts: ((_ rollout: Int) -> [InitialAgent])? = nil, plan: Plan? = nil
    ) -> Futures {
        var futures = Futures(rollouts: rollouts, steps: steps, agents: agents.count)
        guard !agents.isEmpty, steps > 0 else { return futures }
        let kernel = Kernel(kernelClass, model: model)
        let storage = BatchStorage(
            model: model, scenes: min(Self.batchSize, rollouts), slots: agents.count, steps: 1)
        let road = CorridorStorage()
        let view = road.load(corridor)
        for start in stride(from: 0, to: rollouts, by: Self.batchSize) {
            let scenes = min(Self.batchSize, rollouts - start)
            for scene in 0..<scenes {
                let random = CounterRandom(seed: seed, scenario: UInt64(start + scene))
                storage.batch.pointee.place(
                    starts?(start + scene) ?? agents, in: scene, corridor: view, random: random, controller: controller,
                    parameters: parameters)
            }
            for scene in scenes..<storage.batch.pointee.sceneCount {
                storage.batch.pointee.scenes[scene].isActive = false
            }
            roll(storage.batch, kernel, from: start, plan, into: &futures)
        }
        return futures
    }

    private func roll(
        _ batch: UnsafeMutablePointer<RolloutBatch>, _ kernel: Kernel, from start: Int, _ plan: Plan?,
        into futures: inout Futures
    ) {
        let decisions = (futures.steps + MotionVocabulary.stepsPerToken - 1) / MotionVocabulary.stepsPerToken
        withoutActuallyEscaping({ (scene: Int) in
            let view = batch.pointee
            let step = Int(view.scenes[scene].step) - 1
            if let plan { view.force(plan, scene: scene, step: step) }
            if step < futures.steps { futures.note(view, scene: scene, rollout: start + scene, step: step) }
        }) { observe in
            for _ in 0..<decisions { kernel.run(batch, observe) }
        }
    }
}

/// The rolled-out states: `[(rollout * steps + step) * agents + agent]`, step 0 is 0.1 s after the start.
/// Road coordinates, metres, radians relative to the road, m/s.
public struct Futures: Sendable, Equatable {
    public let rollouts: Int
    public let steps: Int
    public let agents: Int
    public var s: [Float]
    public var d: [Float]
    public var heading: [Float]
    public var speed: [Float]

    public init(rollouts: Int, steps: Int, agents: Int) {
        self.rollouts = rollouts
        self.steps = steps
        self.agents = agents
        let zeros = [Float](repeating: 0, count: rollouts * steps * agents)
        (s, d, heading, speed) = (zeros, zeros, zeros, zeros)
    }

    fileprivate mutating func note(_ batch: RolloutBatch, scene: Int, rollout: Int, step: Int) {
        let first = scene * batch.stride
        let base = (rollout * steps + step) * agents
        for agent in 0..<agents {
            s[base + agent] = batch.agents.s[first + agent]
            d[base + agent] = batch.agents.d[first + agent]
            heading[base + agent] = batch.agents.heading[first + agent]
            speed[base + agent] = batch.agents.speed[first + agent]
        }
    }
}

extension RolloutBatch {
    /// Puts an agent where its plan has it after `step`, with the acceleration that took it there.
    fileprivate func force(_ plan: FuturesSimulator.Plan, scene: Int, step: Int) {
        guard plan.states.indices.contains(step) else { return }
        let slot = scene * stride + plan.agent
        let state = plan.states[step]
        let before = step > 0 ? plan.states[step - 1] : state
        let earlier = plan.states[max(0, step - MotionVocabulary.stepsPerToken)]
        agents.acceleration[slot] = (state.speed - before.speed) / MotionVocabulary.stepSeconds
        agents.recentAcceleration[slot] = 2 * (state.speed - earlier.speed)
        agents.lateralSpeed[slot] = step > 0 ? (state.d - before.d) / MotionVocabulary.stepSeconds : 0
        agents.s[slot] = state.s
        agents.d[slot] = state.d
        agents.heading[slot] = state.heading
        agents.speed[slot] = state.speed
    }

    fileprivate func place(
        _ initial: [InitialAgent], in scene: Int, corridor: CorridorView, random: CounterRandom,
        controller: Controller, parameters: [PolicyParameters]
    ) {
        var state = SceneState(corridor: corridor, random: random)
        state.isActive = true
        state.hasEgo = false
        state.seesAll = false
        state.slotCount = Int32(initial.count)
        scenes[scene] = state
        clearAgents(scene: scene)
        let first = scene * stride
        for (slot, agent) in initial.enumerated() {
            agents.from(first).set(agent, slot: slot, identity: UInt32(slot))
            controllers[first + slot] = controller.rawValue
            if slot < parameters.count { policyParameters[first + slot] = parameters[slot] }
            if controller == .idm { policyParameters[first + slot].changesLanes = false }
        }
        lookAround(scene: scene)
    }
}
