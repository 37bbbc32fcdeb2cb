import Policies
import ReproducibleMath
import RolloutState
import RoadNetwork
import WorldModel

/// What everybody knew when they last decided, and what they chose.
final class DecisionMemory {
    let snapshot: SceneSnapshot
    private(set) var step: UInt32 = 0
    /// Mean acceleration and lateral speed at the end, per slot.
    private var acceleration: [Float]
    private var lateralSpeed: [Float]

    init(slots: Int) {
        snapshot = SceneSnapshot(slots: slots)
        acceleration = Array(repeating: 0, count: slots)
        lateralSpeed = acceleration
    }

    func noteSituation(_ batch: RolloutBatch, scene: Int) {
        snapshot.take(batch, scene: scene)
        step = batch.scenes[scene].step
    }

    func noteChoices(_ batch: RolloutBatch, scene: Int) {
        for slot in 0..<snapshot.slotCount {
            var along: Float = 0, across: Float = 0
            for substep in 0..<MotionVocabulary.stepsPerToken {
                let index = substep * batch.slots + scene * batch.stride + slot
                along += batch.plannedAcceleration[index]
                across += batch.plannedLateral[index]
            }
            acceleration[slot] = along / Float(MotionVocabulary.stepsPerToken)
            lateralSpeed[slot] = snapshot.agents.lateralSpeed[slot] + across * MotionVocabulary.stepSeconds
        }
    }

    /// Reconstructs one driver's decision: what guard and network said.
    func explain(
        slot: Int, other: Int?, scene: SceneState, model: WorldModel, seconds: Float
    ) -> TrafficFault.Decision {
        let view = Surrounding(snapshot, corridor: scene.corridor)
        let agents = snapshot.agents
        var column = [Float](repeating: 0, count: Situation.rows)
        Situation.gather(
            slot: slot, agents: agents, corridor: scene.corridor, lanes: view.lanes, neighbours: view.neighbours,
            seesAll: scene.seesAll, to: &column, stride: 1)
        let situation = SituationColumns<Float>(column, stride: 1)
        var features = [Float](repeating: 0, count: Features.count)
        Features.write(situation, to: &features, stride: 1)
        var bounds = CollisionGuard(situation)
        let row = Array(view.neighbours[slot * Neighbour.count..<(slot + 1) * Neighbour.count])
        let leader = Int(row[Neighbour.leader.rawValue])
        if leader < 0 && agents.s[slot] > agents.s[0] {
            bounds.acceleration = bounds.acceleration.lower(
                TrafficAhead.limited(
                    acceleration: 10, speed: agents.speed[slot],
                    laneSpeed: scene.laneSpeeds[Int(view.lanes[slot])]))
        }
        let logits = model.network.evaluate(features)
        let count = model.vocabulary.longitudinalCount
        let along = share(logits[..<count].map { $0 / model.temperature }, model.vocabulary.longitudinal, scale: 0.2, base: 0) {
            $0 >= bounds.leastAcceleration && $0 <= bounds.acceleration
        }
        let across = share(
            logits[count...].map { $0 / model.lateralTemperature }, model.vocabulary.lateral, scale: MotionVocabulary.stepSeconds,
            base: agents.lateralSpeed[slot]
        ) { $0 >= bounds.lateralLow && $0 <= bounds.lateralHigh }
        return TrafficFault.Decision(
            seconds: seconds, accelerationBound: bounds.acceleration, lateralLow: bounds.lateralLow,
            lateralHigh: bounds.lateralHigh, acceleration: acceleration[slot], lateralSpeed: lateralSpeed[slot],
            barredAlong: along.likeliestBarred, barredAcross: across.likeliestBarred,
            allowedAlong: along.allowed, allowedAcross: across.allowed,
            seesOtherAs: Neighbour.allCases.filter { other != nil && Int(row[$0.rawValue]) == other }.map { "\($0)" },
            leaderGap: leader < 0 ? 1000 : agents.s[leader] - agents.s[slot]
                - 0.5 * (agents.length[leader] + agents.length[slot]),
            leaderSpeed: leader < 0 ? 0 : agents.speed[leader])
    }

    private func share(
        _ logits: [Float], _ profiles: [Float], scale: Float, base: Float, isAllowed: (Float) -> Bool
    ) -> (allowed: Float, likeliestBarred: Bool) {
        let highest = logits.max() ?? 0
        var sum: Float = 0, allowed: Float = 0
        var isBarred = false
        for (k, logit) in logits.enumerated() {
            let steps = profiles[k * MotionVocabulary.stepsPerToken..<(k + 1) * MotionVocabulary.stepsPerToken]
            let passes = isAllowed(base + scale * steps.reduce(0, +))
            let weight = Elementary.exp(logit - highest)
            sum += weight
            if passes { allowed += weight }
            if logit == highest { isBarred = !passes }
        }
        return (allowed / sum, isBarred)
    }
}

/// Lanes and neighbours of everybody in a snapshot.
struct Surrounding {
    var lanes: [Int32]
    var besides: [Int32]
    var neighbours: [Int32]

    init(_ snapshot: SceneSnapshot, corridor: CorridorView) {
        let slots = snapshot.agents.capacity
        var order = (0..<Int32(slots)).map { $0 }
        lanes = Array(repeating: 0, count: slots)
        besides = Array(repeating: -1, count: slots)
        neighbours = Array(repeating: -1, count: slots * Neighbour.count)
        Surroundings.find(
            agents: snapshot.agents, count: snapshot.slotCount, corridor: corridor, order: &order, lanes: &lanes,
            besides: &besides, neighbours: &neighbours)
    }
}
