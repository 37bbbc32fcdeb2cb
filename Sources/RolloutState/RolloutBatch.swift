import Metrics
import Policies
import ReproducibleMath
import RoadNetwork
import WorldModel

/// Who moves an agent.
public enum Controller: UInt8, Sendable, CaseIterable, Codable {
    /// The learned world model: a motion token each 0.5 s.
    case worldModel = 0
    /// Intelligent Driver Model, staying in its lane: an action each 0.1 s.
    case idm = 1
    /// Intelligent Driver Model with MOBIL lane changes: an action each 0.1 s.
    case idmMobil = 2
    /// Keeps its speed and its place in the lane.
    case constantVelocity = 3
    /// A policy under test in a process of its own: an action each 0.1 s.
    case external = 4
}

/// What one scene of a batch is about, besides its agents.
public struct SceneState {
    /// False: the scene is empty or over; the kernels pass it by.
    public var isActive = false
    /// Slots in use, the ego's (slot 0) included.
    public var slotCount: Int32 = 0
    /// True for a rollout of a policy under test; false where every agent is traffic (futures).
    public var hasEgo = true
    /// False where the scene ends with what was recorded; see `Situation.gather`.
    public var seesAll = true
    /// Steps of 0.1 s since the scene began, burn-in included.
    public var step: UInt32 = 0
    /// Step at which measuring begins.
    public var measuredFrom: UInt32 = 0
    public var corridor: CorridorView
    public var random: CounterRandom
    public var digest = StateDigest()
    public var record = RolloutRecord()
    /// Distance driven per slot of a vector, metres; summed in order when the rollout ends.
    public var agentMeters = SIMD16<Float>(repeating: 0)
    public var egoAccelerationBefore: Float = 0
    public var egoLateralSpeedBefore: Float = 0
    public var wasUncomfortable = false
    public var egoLaneBefore: Int32 = -1
    /// Mean speed of each lane's traffic, m/s: what lies beyond the window, for those with nobody ahead.
    public var laneSpeeds = SIMD16<Float>(repeating: 0)
    /// How far ahead of the ego there are other agents, metres.
    public var windowAhead: Float = 0

    public init(corridor: CorridorView, random: CounterRandom) {
        self.corridor = corridor
        self.random = random
    }
}

/// The memory of a batch of scenes as the kernels see it: plain pointers, structure of arrays. Slot
/// `scene * stride + k` is agent `k` of a scene. Owned by `BatchStorage`.
public struct RolloutBatch {
    public var sceneCount: Int
    /// The scenes that the kernels work on now: a group small enough for a core's cache, so that what a
    /// decision writes is still there when it is executed.
    public var working: Range<Int>
    /// Slots per scene, a multiple of 16.
    public var stride: Int
    public var scenes: UnsafeMutablePointer<SceneState>
    public var agents: AgentArrays
    public var controllers: UnsafeMutablePointer<UInt8>
    public var policyMemory: UnsafeMutablePointer<PolicyMemory>
    public var policyParameters: UnsafeMutablePointer<PolicyParameters>
    /// Per slot: slots sorted by position, lane, lane reached into, neighbours.
    public var order: UnsafeMutablePointer<Int32>
    public var lanes: UnsafeMutablePointer<Int32>
    public var besides: UnsafeMutablePointer<Int32>
    public var neighbours: UnsafeMutablePointer<Int32>
    /// Road curvature at each slot, 1/m, renewed at each decision.
    public var curvature: UnsafeMutablePointer<Float>
    /// The motion being executed: `[step of the token * slots + slot]`, m/s².
    public var plannedAcceleration: UnsafeMutablePointer<Float>
    public var plannedLateral: UnsafeMutablePointer<Float>
    public var network: PackedNetwork
    /// Tile scratch: features and activations `[feature * 32 + column]`, and who sits in each column.
    public var input: UnsafeMutablePointer<Float>
    public var hidden: UnsafeMutablePointer<Float>
    public var logits: UnsafeMutablePointer<Float>
    public var columnSlot: UnsafeMutablePointer<Int32>
    public var columnScene: UnsafeMutablePointer<Int32>
    /// Each column's situation: `[row * 32 + column]`, rows as `Situation` names them.
    public var situations: UnsafeMutablePointer<Float>
    /// Per column: two uniform random numbers, and the highest acceleration that the traffic ahead allows.
    public var columnDraws: UnsafeMutablePointer<Float>
    /// Scratch for one scene at a time.
    public var track: TrackColumns
    /// Step digests of the shard: wrapping sums per measured step, `stepDigestCount` long.
    public var stepDigests: UnsafeMutablePointer<UInt32>
    public var stepDigestCount: Int

