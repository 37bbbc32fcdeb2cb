import Metrics
import RolloutState
import RoadNetwork
import Scenarios
import WorldModel

/// What was found in one rollout.
package struct RolloutFindings: Sendable {
    package var scenario: UInt64
    var family: TrafficFamily
    package var faults: [TrafficFault] = []
    var plausibility = Plausibility()
    /// Distance of all agents per `SpeedBand`, metres.
    var meters = [Double](repeating: 0, count: SpeedBand.allCases.count)
    /// Decisions of all agents, and those in which the guard barred the likeliest motion.
    var decisions: UInt64 = 0
    var guarded: UInt64 = 0
    var seconds: Float = 0

    init(scenario: UInt64, family: TrafficFamily) {
        self.scenario = scenario
        self.family = family
    }
}

/// Follows one scene from step to step: finds faults and impossible motions, and measures how far was driven.
final class SceneWatch {
    private(set) var findings: RolloutFindings
    private let model: WorldModel
    private let initialCount: UInt32
    private let windowBehind: Float
    private let windowAhead: Float
    /// The last three seconds and a step, and the decisions in them; the places go round.
    private let states: [SceneSnapshot]
    private let decisions: [DecisionMemory]
    private var steps = 0
    private var decisionCount = 0
    /// Step at which the driver in each slot was first seen, and his number.
    private var enteredAt: [UInt32]
    private var identities: [UInt32]
    private var recordBefore = RolloutRecord()

    private static let remembered = 31
    private static let rememberedDecisions = 7

    init(model: WorldModel, scenario: Scenario, slots: Int) {
        self.model = model
        findings = RolloutFindings(scenario: scenario.index, family: scenario.family)
        initialCount = UInt32(scenario.agents.count)
        windowBehind = scenario.windowBehind
        windowAhead = scenario.windowAhead
        states = (0..<Self.remembered).map { _ in SceneSnapshot(slots: slots) }
        decisions = (0..<Self.rememberedDecisions).map { _ in DecisionMemory(slots: slots) }
        enteredAt = Array(repeating: 0, count: slots)
        identities = Array(repeating: .max, count: slots)
    }

    func willDecide(_ batch: RolloutBatch, scene: Int) {
        decisions[decisionCount % Self.rememberedDecisions].noteSituation(batch, scene: scene)
        decisionCount += 1
        let agents = batch.agents.from(scene * batch.stride)
        let isFirst = steps == 0
        if isFirst { recordStates(batch, scene: scene) }
        for slot in 0..<Int(batch.scenes[scene].slotCount) where agents.present[slot] != 0 {
            if identities[slot] == agents.identity[slot] { continue }
            identities[slot] = agents.identity[slot]
            enteredAt[slot] = batch.scenes[scene].step
        }
    }

    func didStep(_ batch: RolloutBatch, scene: Int) {
        let state = batch.scenes[scene]
        let isFirstSubstep = state.step % UInt32(MotionVocabulary.stepsPerToken) == 1
        if isFirstSubstep { decisions[(decisionCount - 1) % Self.rememberedDecisions].noteChoices(batch, scene: scene) }
        // What a newcomer did before he entered is nothing.
        let before = isFirstSubstep
            ? decisions[(decisionCount - 1) % Self.rememberedDecisions].snapshot.agents
            : states[(steps - 1) % Self.remembered].agents
        recordStates(batch, scene: scene)
        let agents = states[(steps - 1) % Self.remembered].agents
        let isMeasured = state.step > state.measuredFrom
        for slot in 0..<Int(state.slotCount) where before.present[slot] != 0 {
            if isMeasured { noteMotion(slot, before, agents, state.corridor) }
            if agents.present[slot] == 0 && isMeasured { noteRemoval(slot, before, agents, state) }
        }
        if isMeasured && !state.isActive && state.record.outcome != .completed {
            noteEnd(agents, state)
        }
        guard isMeasured else { return }
        findings.seconds += MotionVocabulary.stepSeconds
        findings.guarded = UInt64(state.record.guardedDecisions)
        findings.decisions = UInt64(state.record.agentSteps) / UInt64(MotionVocabulary.stepsPerToken)
        recordBefore = state.record
    }

    private func recordStates(_ batch: RolloutBatch, scene: Int) {
        states[steps % Self.remembered].take(batch, scene: scene)
        steps += 1
    }

