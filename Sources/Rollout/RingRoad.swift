import ReproducibleMath
import RoadNetwork
import RolloutState
import WorldModel

/// Traffic on a ring: the world model drives everybody, nobody enters or leaves, and the road is long enough
/// for what no window around an ego holds, as waves of stop and go.
///
/// The road is straight; its ends are joined. Before each decision everybody near one end is copied beyond
/// the other, under the same number: the copies see and draw what their originals do, so that those near
/// the ends see the road go on.
public final class RingRoad {
    /// Metres that vehicles are copied beyond the ends.
    public static let overlap: Float = 300
    public let circumference: Float
    /// Vehicles still driving.
    public private(set) var count: Int
    /// Times that two bodies overlapped; the one behind is taken off, as in rollouts.
    public private(set) var collisions = 0
    /// Decisions since the start.
    public private(set) var decisions = 0

    private let storage: BatchStorage
    private let road = CorridorStorage()
    private let kernel: Kernel
    private let capacity: Int

    /// - Parameters:
    ///   - agents: in any order, `s` from 0 to `circumference`; their places number them.
    ///   - lanes: all `laneWidth` metres wide.
    ///   - circumference: metres, at least twice `overlap`.
    /// - Throws: `RolloutEngine.Failure`.
    public init(
        worldModel: WorldModel, agents: [InitialAgent], lanes: Int, laneWidth: Float, speedLevel: Float,
        circumference: Float, seed: UInt64, kernel kernelClass: KernelClass = .best
    ) throws {
        precondition(circumference >= 2 * Self.overlap)
        try RolloutEngine.check(worldModel)
        self.circumference = circumference
        count = agents.count
        // In a jam, everybody may gather at the ends.
        capacity = agents.count + min(2 * agents.count, 2 * lanes * Int(Self.overlap / 4))
        storage = BatchStorage(model: worldModel, scenes: 1, slots: capacity, steps: 1)
        kernel = Kernel(kernelClass, model: worldModel)
        let view = road.load(
            .straight(
                from: -Self.overlap, to: circumference + Self.overlap, lanes: lanes, laneWidth: laneWidth,
                speedLevel: speedLevel))
        var state = SceneState(corridor: view, random: CounterRandom(seed: seed, scenario: 0))
        state.isActive = true
        state.hasEgo = false
        storage.batch.pointee.scenes[0] = state
        storage.batch.pointee.clearAgents(scene: 0)
        for (slot, agent) in agents.enumerated() {
            storage.batch.pointee.agents.set(agent, slot: slot, identity: UInt32(slot))
        }
    }

    /// The state of everybody: `count` of the slots from 0 on.
    public var agents: AgentArrays { storage.batch.pointee.agents }
    public var corridor: CorridorView { storage.batch.pointee.scenes[0].corridor }

    /// Half a second of driving.
    public func advance() {
        joinEnds()
        kernel.run(storage.batch, nil)
        decisions += 1
        for slot in 0..<count {
            if agents.s[slot] >= circumference { agents.s[slot] -= circumference }
            if agents.s[slot] < 0 { agents.s[slot] += circumference }
        }
        removeCollided()
    }

    private func joinEnds() {
        let batch = storage.batch.pointee
        var next = count
        for slot in 0..<count where next < capacity {
            let s = agents.s[slot]
            let isNearEnd = s > circumference - Self.overlap
            guard isNearEnd || s < Self.overlap else { continue }
            agents.copy(slot, to: next)
            agents.s[next] = isNearEnd ? s - circumference : s + circumference
            next += 1
        }
        batch.scenes[0].slotCount = Int32(next)
        let places = (0..<Int32(next)).sorted { agents.s[Int($0)] < agents.s[Int($1)] }
        for (place, slot) in places.enumerated() { batch.order[place] = slot }
    }

    private func removeCollided() {
        let order = (0..<count).sorted { agents.s[$0] < agents.s[$1] }
        var gone: Set<Int> = []
        for (place, rear) in order.enumerated() {
            for front in order[(place + 1)...] {
                if agents.s[front] - agents.s[rear] > 26 { break }
                if gone.contains(front) || !agents.bodiesOverlap(rear, front) { continue }
                gone.insert(rear)
                collisions += 1
                break
            }
        }
        for slot in gone.sorted(by: >) {
            count -= 1
            if slot != count { agents.copy(count, to: slot) }
            agents.clear(count)
        }
    }
}

extension AgentArrays {
    fileprivate func copy(_ from: Int, to: Int) {
        for array in 0..<Self.floatArrayCount {
            let values = s + array * capacity
            values[to] = values[from]
        }
        identity[to] = identity[from]
    }

    /// Whether two bodies overlap: separating axes, as the kernels test it.
    fileprivate func bodiesOverlap(_ a: Int, _ b: Int) -> Bool {
        func isDivided(_ a: Int, _ b: Int) -> Bool {
            let own = Elementary.sineAndCosine(heading[a]), turned = Elementary.sineAndCosine(heading[b] - heading[a])
            let dx = s[b] - s[a], dy = d[b] - d[a]
            let (sine, cosine) = (turned.sine.magnitude, turned.cosine.magnitude)
            return (dx * own.cosine + dy * own.sine).magnitude
                > 0.5 * (length[a] + length[b] * cosine + width[b] * sine)
                || (dy * own.cosine - dx * own.sine).magnitude
                    > 0.5 * (width[a] + length[b] * sine + width[b] * cosine)
        }
        return !isDivided(a, b) && !isDivided(b, a)
    }
}

extension Corridor {
    /// Straight parallel lanes.
    public static func straight(
        from start: Float, to end: Float, lanes: Int, laneWidth: Float, speedLevel: Float
    ) -> Corridor {
        let spacing: Float = 25
        let samples = Int((end - start) / spacing) + 2
        let centres = (0..<lanes).flatMap { lane in
            repeatElement((0.5 * Float(lanes - 1) - Float(lane)) * laneWidth, count: samples)
        }
        return Corridor(
            start: start, spacing: spacing, curvature: [Float](repeating: 0, count: samples), laneCount: lanes,
            laneCentre: centres, laneWidth: [Float](repeating: laneWidth, count: lanes * samples),
            speedLevel: speedLevel,
            points: (0..<samples).map { Point(x: Double(start + spacing * Float($0)), y: 0) },
            headings: [Double](repeating: 0, count: samples))
    }
}
