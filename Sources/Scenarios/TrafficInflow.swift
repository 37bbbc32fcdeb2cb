import ReproducibleMath
import RoadNetwork
import WorldModel

/// What the traffic at a window's edges should be like: a plain value, made once per scenario.
public struct InflowParameters: Sendable, Equatable {
    /// How far the window that moves with the ego reaches, metres.
    public var windowBehind: Float
    public var windowAhead: Float
    /// Mean speed of each lane's traffic, m/s.
    public var laneSpeeds: SIMD16<Float>

    public init(_ scenario: Scenario) {
        windowBehind = scenario.windowBehind
        windowAhead = scenario.windowAhead
        laneSpeeds = SIMD16(repeating: 0)
        for (lane, speed) in scenario.laneSpeeds.enumerated() { laneSpeeds[lane] = speed }
    }

    /// How far beyond the window's edge an agent must be to have left, metres.
    public var hysteresis: Float { (0.05 * (windowBehind + windowAhead)).limited(5, 25) }
}

/// Lets new drivers in at the edges of the window that moves with the ego, for those who left it.
public enum TrafficInflow {
    /// How much faster or slower than the ego a newcomer may be where that carries him out again, m/s.
    static let wrongWay: Float = 2

    /// Whether an agent has left the window for good. `agents`: one scene's, the ego in slot 0.
    public static func hasLeft(_ slot: Int, agents: AgentArrays, parameters: InflowParameters) -> Bool {
        let ahead = agents.s[slot] - agents.s[0]
        return ahead > parameters.windowAhead + parameters.hysteresis
            || ahead < -parameters.windowBehind - parameters.hysteresis
    }

    /// A new driver for a free slot, or nil while there is no room for one at either edge.
    ///
    /// He enters beyond the outermost vehicle of his lane, by a gap from the learned distribution, and not
    /// far inside the edge. Of all lanes and both edges, that with the most room to spare is chosen, one
    /// where his speed carries him into the window rather than out of it.
    ///
    /// - Parameters:
    ///   - agents: one scene's, the ego in slot 0.
    ///   - count: slots to look at.
    ///   - identity: the new driver's number.
    ///   - step: the rollout's step, below 2^24.
    /// - Returns: the same for the same scene, identity and 64 steps.
    public static func newcomer(
        agents: AgentArrays, count: Int, corridor: CorridorView, parameters: InflowParameters,
        statistics: SceneStatistics, random: CounterRandom, identity: UInt32, step: UInt32
    ) -> InitialAgent? {
        let draw = VehicleDraw(statistics: statistics, random: random)
        // A driver who finds no room keeps what was drawn for him a while: drawing anew at every step until
        // something fits would let in none but those with the shortest gaps.
        let patience = step >> 6
        let looks = random.uniforms(agent: identity, step: patience, purpose: .inflow)
        var best: (agent: InitialAgent, score: Float)?
        for lane in 0..<Int(corridor.laneCount) {
            let body = draw.body(looks, allowsTrucks: lane > 0 || corridor.laneCount < 3)
            for edge in 0..<2 {
                let isAhead = edge == 1
                let place = UInt32(2 * lane + (isAhead ? 2 : 1)) << 24
                let motion = random.uniforms(agent: identity, step: patience | place, purpose: .inflow)
                let entry = Entry(
                    agents: agents, count: count, corridor: corridor, parameters: parameters, lane: lane,
                    isAhead: isAhead)
                guard let candidate = entry.candidate(body: body, motion: motion, draw: draw)
                else { continue }
                if candidate.score > best?.score ?? -.infinity { best = candidate }
            }
        }
        guard var agent = best?.agent else { return nil }
        draw.giveTraits(to: &agent, identity: identity)
        return agent
    }
}

/// One lane at one edge of the window, as a place to enter.
private struct Entry {
    let agents: AgentArrays
    let count: Int
    let corridor: CorridorView
    let parameters: InflowParameters
    let lane: Int
    let isAhead: Bool

