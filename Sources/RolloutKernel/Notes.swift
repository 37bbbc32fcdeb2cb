// Hot code: no allocation, reference counting, locks or throwing in this file.
import Metrics
import ReproducibleMath
import RolloutState
import RoadNetwork
import WorldModel

/// Tests everybody against those close ahead along the road, and notes collisions.
///
/// A collision of the ego ends the rollout. Two other agents that collide are a fault of the world
/// model: it is counted, and the one behind is taken off the road. While a scene settles nothing is
/// counted and whoever touches the ego is taken off the road.
@inline(__always)
func noteCollisions(_ batch: RolloutBatch, scene: Int) {
    if !mayCollide(batch, scene: scene) { return }
    let state = batch.scenes + scene
    let first = scene &* batch.stride
    let agents = batch.agents.from(first)
    let order = batch.order + first
    let count = Int(state.pointee.slotCount)
    let measured = state.pointee.step > state.pointee.measuredFrom
    for i in 0..<count {
        let rear = Int(order[i])
        if agents.present[rear] == 0 { continue }
        var j = i &+ 1
        while j < count {
            let front = Int(order[j])
            j = j &+ 1
            let along = agents.s[front] - agents.s[rear]
            if along > 24 { break }
            if agents.present[front] == 0 { continue }
            let halfLengths = 0.5 * (agents.length[rear] + agents.length[front])
            if along > halfLengths + 1 { continue }
            let across = (agents.d[front] - agents.d[rear]).magnitude()
            if across > 0.5 * (agents.width[rear] + agents.width[front]) + 0.2 * halfLengths { continue }
            if !boxesOverlap(agents, rear, front) { continue }
            if rear != 0 && front != 0 {
                if measured { state.pointee.record.backgroundCollisions &+= 1 }
                remove(agents, rear)
                break
            }
            if !measured {
                remove(agents, rear == 0 ? front : rear)
                if rear == 0 { continue } else { break }
            }
            endByCollision(state, agents, rear: rear, front: front, along: along, halfLengths: halfLengths)
            return
        }
    }
}

/// False where no two bodies can overlap, which is nearly always: sixteen at a time, each compared with whoever is
/// one place ahead, then two, and so on. Bodies apart across the road by more than a centimetre, as they lie, are
/// apart for `boxesOverlap` too.
@inline(__always)
func mayCollide(_ batch: RolloutBatch, scene: Int) -> Bool {
    let first = scene &* batch.stride
    var track = batch.track
    track.fillBodies(
        batch.agents.from(first), order: batch.order + first, count: Int(batch.scenes[scene].slotCount))
    var least = SIMD16<Float>(repeating: .infinity)
    var start = 0
    while start < track.count {
        let last = track.count < start &+ 16 ? track.count : start &+ 16
        var reach = 0
        for place in start..<last {
            while track.s[place &+ reach &+ 1] - track.s[place] <= 24 { reach = reach &+ 1 }
        }
        let s = track.sixteen(track.s, from: start), d = track.sixteen(track.d, from: start)
        let length = track.sixteen(track.length, from: start), width = track.sixteen(track.width, from: start)
        var ahead = 1
        while ahead <= reach {
            let other = start &+ ahead
            let halfLengths = (length + track.sixteen(track.length, from: other)) * 0.5
            let halfWidths = (width + track.sixteen(track.width, from: other)) * 0.5
            let along = track.sixteen(track.s, from: other) - s
            let across = (track.sixteen(track.d, from: other) - d).magnitude()
            let excess = (along - (halfLengths + 1)).higher(across - (halfWidths + 0.01))
            least = least.lower(excess)
            ahead = ahead &+ 1
        }
        start = start &+ 16
    }
    store(least, track.tile)
    for lane in 0..<16 where track.tile[lane] <= 0 { return true }
    return false
}

@inline(__always)
func remove(_ agents: AgentArrays, _ slot: Int) {
    agents.present[slot] = 0
}

@inline(__always)
func endByCollision(
    _ state: UnsafeMutablePointer<SceneState>, _ agents: AgentArrays, rear: Int, front: Int, along: Float,
    halfLengths: Float
) {
    let other = rear == 0 ? front : rear
    state.pointee.record.outcome = .collision
    let isSide = along < 0.6 * halfLengths
    state.pointee.record.collisionKind = isSide ? .sideswipe : rear == 0 ? .egoRanIntoOther : .otherRanIntoEgo
    let kind = agents.kind[other]
    state.pointee.record.collisionPartner = kind == 1 ? .truck : kind == 2 ? .motorcycle : .car
    let along = agents.speed[0] - agents.speed[other]
    let across = agents.lateralSpeed[0] - agents.lateralSpeed[other]
    state.pointee.record.collisionSpeed = (along * along + across * across).squareRoot()
    state.pointee.isActive = false
}

