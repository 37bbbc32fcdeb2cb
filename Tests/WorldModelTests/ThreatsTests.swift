import ReproducibleMath
import RoadNetwork
import Testing
import WorldModel

@Suite("Neighbours and threats")
struct ThreatsTests {
    /// A straight road with four lanes, and agents who stand anywhere on it, also inside of each other.
    private struct Scene {
        let capacity = 96
        let memory: UnsafeMutablePointer<Float>
        let road: UnsafeMutablePointer<Float>
        let agents: AgentArrays
        let corridor: CorridorView
        let count: Int

        init(seed: UInt64) {
            memory = .allocate(capacity: (AgentArrays.floatArrayCount + 1) * capacity)
            memory.initialize(repeating: 0, count: (AgentArrays.floatArrayCount + 1) * capacity)
            road = .allocate(capacity: 2 * 9)
            let numbers = [Float](repeating: 0, count: 2) + [5.4, 5.4, 1.8, 1.8, -1.8, -1.8, -5.4, -5.4]
                + [Float](repeating: 3.6, count: 8)
            road.initialize(from: numbers, count: 18)
            corridor = CorridorView(
                start: 0, inverseSpacing: 0.001, sampleCount: 2, laneCount: 4, speedLevel: 30, curvature: road,
                laneCentre: road + 2, laneWidth: road + 10)
            agents = AgentArrays(storage: memory, capacity: capacity)
            let random = CounterRandom(seed: 5, scenario: seed)
            let size = random.uniforms(agent: 1_000, step: 0, purpose: .inflow)
            count = 1 + Int(size.x * 90)
            for slot in 0..<count {
                let place = random.uniforms(agent: UInt32(slot), step: 0, purpose: .inflow)
                let motion = random.uniforms(agent: UInt32(slot), step: 1, purpose: .inflow)
                agents.present[slot] = place.w < 0.9 ? 1 : 0
                // Some stand at the same place along the road.
                agents.s[slot] = (place.x * (20 + 400 * size.y)).rounded(motion.w < 0.3 ? .down : .toNearestOrEven)
                    + (motion.w < 0.3 ? 0 : 0.37 * place.z)
                agents.d[slot] = 16 * place.y - 8
                agents.speed[slot] = 35 * motion.x * motion.y
                agents.lateralSpeed[slot] = 2 * motion.y - 1
                agents.heading[slot] = 0.2 * motion.z - 0.1
                agents.length[slot] = place.z < 0.2 ? 16 : 4 + place.z
                agents.width[slot] = 1.7 + motion.z
            }
        }

        /// The neighbours of everybody who is there.
        func neighbours(track: TrackColumns?) -> [[Int32]] {
            var order = (0..<count).map(Int32.init), lanes = [Int32](repeating: 0, count: count)
            var besides = lanes, rows = [Int32](repeating: -1, count: count * Neighbour.count)
            Surroundings.find(
                agents: agents, count: count, corridor: corridor, order: &order, lanes: &lanes, besides: &besides,
                neighbours: &rows, track: track)
            return (0..<count).filter { agents.present[$0] != 0 }.map { slot in
                Array(rows[slot * Neighbour.count..<(slot + 1) * Neighbour.count])
            }
        }

        func free() {
            memory.deallocate()
            road.deallocate()
        }
    }

    @Test("sixteen drivers at a time find the threats that one by one do, whatever the scene before left behind")
    func sideBySide() {
        let count = TrackColumns.storageCount(capacity: 96)
        let storage = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 64)
            .bindMemory(to: Float.self, capacity: count)
        storage.initialize(repeating: 0, count: count)
        defer { storage.deallocate() }
        let track = TrackColumns(storage: storage, capacity: 96)
        var blocked = 0, threatened = 0
        for seed in 0..<4_000 as Range<UInt64> {
            let scene = Scene(seed: seed)
            defer { scene.free() }
            let slow = scene.neighbours(track: nil), fast = scene.neighbours(track: track)
            #expect(slow == fast, "seed \(seed)")
            blocked += slow.filter { $0[Neighbour.blocker.rawValue] >= 0 }.count
            threatened += slow.filter { $0[Neighbour.leftThreat.rawValue] >= 0 }.count
        }
        #expect(blocked > 10_000 && threatened > 1_000, "the scenes have threats: \(blocked), \(threatened)")
    }
}
