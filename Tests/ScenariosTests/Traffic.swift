import Policies
import ReproducibleMath
import RoadNetwork
import Scenarios
import WorldModel

/// A scenario's traffic, driven by the Intelligent Driver Model without lane changes.
final class Traffic {
    let scenario: Scenario
    let parameters: InflowParameters
    let agents: AgentArrays
    let corridor: CorridorView
    let count: Int
    /// Whether the first driver of a lane heeds the traffic beyond the window.
    var heedsTrafficAhead = true
    private var nextIdentity: UInt32
    private var memories: [PolicyMemory]
    private let storage: UnsafeMutableRawPointer
    private let road: UnsafeMutablePointer<Float>
    private let lists: UnsafeMutablePointer<Int32>
    private static let capacity = 48

    init(index: UInt64, mix: [Double] = Campaign().mix) {
        let campaign = Campaign(seed: 11, mix: mix, horizonSeconds: 120)
        scenario = ScenarioGenerator(campaign: campaign, statistics: .plausible).scenario(index)
        parameters = InflowParameters(scenario)
        count = scenario.agents.count
        nextIdentity = UInt32(count)
        memories = Array(repeating: PolicyMemory(), count: Self.capacity)
        let bytes = (AgentArrays.floatArrayCount + 1) * Self.capacity * 4
        storage = .allocate(byteCount: bytes, alignment: 64)
        storage.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        agents = AgentArrays(storage: storage, capacity: Self.capacity)
        let source = scenario.corridor
        let values = source.curvature + source.laneCentre + source.laneWidth
        road = .allocate(capacity: values.count)
        road.initialize(from: values, count: values.count)
        corridor = CorridorView(
            start: source.start, inverseSpacing: 1 / source.spacing, sampleCount: Int32(source.sampleCount),
            laneCount: Int32(source.laneCount), speedLevel: source.speedLevel, curvature: road,
            laneCentre: road + source.sampleCount,
            laneWidth: road + source.sampleCount * (1 + source.laneCount))
        lists = .allocate(capacity: Self.capacity * (3 + Neighbour.count))
        for (slot, agent) in scenario.agents.enumerated() {
            agents.set(agent, slot: slot, identity: UInt32(slot))
            lists[slot] = Int32(slot)
        }
    }

    deinit {
        storage.deallocate()
        road.deallocate()
        lists.deallocate()
    }

    var meanSpeed: Float {
        let slots = (0..<count).filter { agents.present[$0] != 0 }
        return slots.reduce(0) { $0 + agents.speed[$1] } / Float(slots.count)
    }

    var present: Int { (0..<count).count { agents.present[$0] != 0 } }

    func newcomer(identity: UInt32, step: UInt32) -> InitialAgent? {
        TrafficInflow.newcomer(
            agents: agents, count: count, corridor: corridor, parameters: parameters, statistics: .plausible,
            random: scenario.random, identity: identity, step: step)
    }

    func clearance(_ agent: InitialAgent, slot: Int) -> (along: Float, across: Float) {
        (
            abs(agent.s - agents.s[slot]) - 0.5 * (agent.length + agents.length[slot]),
            abs(agent.d - agents.d[slot]) - 0.5 * (agent.width + agents.width[slot])
        )
    }

    /// - Returns: how many entered.
    func replaceLeavers(step: UInt32) -> Int {
        var entered = 0
        for slot in 1..<count {
            if agents.present[slot] != 0 {
                if !TrafficInflow.hasLeft(slot, agents: agents, parameters: parameters) { continue }
                agents.present[slot] = 0
            }
            guard let agent = newcomer(identity: nextIdentity, step: step) else { continue }
            agents.set(agent, slot: slot, identity: nextIdentity)
            memories[slot] = PolicyMemory()
            nextIdentity += 1
            entered += 1
        }
        return entered
    }

    /// One step of 0.1 s.
    func move() {
        let order = lists, lanes = lists + Self.capacity, besides = lists + 2 * Self.capacity
        let neighbours = lists + 3 * Self.capacity
        Surroundings.find(
            agents: agents, count: count, corridor: corridor, order: order, lanes: lanes, besides: besides,
            neighbours: neighbours)
        for slot in 0..<count where agents.present[slot] != 0 {
            var character = PolicyParameters.trafficBaseline
            character.changesLanes = false
            let action = IdmMobil.act(
                slot: slot, agents: agents, corridor: corridor, lanes: lanes, neighbours: neighbours,
                memory: &memories[slot], parameters: character)
            agents.acceleration[slot] = action.acceleration
            if heedsTrafficAhead, neighbours[slot * Neighbour.count] < 0, agents.s[slot] > agents.s[0] {
                agents.acceleration[slot] = TrafficAhead.limited(
                    acceleration: action.acceleration, speed: agents.speed[slot],
                    laneSpeed: parameters.laneSpeeds[Int(lanes[slot])])
            }
        }
        for slot in 0..<count where agents.present[slot] != 0 {
            let before = agents.speed[slot]
            agents.speed[slot] = max(0, before + 0.1 * agents.acceleration[slot])
            agents.s[slot] += 0.05 * (before + agents.speed[slot])
            agents.recentAcceleration[slot] = agents.acceleration[slot]
        }
    }
}
