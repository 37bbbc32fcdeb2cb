import RolloutState
import WorldModel

/// A copy of all of a scene's agents at one moment.
final class SceneSnapshot {
    let agents: AgentArrays
    private(set) var slotCount = 0
    private let memory: UnsafeMutableRawPointer

    /// - Parameter slots: the most agents of a scene, a multiple of 16.
    init(slots: Int) {
        memory = .allocate(byteCount: (AgentArrays.floatArrayCount + 1) * slots * 4, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: (AgentArrays.floatArrayCount + 1) * slots * 4)
        agents = AgentArrays(storage: memory, capacity: slots)
    }

    deinit { memory.deallocate() }

    func take(_ batch: RolloutBatch, scene: Int) {
        slotCount = Int(batch.scenes[scene].slotCount)
        let first = UnsafeRawPointer(batch.agents.s + scene * batch.stride)
        for array in 0...AgentArrays.floatArrayCount {
            (memory + array * agents.capacity * 4)
                .copyMemory(from: first + array * batch.agents.capacity * 4, byteCount: batch.stride * 4)
        }
    }
}
