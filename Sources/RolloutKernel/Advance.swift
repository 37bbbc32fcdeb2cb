// Hot code: no allocation, reference counting, locks or throwing in this file.
import Policies
import ReproducibleMath
import RolloutState
import RoadNetwork
import WorldModel

/// Executes half a second in five steps of 0.1 s: policies act, everybody moves, collisions and metrics
/// are noted, the digest absorbs every state.
///
/// - Parameter observe: called after each step of each active scene when a recording is wanted.
@inline(never)
public func advance(_ pointer: UnsafeMutablePointer<RolloutBatch>, _ observe: ((Int) -> Void)?) {
    let batch = pointer.pointee
    for scene in batch.working where batch.scenes[scene].isActive {
        let state = batch.scenes + scene
        for substep in 0..<MotionVocabulary.stepsPerToken {
            actPolicies(batch, scene: scene, substep: substep)
            move(batch, scene: scene, substep: substep)
            state.pointee.step &+= 1
            if !state.pointee.hasEgo {
                if batch.controllers[scene &* batch.stride] != Controller.worldModel.rawValue {
                    lookAround(batch, scene: scene)
                }
                observe?(scene)
                continue
            }
            lookAroundForEgo(batch, scene: scene)
            noteCollisions(batch, scene: scene)
            noteMetrics(batch, scene: scene, isLastSubstep: substep == MotionVocabulary.stepsPerToken - 1)
            observe?(scene)
            if !state.pointee.isActive { break }
        }
    }
}

/// Policy-driven agents choose acceleration and path curvature; written as this step's planned motion.
@inline(__always)
func actPolicies(_ batch: RolloutBatch, scene: Int, substep: Int) {
    let state = batch.scenes + scene
    let first = scene &* batch.stride
    let agents = batch.agents.from(first)
    let count = state.pointee.hasEgo ? 1 : Int(state.pointee.slotCount)
    for slot in 0..<count where agents.present[slot] != 0 {
        let controller = batch.controllers[first &+ slot]
        if controller == Controller.worldModel.rawValue { continue }
        let action = controller == Controller.constantVelocity.rawValue
            ? ConstantVelocity.act(slot: slot, agents: agents, corridor: state.pointee.corridor)
            : IdmMobil.act(
                slot: slot, agents: agents, corridor: state.pointee.corridor, lanes: batch.lanes + first,
                neighbours: batch.neighbours + first &* Neighbour.count, memory: &batch.policyMemory[first &+ slot],
                parameters: (batch.policyParameters + (first &+ slot)).pointee)
        plan(action, batch, scene: scene, slot: slot, substep: substep)
    }
}

/// Writes an action as an agent's planned motion in this step.
@inline(__always)
func plan(_ action: PolicyAction, _ batch: RolloutBatch, scene: Int, slot: Int, substep: Int) {
    let first = scene &* batch.stride
    let agents = batch.agents.from(first)
    let corridor = batch.scenes[scene].corridor
    let dt = MotionVocabulary.stepSeconds
    let speed = agents.speed[slot]
    let accelerated = speed + action.acceleration * dt
    let next = accelerated > 0 ? accelerated : 0
    let mean = 0.5 * (speed + next)
    let roadCurvature = corridor.curvature[corridor.sample(at: agents.s[slot])]
    batch.curvature[first &+ slot] = roadCurvature
    let heading = agents.heading[slot] + mean * dt * (action.curvature - roadCurvature)
    let lateral = next * Elementary.sineAndCosine(heading).sine
    let index = substep &* batch.slots &+ first &+ slot
    batch.plannedAcceleration[index] = action.acceleration
    batch.plannedLateral[index] = (lateral - agents.lateralSpeed[slot]) * (1 / dt)
}

/// Physics bounds: dry tyres give about 8 m/s² in any direction; nobody accelerates harder than 4 m/s²;
/// a vehicle's heading stays within about 14° of the road, a long one's within as much as brings its front
/// 1.2 m aside, twice as much for a car that crawls (up to 6 m long, below 2 m/s; nothing more from 12 m and 4 m/s on),
/// and its path's curvature, beyond the road's own, within what its wheels can do: half a radian
/// per vehicle length (a circle of 10 m for a car). It turns about its rear axle, 0.3 lengths behind the middle.
@inline(__always) var tyreLimit: Float { 8 }
@inline(__always) var accelerationLimit: Float { 4 }
@inline(__always) var slopeLimit: Float { 0.25 }
@inline(__always) var turnedReach: Float { 1.2 }
@inline(__always) var rearAxle: Float { 0.3 }
@inline(__always) var steeringReach: Float { 0.5 }

