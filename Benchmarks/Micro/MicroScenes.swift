import ReproducibleMath
import RoadNetwork
import RolloutState
import WorldModel

#if arch(x86_64)
    import RolloutKernelX86V3
    import RolloutKernelX86V4
#else
    import RolloutKernel
#endif

/// Sixteen scenes of 32 drivers each in steady traffic on four lanes: what the pieces of a rollout are
/// measured on. `restore` brings them back, so that every call does the same work.
final class MicroScenes {
    static let scenes = 16
    static let agentsPerScene = 32
    static let agents = scenes * agentsPerScene

    let batch: UnsafeMutablePointer<RolloutBatch>
    private let storage: BatchStorage
    private let road: UnsafeMutablePointer<Float>
    private let kept: [(address: UnsafeMutableRawPointer, bytes: [UInt8])]
    private let isWide: Bool

    /// - Parameters:
    ///   - hasEgo: false leaves out collision tests, metrics and the digest.
    ///   - isWide: the AVX-512 build of the kernels instead of AVX2's.
    init(model: WorldModel, hasEgo: Bool, isWide: Bool) {
        self.isWide = isWide
        storage = BatchStorage(model: model, scenes: Self.scenes, slots: Self.agentsPerScene, steps: 1)
        batch = storage.batch
        let samples = 161, lanes = 4
        road = .allocate(capacity: samples * (1 + 2 * lanes))
        road.initialize(repeating: 0, count: samples)
        for lane in 0..<lanes {
            (road + samples * (1 + lane)).initialize(repeating: 5.4 - 3.6 * Float(lane), count: samples)
        }
        (road + samples * (1 + lanes)).initialize(repeating: 3.6, count: samples * lanes)
        let corridor = CorridorView(
            start: -1000, inverseSpacing: 1 / 25, sampleCount: Int32(samples), laneCount: Int32(lanes),
            speedLevel: 28, curvature: UnsafePointer(road), laneCentre: UnsafePointer(road + samples),
            laneWidth: UnsafePointer(road + samples * (1 + lanes)))
        for scene in 0..<Self.scenes {
            var state = SceneState(corridor: corridor, random: CounterRandom(seed: 1, scenario: UInt64(scene)))
            state.isActive = true
            state.hasEgo = hasEgo
            state.slotCount = Int32(Self.agentsPerScene)
            batch.pointee.scenes[scene] = state
            let first = scene * batch.pointee.stride
            for slot in 0..<Self.agentsPerScene {
                var agent = InitialAgent()
                // The ego stands in the middle of the others.
                let place = slot == 0 ? 16 : slot <= 16 ? slot - 1 : slot
                agent.s = Float(place) * 9 + Float((place * 7 + scene) % 5)
                agent.d = 5.4 - 3.6 * Float(place % 4) + 0.1 * Float(place % 3)
                agent.speed = 18 + Float((place * 5 + scene) % 7)
                agent.traitsKnown = 1
                batch.pointee.agents.from(first).set(agent, slot: slot, identity: UInt32(slot))
                batch.pointee.order[first + slot] = Int32(slot)
            }
        }
        batch.pointee.working = 0..<Self.scenes
        let arrays = (AgentArrays.floatArrayCount + 1) * batch.pointee.slots * 4
        let pieces = [
            (UnsafeMutableRawPointer(batch.pointee.agents.s), arrays),
            (UnsafeMutableRawPointer(batch.pointee.scenes), Self.scenes * MemoryLayout<SceneState>.stride),
        ]
        kept = pieces.map { ($0.0, Array(UnsafeRawBufferPointer(start: $0.0, count: $0.1))) }
        decide()
    }

    deinit { road.deallocate() }

    func restore() {
        for piece in kept {
            piece.bytes.withUnsafeBytes { piece.address.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        }
    }

    func decide() {
        #if arch(x86_64)
            isWide ? RolloutKernelX86V4.decide(batch) : RolloutKernelX86V3.decide(batch)
        #else
            RolloutKernel.decide(batch)
        #endif
    }

    func advance() {
        #if arch(x86_64)
            isWide ? RolloutKernelX86V4.advance(batch, nil) : RolloutKernelX86V3.advance(batch, nil)
        #else
            RolloutKernel.advance(batch, nil)
        #endif
    }
}