    /// Where the edge is, metres of `s`.
    private var edge: Float {
        isAhead ? agents.s[0] + parameters.windowAhead : agents.s[0] - parameters.windowBehind
    }

    /// - Parameter motion: speed, gap, place and offset, each uniform over (0, 1).
    /// - Returns: the newcomer and how much room there is, with a little chance in it; nil for none.
    func candidate(
        body: InitialAgent, motion: SIMD4<Float>, draw: VehicleDraw
    ) -> (agent: InitialAgent, score: Float)? {
        let sample = corridor.sample(at: edge)
        let laneWidth = corridor.width(lane: lane, sample: sample)
        if laneWidth < body.width + 0.3 { return nil }
        let outermost = outermost()
        var agent = body
        var around = parameters.laneSpeeds[lane]
        if outermost >= 0 { around += 0.6 * (agents.speed[outermost] - around) }
        agent.speed = draw.speed(motion.x, laneMean: around)
        let departing = isAhead ? agent.speed - agents.speed[0] : agents.speed[0] - agent.speed
        if departing > TrafficInflow.wrongWay { return nil }

        let outward: Float = isAhead ? 1 : -1
        // Somewhere in the last tenth of the window, unless the lane is filled up to there.
        let reach = isAhead ? parameters.windowAhead : parameters.windowBehind
        var distance = reach * (0.9 + 0.1 * motion.z)
        var room = 2 * reach
        if outermost >= 0 {
            let other = agents.speed[outermost]
            let gap = isAhead
                ? draw.gap(motion.y, follower: other, leader: agent.speed)
                : draw.gap(motion.y, follower: agent.speed, leader: other)
            let nearest = outward * (agents.s[outermost] - agents.s[0])
                + gap + 0.5 * (agents.length[outermost] + agent.length)
            room = reach - nearest
            if nearest > distance { distance = nearest }
        }
        if distance > reach + 0.9 * parameters.hysteresis { return nil }
        agent.s = agents.s[0] + outward * distance
        agent.d = corridor.centre(lane: lane, sample: corridor.sample(at: agent.s))
            + draw.offset(motion.w, speed: agent.speed, width: agent.width, laneWidth: laneWidth)
        if touchesSomebody(agent) { return nil }
        return (agent, room - 10 * departing + 0.2 * reach * motion.z)
    }

    /// Whether his body, grown by a metre along and 0.3 m across, would lie over another.
    private func touchesSomebody(_ agent: InitialAgent) -> Bool {
        for slot in 0..<count where agents.present[slot] != 0 {
            let along = (agents.s[slot] - agent.s).magnitude() - 0.5 * (agents.length[slot] + agent.length)
            let across = (agents.d[slot] - agent.d).magnitude() - 0.5 * (agents.sweptWidth(slot) + agent.width)
            if along < 1 && across < 0.3 { return true }
        }
        return false
    }

    /// The slot of the vehicle whose outer end is farthest out, of all whose bodies reach into the lane, or -1.
    private func outermost() -> Int {
        let outward: Float = isAhead ? 1 : -1
        var best = -1
        var farthest = -Float.infinity
        for slot in 0..<count where agents.present[slot] != 0 {
            let sample = corridor.sample(at: agents.s[slot])
            let across = (agents.d[slot] - corridor.centre(lane: lane, sample: sample)).magnitude()
            // As the body lies, and where it may be within a second and a half.
            let reach = 0.5 * agents.sweptWidth(slot) + 1.5 * agents.lateralSpeed[slot].magnitude() + 0.3
            if across > reach + 0.5 * corridor.width(lane: lane, sample: sample) { continue }
            let end = outward * agents.s[slot] + 0.5 * agents.length[slot]
            if end > farthest {
                farthest = end
                best = slot
            }
        }
        return best
    }
}
