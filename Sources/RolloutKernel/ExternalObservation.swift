// Hot code: no allocation, reference counting, locks or throwing in this file.
import CLonghaulPolicy
import ReproducibleMath
import RolloutState
import RoadNetwork
import WorldModel

/// Writes what the ego of every active scene observes, for a policy in another process.
///
/// - Parameters:
///   - observations: receives one entry per active scene, in the scenes' order.
///   - scenes: receives the scene of each entry.
/// - Returns: how many there are.
@inline(never)
public func observeEgos(
    _ pointer: UnsafeMutablePointer<RolloutBatch>, _ observations: UnsafeMutablePointer<longhaul_observation>,
    _ scenes: UnsafeMutablePointer<Int32>
) -> Int {
    let batch = pointer.pointee
    var count = 0
    for scene in 0..<batch.sceneCount where batch.scenes[scene].isActive {
        observeEgo(batch, scene: scene, to: observations + count)
        scenes[count] = Int32(truncatingIfNeeded: scene)
        count = count &+ 1
    }
    return count
}

/// Distances ahead at which the road's curvature is given, metres; `LONGHAUL_PREVIEW` of them.
@inline(__always) var previewDistances: SIMD8<Float> { SIMD8(0, 10, 20, 40, 60, 80, 120, 160) }

@inline(__always)
func observeEgo(_ batch: RolloutBatch, scene: Int, to observation: UnsafeMutablePointer<longhaul_observation>) {
    let state = batch.scenes + scene
    let first = scene &* batch.stride
    let agents = batch.agents.from(first)
    let corridor = state.pointee.corridor
    let s = agents.s[0], d = agents.d[0]
    let here = corridor.sample(at: s)
    let lane = Int(batch.lanes[first])
    let reference = corridor.curvature[here]
    observation.pointee.slot = UInt32(truncatingIfNeeded: scene)
    observation.pointee.step = state.pointee.step
    observation.pointee.speed = agents.speed[0]
    observation.pointee.acceleration = agents.acceleration[0]
    observation.pointee.heading = agents.heading[0]
    observation.pointee.lateral_speed = agents.lateralSpeed[0]
    observation.pointee.offset = d - corridor.centre(lane: lane, sample: here)
    observation.pointee.length = agents.length[0]
    observation.pointee.width = agents.width[0]
    observation.pointee.road_curvature = reference / (1 - reference * d).limited(0.2, 5)
    observation.pointee.speed_level = corridor.speedLevel
    observation.pointee.grip = tyreLimit
    observation.pointee.visibility = state.pointee.windowAhead
    var left: Float = 0, right: Float = 0
    for other in 0..<Int(corridor.laneCount) where corridor.width(lane: other, sample: here) > 0 {
        if other < lane { left += 1 }
        if other > lane { right += 1 }
    }
    observation.pointee.lanes_left = left
    observation.pointee.lanes_right = right
    let preview = longhaul_preview(observation).unsafelyUnwrapped
    let distances = previewDistances
    for place in 0..<8 { preview[place] = corridor.curvature[corridor.sample(at: s + distances[place])] }
    observation.pointee.left = describe(lane &- 1, state, s: s, d: d, here: here)
    observation.pointee.own = describe(lane, state, s: s, d: d, here: here)
    observation.pointee.right = describe(lane &+ 1, state, s: s, d: d, here: here)
    observation.pointee.agent_count = observeAgents(
        batch, scene: scene, lane: lane, to: longhaul_agents(observation).unsafelyUnwrapped)
}

/// One lane as the ego sees it; all zero where it doesn't exist.
@inline(__always)
func describe(
    _ lane: Int, _ state: UnsafeMutablePointer<SceneState>, s: Float, d: Float, here: Int
) -> longhaul_lane {
    let corridor = state.pointee.corridor
    var seen = longhaul_lane()
    guard lane >= 0 && lane < Int(corridor.laneCount) && corridor.width(lane: lane, sample: here) > 0
    else { return seen }
    seen.exists = 1
    seen.offset = corridor.centre(lane: lane, sample: here) - d
    seen.width = corridor.width(lane: lane, sample: here)
    seen.traffic_speed = state.pointee.laneSpeeds[lane & 15]
    seen.ends_in = 1000
    let last = corridor.sample(at: s + 250)
    var sample = here
    while sample < last && corridor.width(lane: lane, sample: sample) > 0 { sample = sample &+ 1 }
    if corridor.width(lane: lane, sample: sample) <= 0 {
        // A width is that of the nearest sample, so the lane ends half a spacing before it.
        let end = corridor.start + (Float(sample) - 0.5) / corridor.inverseSpacing - s
        seen.ends_in = end > 0 ? end : 0
    }
    return seen
}

