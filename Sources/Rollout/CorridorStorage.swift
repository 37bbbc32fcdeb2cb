import RoadNetwork

/// Memory for the corridor of one scene of a batch; grows to the longest road it has held.
final class CorridorStorage {
    private var memory: UnsafeMutablePointer<Float>
    private var capacity: Int

    init() {
        capacity = 1024
        memory = .allocate(capacity: capacity)
    }

    deinit { memory.deallocate() }

    /// Copies a corridor in. The view is valid until the next call.
    func load(_ corridor: Corridor) -> CorridorView {
        let samples = corridor.sampleCount
        let lanes = samples * corridor.laneCount
        if samples + 2 * lanes > capacity {
            memory.deallocate()
            capacity = samples + 2 * lanes
            memory = .allocate(capacity: capacity)
        }
        memory.initialize(from: corridor.curvature, count: samples)
        (memory + samples).initialize(from: corridor.laneCentre, count: lanes)
        (memory + samples + lanes).initialize(from: corridor.laneWidth, count: lanes)
        return CorridorView(
            start: corridor.start, inverseSpacing: 1 / corridor.spacing, sampleCount: Int32(samples),
            laneCount: Int32(corridor.laneCount), speedLevel: corridor.speedLevel,
            curvature: UnsafePointer(memory), laneCentre: UnsafePointer(memory + samples),
            laneWidth: UnsafePointer(memory + samples + lanes))
    }
}
