import ReproducibleMath
import RoadNetwork
import WorldModel

/// Fills a corridor with traffic around the ego, from the ego outward: the vehicle that comes next is
/// always the nearest one that is still missing, whatever its lane, so the scene can stop at any number
/// of agents and still be evenly filled.
struct SceneDraw {
    let draw: VehicleDraw
    let corridor: Corridor
    let laneSpeeds: [Float]

    /// Agents beside the ego.
    static let fewest = 24
    static let most = Scenario.maximumAgents - 1

    /// The outermost vehicle of a lane on one side of the ego, and the next one beyond it.
    private struct Front {
        var lane: Int
        var isAhead: Bool
        var next: InitialAgent

        var distance: Float { isAhead ? next.s : -next.s }
    }

    /// - Parameters:
    ///   - reach: how far the window should reach each way, metres. It reaches less where traffic is so
    ///     dense that more than `most` agents would be in it, and farther where fewer than `fewest` would.
    /// - Returns: the agents, the ego first, and how far the window does reach.
    func scene(egoLane: Int, reach: Float) -> (agents: [InitialAgent], window: Float) {
        var drawn: UInt32 = 0
        var ego = vehicle(lane: egoLane, number: &drawn)
        if ego.kind != 0 { ego = asCar(ego) }
        ego.d = corridor.laneCentre[egoLane * corridor.sampleCount]
        var agents = [ego]
        var fronts: [Front] = []
        for lane in laneSpeeds.indices {
            var ahead = ego, behind = ego
            if lane != egoLane { (ahead, behind) = firstPair(lane: lane, number: &drawn) }
            if lane == egoLane {
                ahead = beyond(ego, lane: lane, isAhead: true, number: &drawn)
                behind = beyond(ego, lane: lane, isAhead: false, number: &drawn)
            }
            fronts.append(Front(lane: lane, isAhead: true, next: ahead))
            fronts.append(Front(lane: lane, isAhead: false, next: behind))
        }
        while agents.count <= Self.most {
            let nearest = nearestFront(fronts)
            let front = fronts[nearest]
            if front.distance > reach && agents.count > Self.fewest { break }
            agents.append(front.next)
            fronts[nearest].next = beyond(
                front.next, lane: front.lane, isAhead: front.isAhead, number: &drawn)
        }
        for index in agents.indices { draw.giveTraits(to: &agents[index], identity: UInt32(index)) }
        let outermost = agents.reduce(0) { max($0, $1.s.magnitude) }
        let missing = fronts[nearestFront(fronts)].distance
        let edge = agents.count > Self.most ? 0.5 * (outermost + missing) : reach
        return (agents, max(edge, outermost + 2))
    }

    private func nearestFront(_ fronts: [Front]) -> Int {
        var best = 0
        for index in fronts.indices where fronts[index].distance < fronts[best].distance { best = index }
        return best
    }

    /// The two vehicles of a lane between which the ego's position lies.
    private func firstPair(
        lane: Int, number: inout UInt32
    ) -> (ahead: InitialAgent, behind: InitialAgent) {
        var ahead = vehicle(lane: lane, number: &number)
        let phase = draw.random.uniforms(agent: number, step: 2, purpose: .placement).x
        var behind = beyond(ahead, lane: lane, isAhead: false, number: &number)
        let spacing = ahead.s - behind.s
        ahead.s = spacing * phase
        behind.s = ahead.s - spacing
        return (ahead, behind)
    }

    /// The next vehicle of a lane, ahead of or behind the outermost one.
    private func beyond(
        _ last: InitialAgent, lane: Int, isAhead: Bool, number: inout UInt32
    ) -> InitialAgent {
        var next = vehicle(lane: lane, number: &number)
        let uniform = draw.random.uniforms(agent: number, step: 1, purpose: .placement).z
        let gap = isAhead
            ? draw.gap(uniform, follower: last.speed, leader: next.speed)
            : draw.gap(uniform, follower: next.speed, leader: last.speed)
        let distance = gap + 0.5 * (last.length + next.length)
        next.s = isAhead ? last.s + distance : last.s - distance
        return next
    }

    /// A vehicle of a lane's traffic, at `s` = 0. `number` counts the vehicles drawn so far.
    private func vehicle(lane: Int, number: inout UInt32) -> InitialAgent {
        number += 1
        let looks = draw.random.uniforms(agent: number, step: 0, purpose: .placement)
        let motion = draw.random.uniforms(agent: number, step: 1, purpose: .placement)
        var agent = draw.body(looks, allowsTrucks: lane > 0 || laneSpeeds.count < 3)
        agent.speed = draw.speed(motion.x, laneMean: laneSpeeds[lane])
        let centre = corridor.laneCentre[lane * corridor.sampleCount]
        let offset = draw.offset(
            motion.y, speed: agent.speed, width: agent.width,
            laneWidth: corridor.laneWidth[lane * corridor.sampleCount])
        agent.d = centre + offset
        return agent
    }

    /// The ego is a mid-size car.
    private func asCar(_ agent: InitialAgent) -> InitialAgent {
        var car = agent
        car.kind = 0
        car.length = 4.7
        car.width = 1.9
        return car
    }
}