/// The agents nearest along the road, nearest first. The scene's order is sorted by position.
///
/// - Returns: how many there are, at most `LONGHAUL_AGENTS`.
@inline(__always)
func observeAgents(
    _ batch: RolloutBatch, scene: Int, lane: Int, to seen: UnsafeMutablePointer<longhaul_agent>
) -> Float {
    let first = scene &* batch.stride
    let agents = batch.agents.from(first)
    let order = batch.order + first
    let count = Int(batch.scenes[scene].slotCount)
    let corridor = batch.scenes[scene].corridor
    let frame = EgoFrame(agents, corridor)
    // What is computed for all sixteen at once: place, road's curvature there, heading and speed.
    let columns = batch.input
    var place = 0
    while order[place] != 0 { place = place &+ 1 }
    var behind = place &- 1, ahead = place &+ 1
    var found = 0
    while found < 16 {
        while behind >= 0 && agents.present[Int(order[behind])] == 0 { behind = behind &- 1 }
        while ahead < count && agents.present[Int(order[ahead])] == 0 { ahead = ahead &+ 1 }
        if behind < 0 && ahead >= count { break }
        let isAhead = behind < 0 || (ahead < count
            && agents.s[Int(order[ahead])] - frame.s <= frame.s - agents.s[Int(order[behind])])
        let slot = Int(isAhead ? order[ahead] : order[behind])
        if isAhead { ahead = ahead &+ 1 } else { behind = behind &- 1 }
        let s = agents.s[slot], d = agents.d[slot]
        columns[found] = s
        columns[16 &+ found] = d
        columns[32 &+ found] = corridor.curvature[corridor.sample(at: s)]
        columns[48 &+ found] = agents.heading[slot]
        columns[64 &+ found] = agents.speed[slot]
        let other = seen + found
        other.pointee.across = d - frame.d
        other.pointee.acceleration = agents.acceleration[slot]
        other.pointee.length = agents.length[slot]
        other.pointee.width = agents.width[slot]
        other.pointee.kind = agents.kind[slot]
        let itsLane = Surroundings.laneOf(d, agents.sweptWidth(slot), s, corridor).lane
        other.pointee.lane = Float(Int32(truncatingIfNeeded: itsLane &- lane))
        found = found &+ 1
    }
    frame.view(columns)
    for place in 0..<found {
        let other = seen + place
        other.pointee.along = columns[place]
        other.pointee.x = columns[16 &+ place]
        other.pointee.y = columns[32 &+ place]
        other.pointee.heading = columns[48 &+ place]
        other.pointee.vx = columns[64 &+ place]
        other.pointee.vy = columns[80 &+ place]
    }
    for unused in found..<16 { seen[unused] = longhaul_agent() }
    return Float(found)
}

/// Looks at agents from the ego.
///
/// Between ego and agent the road's curvature is taken to change linearly, and the angle θ that the road turns by
/// to be so small that terms in θ⁴ don't matter: on these roads an error below a centimetre within 100 m.
struct EgoFrame {
    let s: Float
    let d: Float
    let heading: Float
    let curvature: Float
    let sine: Float
    let cosine: Float

    @inline(__always)
    init(_ agents: AgentArrays, _ corridor: CorridorView) {
        s = agents.s[0]
        d = agents.d[0]
        heading = agents.heading[0]
        curvature = corridor.curvature[corridor.sample(at: agents.s[0])]
        (sine, cosine) = Elementary.sineAndCosine(agents.heading[0])
    }

    /// Sixteen agents as the ego sees them.
    ///
    /// - Parameter columns: place along and across, the road's curvature there, heading and speed; receives place
    ///   along from the ego, x and y, heading and velocity in x and y.
    @inline(__always)
    func view(_ columns: UnsafeMutablePointer<Float>) {
        let d = load(columns + 16), there = load(columns + 32)
        let along = load(columns) - SIMD16<Float>(repeating: s)
        let turn = (there + SIMD16<Float>(repeating: curvature)) * 0.5 * along
        let square = turn * turn
        let one = SIMD16<Float>(repeating: 1)
        let shortened = one - square * (1.0 / 6)
        let roadX = along * shortened
        let bend = SIMD16<Float>(repeating: curvature * (1.0 / 3)) + there * (1.0 / 6)
        let roadY = along * along * bend
        let placeX = roadX - d * (turn * shortened)
        let placeY = roadY + d * (one - square * 0.5) - SIMD16<Float>(repeating: self.d)
        let relative = load(columns + 48) + turn - SIMD16<Float>(repeating: heading)
        let direction = Elementary.sineAndCosine(relative)
        let speed = load(columns + 64)
        store(along, columns)
        store(placeX * cosine + placeY * sine, columns + 16)
        store(placeY * cosine - placeX * sine, columns + 32)
        store(relative, columns + 48)
        store(speed * direction.cosine, columns + 64)
        store(speed * direction.sine, columns + 80)
    }
}