    private func noteMotion(_ slot: Int, _ before: AgentArrays, _ after: AgentArrays, _ corridor: CorridorView) {
        let curvature = corridor.curvature[corridor.sample(at: before.s[slot])]
        func motion(_ agents: AgentArrays) -> Plausibility.Motion {
            .init(s: agents.s[slot], d: agents.d[slot], heading: agents.heading[slot], speed: agents.speed[slot])
        }
        findings.plausibility.note(motion(before), motion(after), curvature: curvature)
        findings.meters[SpeedBand(speed: after.speed[slot]).rawValue] +=
            Double(after.speed[slot] * MotionVocabulary.stepSeconds)
    }

    /// An agent was taken off the road: by a collision if his body overlaps another that was there too.
    private func noteRemoval(_ slot: Int, _ before: AgentArrays, _ now: AgentArrays, _ state: SceneState) {
        let partner = (0..<Int(state.slotCount)).first { other in
            other != slot && before.present[other] != 0 && Body(now, slot).overlaps(Body(now, other))
        }
        if let partner {
            let isBehind = now.s[slot] < now.s[partner]
            noteFault(.collision, isBehind ? [slot, partner] : [partner, slot], now, state)
        } else {
            noteFault(.offRoad, [slot], now, state)
        }
    }

    /// The ego's rollout ended early.
    private func noteEnd(_ now: AgentArrays, _ state: SceneState) {
        guard state.record.outcome == .collision else { return noteFault(.offRoad, [0], now, state) }
        let partner = (1..<Int(state.slotCount)).first {
            now.present[$0] != 0 && Body(now, 0).overlaps(Body(now, $0))
        }
        guard let partner else { return noteFault(.egoCollision, [0], now, state) }
        noteFault(.egoCollision, now.s[0] < now.s[partner] ? [0, partner] : [partner, 0], now, state)
    }

    private func noteFault(_ kind: TrafficFault.Kind, _ slots: [Int], _ now: AgentArrays, _ state: SceneState) {
        let corridor = state.corridor
        findings.faults.append(
            TrafficFault(
                kind: kind, scenario: findings.scenario, family: findings.family,
                seconds: Float(state.step - state.measuredFrom) * MotionVocabulary.stepSeconds,
                speed: slots.map { now.speed[$0] }.max() ?? 0, laneCount: Int(corridor.laneCount),
                laneWidth: corridor.width(lane: 0, sample: 0),
                agents: slots.map { slot in
                    agent(slot, other: slots.first { $0 != slot }, now, state)
                }))
    }

    private func agent(_ slot: Int, other: Int?, _ now: AgentArrays, _ state: SceneState) -> TrafficFault.Agent {
        let ahead = now.s[slot] - now.s[0]
        let since = enteredAt[slot]
        var past: [TrafficFault.State] = []
        for back in (0..<min(Self.remembered, steps)).reversed() where UInt32(back) < state.step - since {
            let agents = states[(steps - 1 - back) % Self.remembered].agents
            past.append(.init(agents, slot, state.corridor, seconds: -0.1 * Float(back)))
        }
        var chosen: [TrafficFault.Decision] = []
        for back in (0..<min(Self.rememberedDecisions, decisionCount)).reversed() {
            let memory = decisions[(decisionCount - 1 - back) % Self.rememberedDecisions]
            if memory.step < since { continue }
            chosen.append(
                memory.explain(
                    slot: slot, other: other, scene: state, model: model,
                    seconds: -0.1 * Float(state.step - memory.step)))
        }
        return TrafficFault.Agent(
            identity: now.identity[slot], isEgo: slot == 0, kind: AgentKind(rawValue: UInt8(now.kind[slot])) ?? .car,
            length: now.length[slot], width: now.width[slot], isNewcomer: now.identity[slot] >= initialCount,
            secondsInScene: 0.1 * Float(state.step - since),
            insideWindow: min(windowAhead - ahead, windowBehind + ahead), headwayTrait: now.headwayTrait[slot],
            speedTrait: now.speedTrait[slot], states: past, decisions: chosen)
    }
}

extension TrafficFault.State {
    fileprivate init(_ agents: AgentArrays, _ slot: Int, _ corridor: CorridorView, seconds: Float) {
        let lane = Surroundings.laneOf(agents.d[slot], agents.sweptWidth(slot), agents.s[slot], corridor)
        self.init(
            seconds: seconds, s: agents.s[slot], d: agents.d[slot], speed: agents.speed[slot],
            lateralSpeed: agents.lateralSpeed[slot], heading: agents.heading[slot],
            acceleration: agents.acceleration[slot], lane: lane.lane,
            offset: agents.d[slot] - corridor.centre(lane: lane.lane, sample: corridor.sample(at: agents.s[slot])),
            lanesBeside: lane.also)
    }
}
