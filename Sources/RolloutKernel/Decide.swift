// Hot code: no allocation, reference counting, locks or throwing in this file.
import Policies
import ReproducibleMath
import RolloutState
import RoadNetwork
import WorldModel

/// Every driver of every active scene looks around, and every agent that the world model drives chooses
/// its next half second. Writes `plannedAcceleration` and `plannedLateral`.
@inline(never)
public func decide(_ pointer: UnsafeMutablePointer<RolloutBatch>) {
    let batch = pointer.pointee
    var columns = 0
    for scene in batch.working where batch.scenes[scene].isActive {
        let first = scene &* batch.stride
        let state = batch.scenes + scene
        let count = Int(state.pointee.slotCount)
        let corridor = state.pointee.corridor
        let agents = batch.agents.from(first)
        lookAround(batch, scene: scene)
        let decision = state.pointee.step / UInt32(MotionVocabulary.stepsPerToken)
        for slot in 0..<count where agents.present[slot] != 0 {
            batch.curvature[first &+ slot] = corridor.curvature[corridor.sample(at: agents.s[slot])]
            if batch.controllers[first &+ slot] != Controller.worldModel.rawValue { continue }
            Situation.gather(
                slot: slot, agents: agents, corridor: corridor, lanes: batch.lanes + first,
                neighbours: batch.neighbours + first &* Neighbour.count, seesAll: state.pointee.seesAll,
                to: batch.situations + columns,
                stride: PackedNetwork.tile)
            var ceiling: Float = 10
            let leader = batch.neighbours[(first &+ slot) &* Neighbour.count &+ Neighbour.leader.rawValue]
            if state.pointee.hasEgo && leader < 0 && agents.s[slot] > agents.s[0] {
                ceiling = TrafficAhead.limited(
                    acceleration: ceiling, speed: agents.speed[slot],
                    laneSpeed: state.pointee.laneSpeeds[Int(batch.lanes[first &+ slot])])
            }
            let random = state.pointee.random.uniforms(
                agent: agents.identity[slot], step: decision, purpose: .motionToken)
            let column = batch.columnDraws + columns
            column[0] = random.x
            column[32] = random.y
            column[64] = ceiling
            batch.columnSlot[columns] = Int32(truncatingIfNeeded: first &+ slot)
            batch.columnScene[columns] = Int32(truncatingIfNeeded: scene)
            columns = columns &+ 1
            if columns == PackedNetwork.tile {
                choose(batch, columns: columns)
                columns = 0
            }
        }
    }
    if columns > 0 { choose(batch, columns: columns) }
}

/// Finds lanes and neighbours in one scene.
@inline(__always)
func lookAround(_ batch: RolloutBatch, scene: Int) {
    let first = scene &* batch.stride
    Surroundings.find(
        agents: batch.agents.from(first), count: Int(batch.scenes[scene].slotCount),
        corridor: batch.scenes[scene].corridor, order: batch.order + first, lanes: batch.lanes + first,
        besides: batch.besides + first, neighbours: batch.neighbours + first &* Neighbour.count, track: batch.track)
}

/// Sorts a scene by position and finds the ego's lane and neighbours; the others keep what they saw when
/// they decided.
@inline(__always)
func lookAroundForEgo(_ batch: RolloutBatch, scene: Int) {
    let first = scene &* batch.stride
    let agents = batch.agents.from(first)
    let count = Int(batch.scenes[scene].slotCount)
    Surroundings.sort(batch.order + first, count: count, by: agents.s)
    Surroundings.find(
        slot: 0, agents: agents, count: count, corridor: batch.scenes[scene].corridor,
        order: batch.order + first, lanes: batch.lanes + first, besides: batch.besides + first,
        neighbours: batch.neighbours + first &* Neighbour.count)
}

/// Evaluates the network for a tile of agents, draws their tokens and lays out their motion.
@inline(never)
func choose(_ batch: RolloutBatch, columns: Int) {
    let network = batch.network
    for half in 0..<2 {
        let situation = SituationColumns<SIMD16<Float>>(batch.situations + half &* 16, stride: PackedNetwork.tile)
        Features.write(situation, to: batch.input + half &* 16, stride: PackedNetwork.tile)
    }
    var input = batch.input
    var output = batch.hidden
    for index in 0..<network.layerCount {
        let isHidden = index &+ 1 < network.layerCount
        if !isHidden { output = batch.logits }
        evaluate(network.layers[index], UnsafePointer(input), output, isHidden: isHidden)
        swap(&input, &output)
    }
    let slots = batch.slots
    for half in 0..<2 {
        let start = half &* 16
        if start >= columns { break }
        let situation = SituationColumns<SIMD16<Float>>(batch.situations + start, stride: PackedNetwork.tile)
        let bounds = CollisionGuard(situation)
        let draws = batch.columnDraws + start
        let zero = SIMD16<Float>(repeating: 0)
        let longitudinal = sampleProfiles(
            batch.logits + start, count: network.longitudinalCount, change: network.meanAcceleration, base: zero,
            low: bounds.leastAcceleration, high: bounds.acceleration, uniform: load(draws),
            inverseTemperature: network.inverseTemperature)
        let lateral = sampleProfiles(
            batch.logits + network.longitudinalCount &* 32 + start, count: network.lateralCount,
            change: network.lateralChange, base: load(batch.situations + 3 &* 32 + start),
            low: bounds.lateralLow, high: bounds.lateralHigh, uniform: load(draws + 32),
            inverseTemperature: network.inverseLateralTemperature)
        let barred = longitudinal.barred | lateral.barred
        for lane in 0..<min(16, columns &- start) {
            let slot = Int(batch.columnSlot[start &+ lane])
            let scene = batch.scenes + Int(batch.columnScene[start &+ lane])
            let along = network.longitudinal + Int(longitudinal.index[lane]) &* MotionVocabulary.stepsPerToken
            let across = network.lateral + Int(lateral.index[lane]) &* MotionVocabulary.stepsPerToken
            // Who leads the window goes along with the traffic beyond: as he chose, but no faster.
            let beyond = network.meanAcceleration[Int(longitudinal.index[lane])] - draws[64 &+ lane]
            let brake = max(longitudinal.excess[lane], beyond), steer = lateral.excess[lane] * 2
            for step in 0..<MotionVocabulary.stepsPerToken {
                batch.plannedAcceleration[step &* slots &+ slot] = along[step] - brake
                batch.plannedLateral[step &* slots &+ slot] = across[step] - steer
            }
            if scene.pointee.step >= scene.pointee.measuredFrom {
                scene.pointee.record.guardedDecisions &+= UInt32(truncatingIfNeeded: barred[lane])
            }
        }
    }
}
