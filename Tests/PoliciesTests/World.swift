import Policies
import ReproducibleMath
import RoadNetwork
import WorldModel

/// A small world for driving policies in: a straight or bent road and a few vehicles.
final class World {
    enum Driver {
        case idmMobil(PolicyParameters)
        case constantVelocity
        /// Keeps its acceleration, and stops at standstill.
        case pushed(Float)
    }

    let agents: AgentArrays
    let corridor: CorridorView
    private(set) var count = 0
    var drivers: [Driver] = []
    var memories: [PolicyMemory] = []
    /// The lateral acceleration of each slot's path in the last step, m/s².
    var lateralAccelerations: [Float] = []
    let lanes = UnsafeMutablePointer<Int32>.allocate(capacity: World.capacity)
    let neighbours = UnsafeMutablePointer<Int32>.allocate(capacity: World.capacity * Neighbour.count)
    private let order = UnsafeMutablePointer<Int32>.allocate(capacity: World.capacity)
    private let besides = UnsafeMutablePointer<Int32>.allocate(capacity: World.capacity)
    private let storage: UnsafeMutableRawPointer
    private let road: UnsafeMutablePointer<Float>
    private static let capacity = 64

    /// - Parameter laneEnd: where lane 0 ends, metres, if it does.
    init(
        laneCount: Int = 3, laneWidth: Float = 3.6, speedLevel: Float = 30, curvature: Float = 0,
        laneEnd: Float? = nil
    ) {
        let bytes = (AgentArrays.floatArrayCount + 1) * Self.capacity * 4
        storage = .allocate(byteCount: bytes, alignment: 64)
        storage.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        agents = AgentArrays(storage: storage, capacity: Self.capacity)
        let samples = 400
        let spacing: Float = 25
        road = .allocate(capacity: samples * (1 + 2 * laneCount))
        for sample in 0..<samples {
            road[sample] = curvature
            for lane in 0..<laneCount {
                let ended = lane == 0 && laneEnd.map { Float(sample) * spacing >= $0 } ?? false
                road[samples * (1 + lane) + sample] = (0.5 * Float(laneCount - 1) - Float(lane)) * laneWidth
                road[samples * (1 + laneCount + lane) + sample] = ended ? 0 : laneWidth
            }
        }
        corridor = CorridorView(
            start: 0, inverseSpacing: 1 / spacing, sampleCount: Int32(samples), laneCount: Int32(laneCount),
            speedLevel: speedLevel, curvature: road, laneCentre: road + samples,
            laneWidth: road + samples * (1 + laneCount))
    }

    deinit {
        storage.deallocate()
        road.deallocate()
        lanes.deallocate()
        neighbours.deallocate()
        order.deallocate()
        besides.deallocate()
    }

    func centre(_ lane: Int) -> Float { corridor.centre(lane: lane, sample: 0) }

    @discardableResult
    func add(
        lane: Int, s: Float, speed: Float, offset: Float = 0, length: Float = 4.7, driver: Driver
    ) -> Int {
        var agent = InitialAgent()
        agent.s = s
        agent.d = centre(lane) + offset
        agent.speed = speed
        agent.length = length
        agents.set(agent, slot: count, identity: UInt32(count))
        order[count] = Int32(count)
        drivers.append(driver)
        memories.append(PolicyMemory())
        lateralAccelerations.append(0)
        count += 1
        return count - 1
    }

    func look() {
        Surroundings.find(
            agents: agents, count: count, corridor: corridor, order: order, lanes: lanes, besides: besides,
            neighbours: neighbours)
    }

    func action(of slot: Int) -> PolicyAction {
        switch drivers[slot] {
        case .idmMobil(let parameters):
            IdmMobil.act(
                slot: slot, agents: agents, corridor: corridor, lanes: lanes, neighbours: neighbours,
                memory: &memories[slot], parameters: parameters)
        case .constantVelocity: ConstantVelocity.act(slot: slot, agents: agents, corridor: corridor)
        case .pushed(let acceleration):
            PolicyAction(
                acceleration: acceleration,
                curvature: ConstantVelocity.act(slot: slot, agents: agents, corridor: corridor).curvature)
        }
    }

    /// One step of 0.1 s for everybody.
    func step() {
        look()
        let actions = (0..<count).map(action(of:))
        for (slot, action) in actions.enumerated() { move(slot, action) }
    }

    private func move(_ slot: Int, _ action: PolicyAction) {
        let dt = MotionVocabulary.stepSeconds
        let before = agents.speed[slot]
        let after = max(0, before + action.acceleration * dt)
        let mean = 0.5 * (before + after)
        let road = corridor.curvature[corridor.sample(at: agents.s[slot])]
        lateralAccelerations[slot] = action.curvature * mean * mean
        agents.heading[slot] += mean * dt * (action.curvature - road)
        let direction = Elementary.sineAndCosine(agents.heading[slot])
        agents.s[slot] += mean * direction.cosine * dt
        agents.d[slot] += mean * direction.sine * dt
        agents.lateralSpeed[slot] = after * direction.sine
        agents.acceleration[slot] = (after - before) / dt
        agents.recentAcceleration[slot] = (after - before) / dt
        agents.speed[slot] = after
    }

    /// Two vehicles whose bodies overlap, or nil.
    func overlap() -> (Int, Int)? {
        for a in 0..<count {
            for b in 0..<a {
                let along = abs(agents.s[a] - agents.s[b]) - 0.5 * (agents.length[a] + agents.length[b])
                let across = abs(agents.d[a] - agents.d[b]) - 0.5 * (agents.width[a] + agents.width[b])
                if along < 0 && across < 0 { return (a, b) }
            }
        }
        return nil
    }
}