/// Moves all agents of a scene by one step of 0.1 s.
@inline(__always)
func move(_ batch: RolloutBatch, scene: Int, substep: Int) {
    let state = batch.scenes + scene
    let first = scene &* batch.stride
    let dt = MotionVocabulary.stepSeconds
    let zero = SIMD16<Float>(repeating: 0)
    let measured = state.pointee.step >= state.pointee.measuredFrom
    var meters = zero
    var start = first
    while start < first &+ Int(state.pointee.slotCount) {
        let a = batch.agents
        let present = load(a.present + start)
        let v = load(a.speed + start), u = load(a.lateralSpeed + start)
        let curvature = load(batch.curvature + start)
        let planned = substep &* batch.slots &+ start
        let cornering = curvature * v * v
        let steering = load(batch.plannedLateral + planned).limited(-tyreLimit, tyreLimit)
        let tyre = SIMD16<Float>(repeating: tyreLimit * tyreLimit) - cornering * cornering - steering * steering
        let grip = zero.replacing(with: tyre, where: tyre .> zero).squareRoot()
        var acceleration = load(batch.plannedAcceleration + planned)
        acceleration = acceleration.limited(-tyreLimit, accelerationLimit)
        acceleration.replace(with: grip, where: acceleration .> grip)
        acceleration.replace(with: zero - grip, where: acceleration .< zero - grip)
        var v1 = v + acceleration * dt
        v1 = zero.replacing(with: v1, where: v1 .> zero)
        acceleration = (v1 - v) * (1 / dt)
        var u1 = u + steering * dt
        let before = load(a.heading + start), length = load(a.length + start)
        let one = SIMD16<Float>(repeating: 1)
        let shortest = SIMD16<Float>(repeating: 2.5)
        let bodyLength = shortest.replacing(with: length, where: length .> shortest)
        var slope = SIMD16<Float>(repeating: turnedReach) / bodyLength
        slope.replace(with: slopeLimit, where: slope .> slopeLimit)
        let two = SIMD16<Float>(repeating: 2)
        let crawl = (two - v1 * 0.5).limited(0, 1), short = (two - length * (1.0 / 6)).limited(0, 1)
        slope += slope * crawl * short
        let steepest = v1 * slope
        u1.replace(with: steepest, where: u1 .> steepest)
        u1.replace(with: zero - steepest, where: u1 .< zero - steepest)
        // The heading follows the wheels: it turns no faster than the tightest everyday curve lets it.
        let vMean = (v + v1) * 0.5
        let moving = v1 .> SIMD16<Float>(repeating: 0.01)
        let wanted = Elementary.smallArcTangent(u1 / one.replacing(with: v1, where: moving))
        let turn = vMean * (dt * steeringReach) / bodyLength
        var heading = before.replacing(with: wanted, where: moving)
        heading.replace(with: before + turn, where: heading .> before + turn)
        heading.replace(with: before - turn, where: heading .< before - turn)
        let direction = Elementary.sineAndCosine(heading)
        let swing = bodyLength * rearAxle * (heading - before)
        u1 = v1 * direction.sine
        let uMean = (u + u1) * 0.5
        let along2 = vMean * vMean - uMean * uMean
        let along = zero.replacing(with: along2, where: along2 .> zero).squareRoot()
        let d = load(a.d + start)
        let ds = along * dt / (one - curvature * d)
        let distance = vMean * dt * present

        if substep == 0 {
            store(load(a.recentAcceleration + start), a.olderAcceleration + start)
            store(zero, a.recentAcceleration + start)
            store(u, a.olderLateralSpeed + start)
        }
        store(load(a.recentAcceleration + start) + acceleration * 0.2, a.recentAcceleration + start)
        store((load(a.s + start) + ds) * present, a.s + start)
        store((d + uMean * dt + swing) * present, a.d + start)
        store(v1 * present, a.speed + start)
        store(u1 * present, a.lateralSpeed + start)
        store(acceleration * present, a.acceleration + start)
        store((u1 - u) * present * (1 / dt), a.lateralAcceleration + start)
        store(heading * present, a.heading + start)
        meters += distance
        if measured && start == first { state.pointee.record.egoMeters += distance[0] }
        start = start &+ 16
    }
    if measured { state.pointee.agentMeters += meters }
}