/// Oriented boxes by the separating-axis test (Gottschalk, Lin & Manocha 1996), in road coordinates:
/// within a vehicle's length a freeway is straight to a centimetre.
@inline(__always)
func boxesOverlap(_ agents: AgentArrays, _ a: Int, _ b: Int) -> Bool {
    let dx = agents.s[b] - agents.s[a], dy = agents.d[b] - agents.d[a]
    let (sinA, cosA) = Elementary.sineAndCosine(agents.heading[a])
    let (sinB, cosB) = Elementary.sineAndCosine(agents.heading[b])
    let la = 0.5 * agents.length[a], wa = 0.5 * agents.width[a]
    let lb = 0.5 * agents.length[b], wb = 0.5 * agents.width[b]
    let cosine = (cosA * cosB + sinA * sinB).magnitude()
    let sine = (sinA * cosB - cosA * sinB).magnitude()
    if (dx * cosA + dy * sinA).magnitude() > la + lb * cosine + wb * sine { return false }
    if (dy * cosA - dx * sinA).magnitude() > wa + lb * sine + wb * cosine { return false }
    if (dx * cosB + dy * sinB).magnitude() > lb + la * cosine + wa * sine { return false }
    if (dy * cosB - dx * sinB).magnitude() > wb + la * sine + wa * cosine { return false }
    return true
}

/// The ego's metrics of one step, everybody's distance, the digest, and the end of the rollout.
@inline(__always)
func noteMetrics(_ batch: RolloutBatch, scene: Int, isLastSubstep: Bool) {
    let state = batch.scenes + scene
    let first = scene &* batch.stride
    let agents = batch.agents.from(first)
    let count = Int(state.pointee.slotCount)
    if isLastSubstep { removeOffRoad(batch, scene: scene) }
    if state.pointee.step <= state.pointee.measuredFrom {
        state.pointee.egoAccelerationBefore = agents.acceleration[0]
        state.pointee.egoLateralSpeedBefore = agents.lateralSpeed[0]
        state.pointee.egoLaneBefore = batch.lanes[first]
        return
    }
    noteEgo(batch, scene: scene, agents)
    var present: UInt32 = 0
    for slot in 0..<count where agents.present[slot] != 0 { present &+= 1 }
    state.pointee.record.agentSteps &+= present
    absorb(batch, scene: scene)
}

@inline(__always)
func noteEgo(_ batch: RolloutBatch, scene: Int, _ agents: AgentArrays) {
    let state = batch.scenes + scene
    let first = scene &* batch.stride
    let acceleration = agents.acceleration[0], before = state.pointee.egoAccelerationBefore
    if acceleration < -3 && before >= -3 { state.pointee.record.hardBrakes &+= 1 }
    let jerk = (acceleration - before).magnitude() * 10
    if jerk > state.pointee.record.maximumJerk { state.pointee.record.maximumJerk = jerk }
    noteComfort(state, acceleration: acceleration, jerk: jerk, lateralSpeed: agents.lateralSpeed[0],
        cornering: batch.curvature[first] * agents.speed[0] * agents.speed[0])
    state.pointee.egoAccelerationBefore = acceleration
    let lane = batch.lanes[first]
    if state.pointee.egoLaneBefore >= 0 && lane != state.pointee.egoLaneBefore {
        state.pointee.record.laneChanges &+= 1
    }
    state.pointee.egoLaneBefore = lane
    let leader = Int(batch.neighbours[first &* Neighbour.count &+ Neighbour.leader.rawValue])
    let free = leader < 0 ? 1000 : noteLeader(state, agents, leader)
    if agents.speed[0] < Comfort.standingSpeed && free > Comfort.freeMeters {
        state.pointee.record.stuckSteps &+= 1
    }
    let outside = distanceOutside(batch, scene: scene, slot: 0)
    if outside > 0.6 { state.pointee.record.offRoadSteps &+= 1 }
    if outside > agents.width[0] {
        state.pointee.record.outcome = .offRoad
        state.pointee.isActive = false
    }
}

