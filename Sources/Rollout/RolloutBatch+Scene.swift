import Metrics
import Policies
import RoadNetwork
import RolloutState
import WorldModel

extension AgentArrays {
    /// Empties a slot: every quantity 0, so that nothing of its last agent can reach a result.
    func clear(_ slot: Int) {
        set(InitialAgent(empty: ()), slot: slot, identity: 0)
        present[slot] = 0
    }
}

extension InitialAgent {
    fileprivate init(empty: ()) {
        self.init()
        length = 0
        width = 0
    }
}

extension RolloutBatch {
    /// Empties all slots of a scene and what is kept beside them.
    func clearAgents(scene: Int) {
        for slot in scene * stride..<(scene + 1) * stride {
            agents.clear(slot)
            controllers[slot] = Controller.worldModel.rawValue
            policyMemory[slot] = PolicyMemory()
            policyParameters[slot] = PolicyParameters()
            order[slot] = Int32(slot - scene * stride)
            lanes[slot] = 0
            besides[slot] = -1
            curvature[slot] = 0
            for step in 0..<MotionVocabulary.stepsPerToken {
                plannedAcceleration[step * slots + slot] = 0
                plannedLateral[step * slots + slot] = 0
            }
        }
        let row = scene * stride * Neighbour.count
        (neighbours + row).update(repeating: -1, count: stride * Neighbour.count)
    }

    /// Finds lanes and neighbours of a scene that was just set up.
    func lookAround(scene: Int) {
        let first = scene * stride
        Surroundings.find(
            agents: agents.from(first), count: Int(scenes[scene].slotCount), corridor: scenes[scene].corridor,
            order: order + first, lanes: lanes + first, besides: besides + first,
            neighbours: neighbours + first * Neighbour.count)
    }

    func observedAgents(scene: Int, corridor: Corridor) -> [ObservedAgent] {
        let first = scene * stride
        let agents = agents.from(first)
        let hasPlane = corridor.points.count == corridor.sampleCount
        return (0..<Int(scenes[scene].slotCount)).compactMap { slot -> ObservedAgent? in
            guard agents.present[slot] != 0 else { return nil }
            let s = agents.s[slot], d = agents.d[slot]
            let ahead = Int(neighbours[(first + slot) * Neighbour.count + Neighbour.leader.rawValue])
            let place = hasPlane ? corridor.point(s: Double(s), d: Double(d)).point : Point(x: Double(s), y: Double(d))
            return ObservedAgent(
                identity: agents.identity[slot], isEgo: slot == 0,
                kind: AgentKind(rawValue: UInt8(agents.kind[slot])) ?? .car, lane: Int(lanes[first + slot]), s: s,
                d: d, x: Float(place.x), y: Float(place.y), heading: agents.heading[slot],
                speed: agents.speed[slot], acceleration: agents.acceleration[slot],
                length: agents.length[slot], width: agents.width[slot],
                leader: ahead >= 0 && agents.present[ahead] != 0 ? agents.identity[ahead] : nil)
        }
    }
}