    @inlinable public var slots: Int { sceneCount * stride }
}

/// Owner of a batch's memory: allocated once, at start.
public final class BatchStorage {
    /// A pointer that stays valid as long as this object.
    public let batch: UnsafeMutablePointer<RolloutBatch>
    private let network: NetworkStorage
    private var allocations: [UnsafeMutableRawPointer] = []

    /// - Parameters:
    ///   - scenes: scenes rolled out side by side.
    ///   - slots: most agents a scene may hold.
    ///   - steps: measured steps per rollout.
    public init(model: WorldModel, scenes: Int, slots: Int, steps: Int) {
        let stride = (slots + 15) / 16 * 16
        let total = scenes * stride
        var allocations: [UnsafeMutableRawPointer] = []
        func memory<T>(_ type: T.Type, _ count: Int, _ value: T) -> UnsafeMutablePointer<T> {
            let raw = UnsafeMutableRawPointer.allocate(
                byteCount: max(count, 1) * MemoryLayout<T>.stride, alignment: 64)
            allocations.append(raw)
            return raw.initializeMemory(as: T.self, repeating: value, count: max(count, 1))
        }
        let network = NetworkStorage(model)
        let tile = PackedNetwork.tile
        let agentMemory = memory(Float.self, (AgentArrays.floatArrayCount + 1) * total, 0)
        let nothing = memory(Float.self, 1, 0)
        let emptyRoad = CorridorView(
            start: 0, inverseSpacing: 1, sampleCount: 1, laneCount: 1, speedLevel: 0, curvature: nothing,
            laneCentre: nothing, laneWidth: nothing)
        let emptyScene = SceneState(corridor: emptyRoad, random: CounterRandom(seed: 0, scenario: 0))
        let sceneMemory = memory(SceneState.self, scenes, emptyScene)
        batch = .allocate(capacity: 1)
        batch.initialize(
            to: RolloutBatch(
                sceneCount: scenes, working: 0..<scenes, stride: stride, scenes: sceneMemory,
                agents: AgentArrays(storage: agentMemory, capacity: total),
                controllers: memory(UInt8.self, total, 0),
                policyMemory: memory(PolicyMemory.self, total, PolicyMemory()),
                policyParameters: memory(PolicyParameters.self, total, PolicyParameters()),
                order: memory(Int32.self, total, 0), lanes: memory(Int32.self, total, 0),
                besides: memory(Int32.self, total, -1),
                neighbours: memory(Int32.self, total * Neighbour.count, -1),
                curvature: memory(Float.self, total, 0),
                plannedAcceleration: memory(Float.self, total * MotionVocabulary.stepsPerToken, 0),
                plannedLateral: memory(Float.self, total * MotionVocabulary.stepsPerToken, 0),
                network: network.packed,
                input: memory(Float.self, network.packed.widest * tile, 0),
                hidden: memory(Float.self, network.packed.widest * tile, 0),
                logits: memory(Float.self, network.packed.widest * tile, 0),
                columnSlot: memory(Int32.self, tile, 0), columnScene: memory(Int32.self, tile, 0),
                situations: memory(Float.self, Situation.rows * tile, 0),
                columnDraws: memory(Float.self, 3 * tile, 0),
                track: TrackColumns(
                    storage: memory(Float.self, TrackColumns.storageCount(capacity: stride), 0), capacity: stride),
                stepDigests: memory(UInt32.self, steps, 0), stepDigestCount: steps))
        self.network = network
        self.allocations = allocations
    }

    deinit {
        for allocation in allocations { allocation.deallocate() }
        batch.deallocate()
    }
}