/// Notes gap and time to collision to the vehicle ahead, and returns the gap, metres.
///
/// Only bodies that overlap across the road can collide along it: whoever passes beside the ego while he comes
/// into its lane, or leaves it, is neither close ahead nor about to be hit.
@inline(__always)
func noteLeader(_ state: UnsafeMutablePointer<SceneState>, _ agents: AgentArrays, _ leader: Int) -> Float {
    let gap = agents.s[leader] - agents.s[0] - 0.5 * (agents.length[leader] + agents.length[0])
    let across = (agents.d[leader] - agents.d[0]).magnitude()
    if across >= 0.5 * (agents.width[leader] + agents.width[0]) { return gap }
    if gap < state.pointee.record.minimumGap { state.pointee.record.minimumGap = gap }
    let closing = agents.speed[0] - agents.speed[leader]
    if closing > 0.1 {
        let time = (gap > 0 ? gap : 0) / closing
        if time < state.pointee.record.minimumTimeToCollision {
            state.pointee.record.minimumTimeToCollision = time
        }
    }
    return gap
}

/// Counts the beginnings of an uncomfortable motion of the ego.
@inline(__always)
func noteComfort(
    _ state: UnsafeMutablePointer<SceneState>, acceleration: Float, jerk: Float, lateralSpeed: Float,
    cornering: Float
) {
    let lateral = (cornering + (lateralSpeed - state.pointee.egoLateralSpeedBefore) * 10).magnitude()
    state.pointee.egoLateralSpeedBefore = lateralSpeed
    let isUncomfortable = acceleration < Comfort.accelerationLow || acceleration > Comfort.accelerationHigh
        || lateral > Comfort.lateralAcceleration || jerk > Comfort.jerk
    if isUncomfortable && !state.pointee.wasUncomfortable { state.pointee.record.discomforts &+= 1 }
    state.pointee.wasUncomfortable = isUncomfortable
}

/// How far a body reaches beyond the outermost lane line, metres; negative inside.
@inline(__always)
func distanceOutside(_ batch: RolloutBatch, scene: Int, slot: Int) -> Float {
    let first = scene &* batch.stride
    let corridor = batch.scenes[scene].corridor
    let agents = batch.agents.from(first)
    let sample = corridor.sample(at: agents.s[slot])
    let edges = corridor.edges(beside: Int(batch.lanes[first &+ slot]), sample: sample)
    let sine = Elementary.sineAndCosine(agents.heading[slot]).sine.magnitude()
    let reach = 0.5 * agents.width[slot] + 0.5 * agents.length[slot] * sine
    let left = agents.d[slot] + reach - edges.left
    let right = edges.right - (agents.d[slot] - reach)
    return left > right ? left : right
}

/// Counts agents other than the ego that left the road, and takes them off.
@inline(__always)
func removeOffRoad(_ batch: RolloutBatch, scene: Int) {
    let state = batch.scenes + scene
    let agents = batch.agents.from(scene &* batch.stride)
    for slot in 1..<max(Int(state.pointee.slotCount), 1) where agents.present[slot] != 0 {
        if distanceOutside(batch, scene: scene, slot: slot) <= 0.6 { continue }
        if state.pointee.step > state.pointee.measuredFrom { state.pointee.record.backgroundOffRoad &+= 1 }
        remove(agents, slot)
    }
}

/// The digest absorbs every agent's position and speeds; the shard's step digest, the running digest.
@inline(__always)
func absorb(_ batch: RolloutBatch, scene: Int) {
    let state = batch.scenes + scene
    let digest = absorbed(batch, scene: scene, into: state.pointee.digest)
    state.pointee.digest = digest
    let measuredStep = Int(state.pointee.step &- state.pointee.measuredFrom) &- 1
    if measuredStep < batch.stepDigestCount {
        batch.stepDigests[measuredStep] &+= UInt32(truncatingIfNeeded: digest.value &>> 32)
    }
}

/// A digest that has absorbed the state of every agent of a scene.
@inline(__always)
func absorbed(_ batch: RolloutBatch, scene: Int, into digest: StateDigest) -> StateDigest {
    let first = scene &* batch.stride
    let count = Int(batch.scenes[scene].slotCount)
    var digest = digest
    var start = first
    while start < first &+ count {
        digest.absorb(load(batch.agents.s + start))
        digest.absorb(load(batch.agents.d + start))
        digest.absorb(load(batch.agents.speed + start))
        digest.absorb(load(batch.agents.lateralSpeed + start))
        digest.absorb(load(batch.agents.present + start))
        start = start &+ 16
    }
    return digest
}
