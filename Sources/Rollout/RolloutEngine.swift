import Metrics
import Policies
import PolicyHost
import ReproducibleMath
import RoadNetwork
import RolloutState
import Scenarios
import WorldModel

/// Rolls out scenarios in batches on one thread: one engine a core.
///
/// All memory is allocated here, at start. A record depends on the campaign, the weights and its
/// scenario's index alone: not on the batch size, the order, the thread or the kernel.
public final class RolloutEngine {
    /// Why an engine can't be made.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case horizon(Double)
        case kernelUnavailable(KernelClass)
        case network(inputs: Int, expected: Int)
        case policyParameter(String, Double)
        case noProgram(policy: String)

        public var description: String {
            switch self {
            case .horizon(let seconds):
                "horizon and burn-in must be multiples of 0.5 s, the horizon from 0.5 s to 3600 s; found "
                    + "\(seconds) s"
            case .kernelUnavailable(let kernel):
                "this CPU can't run the kernel \(kernel.rawValue); `longhaul doctor` lists those it can"
            case .network(let inputs, let expected):
                "the world model's network reads \(inputs) features, this build writes \(expected): train it "
                    + "again with this build"
            case .policyParameter(let name, let value):
                "this build's idm-mobil takes no \(name) of \(value); use the build that wrote the campaign"
            case .noProgram(let policy):
                "the campaign's policy \(policy) isn't part of Longhaul, and its code isn't at hand"
            }
        }
    }

    /// Scenes side by side: chosen so that their state and one tile's activations stay in a core's cache.
    public static let defaultBatchSize = 32
    /// Decisions that a group of scenes makes in a row, so that what it needs is brought into the cache once for all.
    private static let turn = 8
    /// Scenes side by side with a policy in a process of its own. More egos share a round trip between the processes,
    /// but a core's cache holds fewer scenes; a call of Python costs more than what the cache saves.
    public static func externalBatchSize(_ kind: ExternalPolicy.Kind?) -> Int { kind == .library ? 16 : 64 }

    let storage: BatchStorage
    let kernel: Kernel
    private let generator: ScenarioGenerator
    let controller: Controller
    private let driver: PolicyParameters
    let measuredSteps: UInt32
    let burnInSteps: UInt32
    private let statistics: SceneStatistics
    private let corridors: [CorridorStorage]
    var scenarios: [Scenario?]
    private var inflows: [InflowParameters?]
    private var nextIdentity: [UInt32]
    /// Where the policy under test lives if it isn't one of Longhaul's own.
    let external: ExternalDriver?
    /// Told of every rollout that the policy under test spoiled, on the engine's thread.
    public var onPolicyFault: ((PolicyFault) -> Void)?

    /// - Parameters:
    ///   - batchSize: scenes side by side; if nil, the size that is fastest.
    ///   - program: the policy under test, for a campaign whose policy isn't one of Longhaul's own. A process
    ///     is started for it, which lives as long as this engine.
    /// - Throws: `Failure` if campaign and weights don't fit this build or this CPU; `PolicyHostError`.
    public init(
        campaign: Campaign, worldModel: WorldModel, kernel kernelClass: KernelClass = .best,
        batchSize: Int? = nil, program: PolicyProgram? = nil
    ) throws {
        guard KernelClass.available.contains(kernelClass) else { throw Failure.kernelUnavailable(kernelClass) }
        measuredSteps = try Self.steps(campaign.horizonSeconds)
        burnInSteps = campaign.burnInSeconds == 0 ? 0 : try Self.steps(campaign.burnInSeconds)
        try Self.check(worldModel)
        let isExternal = campaign.policy == .external
        let batchSize = batchSize
            ?? (isExternal ? Self.externalBatchSize(program?.policy.kind) : Self.defaultBatchSize)
        storage = BatchStorage(
            model: worldModel, scenes: batchSize, slots: Scenario.maximumAgents, steps: Int(measuredSteps))
        kernel = Kernel(kernelClass, model: worldModel)
        generator = ScenarioGenerator(campaign: campaign, statistics: worldModel.statistics)
        statistics = worldModel.statistics
        controller = switch campaign.policy {
        case .idmMobil: .idmMobil
        case .worldModel: .worldModel
        case .constantVelocity: .constantVelocity
        case .external: .external
        }
        driver = try PolicyParameters(campaign.policyParameters)
        corridors = (0..<batchSize).map { _ in CorridorStorage() }
        scenarios = Array(repeating: nil, count: batchSize)
        inflows = Array(repeating: nil, count: batchSize)
        nextIdentity = Array(repeating: 0, count: batchSize)
        guard isExternal else {
            external = nil
            return
        }
        guard let program else { throw Failure.noProgram(policy: campaign.policyName) }
        external = ExternalDriver(
            host: try PolicyHost(program, capacity: batchSize), scenes: batchSize,
            burnInSteps: Int(burnInSteps), measuredSteps: Int(measuredSteps))
    }

    static func check(_ model: WorldModel) throws {
        let inputs = model.network.layers.first?.inputs ?? 0
        guard inputs == Features.count else { throw Failure.network(inputs: inputs, expected: Features.count) }
    }

    private static func steps(_ seconds: Double) throws -> UInt32 {
        guard seconds >= 0.5, seconds <= 3600, seconds * 2 == (seconds * 2).rounded() else {
            throw Failure.horizon(seconds)
        }
        return UInt32(seconds * 10)
    }

    /// Rolls out scenarios and hands over each record as its rollout ends, in no particular order.
    ///
    /// - Parameters:
    ///   - isCancelled: asked between decisions, about a millisecond apart.
    ///   - observer: receives every measured state.
    ///   - visitor: sees every scene as it stands, and may script agents.
    /// - Returns: the step digests over all the scenarios, or nil if cancelled.
    public func run(
        scenarios indices: [UInt64], isCancelled: () -> Bool = { false },
        observer: (any RolloutObserver)? = nil, visitor: (any SceneVisitor)? = nil,
        emit: (RolloutRecord) -> Void
    ) -> StepDigests? {
        if external != nil {
            precondition(visitor == nil, "studies of traffic use Longhaul's own policies")
            return runExternally(
                scenarios: indices, isCancelled: isCancelled, observer: observer, emit: emit)
        }
        let batch = storage.batch
        batch.pointee.stepDigests.update(repeating: 0, count: batch.pointee.stepDigestCount)
        var next = 0, running = 0
        for scene in 0..<batch.pointee.sceneCount {
            batch.pointee.scenes[scene].isActive = false
            scenarios[scene] = nil
            if next < indices.count {
                begin(indices[next], in: scene)
                next += 1
                running += 1
            }
        }
        let observe = watching(observer, visitor)
        var group = 0..<min(Kernel.group, batch.pointee.sceneCount)
        while running > 0 {
            for _ in 0..<Self.turn {
                if isCancelled() { return nil }
                prepare(group, visitor)
                kernel.run(batch, group, observe)
                for scene in group where scenarios[scene] != nil {
                    let state = batch.pointee.scenes[scene]
                    if state.isActive && state.step < state.measuredFrom + measuredSteps { continue }
                    emit(finish(scene))
                    running -= 1
                    if next < indices.count {
                        begin(indices[next], in: scene)
                        next += 1
                        running += 1
                    }
                }
            }
            let first = group.upperBound < batch.pointee.sceneCount ? group.upperBound : 0
            group = first..<min(first + Kernel.group, batch.pointee.sceneCount)
        }
        return StepDigests(
            sums: Array(UnsafeBufferPointer(start: batch.pointee.stepDigests, count: Int(measuredSteps))))
    }

    /// Before those of `scenes` that are active decide.
    private func prepare(_ scenes: Range<Int>, _ visitor: (any SceneVisitor)?) {
        for scene in scenes where storage.batch.pointee.scenes[scene].isActive {
            replaceLeavers(in: scene)
            if let visitor, let scenario = scenarios[scene] {
                visitor.willDecide(storage.batch.pointee, scene: scene, scenario: scenario)
            }
        }
    }

    /// What the kernels call after each step of a scene; nil where nobody looks.
    private func watching(_ observer: (any RolloutObserver)?, _ visitor: (any SceneVisitor)?) -> ((Int) -> Void)? {
        if observer == nil && visitor == nil { return nil }
        return { [self] scene in
            if let observer { show(scene, to: observer) }
            if let visitor, let scenario = scenarios[scene] {
                visitor.didStep(storage.batch.pointee, scene: scene, scenario: scenario)
            }
        }
    }

    func begin(_ index: UInt64, in scene: Int) {
        let batch = storage.batch.pointee
        let scenario = generator.scenario(index)
        let first = scene * batch.stride
        var state = SceneState(corridor: corridors[scene].load(scenario.corridor), random: scenario.random)
        state.isActive = true
        state.slotCount = Int32(scenario.agents.count)
        state.measuredFrom = burnInSteps
        state.record.scenario = index
        state.record.family = scenario.family
        state.record.density = scenario.density
        let inflow = InflowParameters(scenario)
        state.laneSpeeds = inflow.laneSpeeds
        state.windowAhead = inflow.windowAhead
        batch.scenes[scene] = state
        batch.clearAgents(scene: scene)
        let agents = batch.agents.from(first)
        for (slot, agent) in scenario.agents.enumerated() {
            agents.set(agent, slot: slot, identity: UInt32(slot))
            batch.order[first + slot] = Int32(slot)
        }
        batch.controllers[first] = controller.rawValue
        batch.policyParameters[first] = driver
        scenarios[scene] = scenario
        inflows[scene] = inflow
        nextIdentity[scene] = UInt32(scenario.agents.count)
        batch.lookAround(scene: scene)
    }

    /// Whoever left the window makes room for a new driver who enters at its edge.
    func replaceLeavers(in scene: Int) {
        let batch = storage.batch.pointee
        guard let parameters = inflows[scene] else { return }
        let state = batch.scenes[scene]
        let agents = batch.agents.from(scene * batch.stride)
        // Whoever waits to come in is the same driver for every free slot: where he finds no room, there is none
        // until somebody has left.
        var mayFindRoom = true
        for slot in 1..<Int(state.slotCount) {
            if agents.present[slot] != 0 {
                if !TrafficInflow.hasLeft(slot, agents: agents, parameters: parameters) { continue }
                agents.clear(slot)
                mayFindRoom = true
            }
            if !mayFindRoom { continue }
            let newcomer = TrafficInflow.newcomer(
                agents: agents, count: Int(state.slotCount), corridor: state.corridor, parameters: parameters,
                statistics: statistics, random: state.random, identity: nextIdentity[scene], step: state.step)
            if let newcomer {
                agents.set(newcomer, slot: slot, identity: nextIdentity[scene])
                nextIdentity[scene] += 1
            } else {
                mayFindRoom = false
            }
        }
    }

    func finish(_ scene: Int) -> RolloutRecord {
        let batch = storage.batch.pointee
        batch.scenes[scene].isActive = false
        scenarios[scene] = nil
        inflows[scene] = nil
        let state = batch.scenes[scene]
        var record = state.record
        for lane in 0..<16 { record.agentMeters += state.agentMeters[lane] }
        let measured = state.step > state.measuredFrom ? state.step - state.measuredFrom : 0
        record.simulatedSeconds = Float(measured) * MotionVocabulary.stepSeconds
        record.digest = state.digest.value
        return record
    }

    func show(_ scene: Int, to observer: any RolloutObserver) {
        let batch = storage.batch.pointee
        let state = batch.scenes[scene]
        guard state.step > state.measuredFrom, let scenario = scenarios[scene] else { return }
        let step = Int(state.step - state.measuredFrom)
        observer.observe(
            scenario: scenario.index, step: step, seconds: Float(step) * MotionVocabulary.stepSeconds,
            agents: batch.observedAgents(scene: scene, corridor: scenario.corridor))
    }
}
