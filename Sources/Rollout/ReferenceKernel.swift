import Policies
import ReproducibleMath
import RolloutState
import RoadNetwork
import WorldModel

/// The plain reference for `decide`: one agent after the other, one multiply-add after the other, no
/// vectors, no packing. The fast kernels must give the same bits.
final class ReferenceKernel {
    private let model: WorldModel

    init(model: WorldModel) { self.model = model }

    func decide(_ pointer: UnsafeMutablePointer<RolloutBatch>) {
        let batch = pointer.pointee
        for scene in batch.working where batch.scenes[scene].isActive {
            let first = scene * batch.stride
            let state = batch.scenes + scene
            let agents = batch.agents.from(first)
            let corridor = state.pointee.corridor
            Surroundings.find(
                agents: agents, count: Int(state.pointee.slotCount), corridor: corridor, order: batch.order + first,
                lanes: batch.lanes + first, besides: batch.besides + first,
                neighbours: batch.neighbours + first * Neighbour.count)
            for slot in 0..<Int(state.pointee.slotCount) where agents.present[slot] != 0 {
                batch.curvature[first + slot] = corridor.curvature[corridor.sample(at: agents.s[slot])]
                if batch.controllers[first + slot] == Controller.worldModel.rawValue {
                    choose(batch, state, first: first, slot: slot, agents)
                }
            }
        }
    }

    private func choose(
        _ batch: RolloutBatch, _ state: UnsafeMutablePointer<SceneState>, first: Int, slot: Int,
        _ agents: AgentArrays
    ) {
        var column = [Float](repeating: 0, count: Situation.rows)
        Situation.gather(
            slot: slot, agents: agents, corridor: state.pointee.corridor, lanes: batch.lanes + first,
            neighbours: batch.neighbours + first * Neighbour.count, seesAll: state.pointee.seesAll, to: &column, stride: 1)
        var features = [Float](repeating: 0, count: Features.count)
        Features.write(SituationColumns<Float>(column, stride: 1), to: &features, stride: 1)
        let bounds = CollisionGuard(SituationColumns<Float>(column, stride: 1))
        var ceiling: Float = 10
        let leader = batch.neighbours[(first + slot) * Neighbour.count + Neighbour.leader.rawValue]
        if state.pointee.hasEgo && leader < 0 && agents.s[slot] > agents.s[0] {
            ceiling = TrafficAhead.limited(
                acceleration: ceiling, speed: agents.speed[slot],
                laneSpeed: state.pointee.laneSpeeds[Int(batch.lanes[first + slot])])
        }
        let random = state.pointee.random.uniforms(
            agent: agents.identity[slot], step: state.pointee.step / UInt32(MotionVocabulary.stepsPerToken),
            purpose: .motionToken)
        let logits = model.network.evaluate(features)
        let vocabulary = model.vocabulary
        let along = draw(
            logits[..<vocabulary.longitudinalCount].map { $0 * (1 / model.temperature) },
            vocabulary.longitudinal, scale: 1 / 5, base: 0, low: bounds.leastAcceleration, high: bounds.acceleration,
            uniform: random.x)
        let across = draw(
            logits[vocabulary.longitudinalCount...].map { $0 * (1 / model.lateralTemperature) },
            vocabulary.lateral, scale: MotionVocabulary.stepSeconds, base: agents.lateralSpeed[slot], low: bounds.lateralLow,
            high: bounds.lateralHigh, uniform: random.y)
        let brake = max(along.excess, along.drawn - ceiling)
        for step in 0..<MotionVocabulary.stepsPerToken {
            let index = step * batch.slots + first + slot
            batch.plannedAcceleration[index] = vocabulary.longitudinal[along.index * 5 + step] - brake
            batch.plannedLateral[index] = vocabulary.lateral[across.index * 5 + step] - across.excess * 2
        }
        if state.pointee.step >= state.pointee.measuredFrom && (along.barred || across.barred) {
            state.pointee.record.guardedDecisions += 1
        }
    }

    private func draw(
        _ logits: [Float], _ profiles: [Float], scale: Float, base: Float, low: Float, high: Float,
        uniform: Float
    ) -> (index: Int, barred: Bool, drawn: Float, excess: Float) {
        var allowed = logits
        var likeliest = 0
        var violations = [Float](repeating: 0, count: logits.count)
        for k in logits.indices {
            let value = base + scale * profiles[k * 5..<k * 5 + 5].reduce(0, +)
            violations[k] = max(max(value - high, low - value), 0)
            allowed[k] = logits[k] - violations[k] * 1000
            if logits[k] > logits[likeliest] { likeliest = k }
        }
        let highest = allowed.max() ?? 0
        let weights = allowed.map { Elementary.exp($0 - highest) }
        let target = uniform * weights.reduce(0, +)
        var reached: Float = 0
        var index = 0
        for k in 0..<weights.count - 1 {
            reached += weights[k]
            if reached <= target { index += 1 }
        }
        let drawn = base + scale * profiles[index * 5..<index * 5 + 5].reduce(0, +)
        let excess = drawn < low ? drawn - low : max(drawn - high, 0)
        return (index, violations[likeliest] > 0, drawn, excess)
    }
}
