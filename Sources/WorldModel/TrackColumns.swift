/// The agents of one scene in the order of the road, only those who are there: scratch memory in which sixteen
/// of them can be compared with the sixteen that come so many places later.
///
/// Sixteen places before the first and after the last hold somebody infinitely far away, so that no comparison
/// needs to look where the road ends.
public struct TrackColumns {
    /// Who is there; fewer than `capacity`.
    public var count = 0
    public let capacity: Int
    /// Metres along and across; lengths and swept widths, metres; speeds along and across, m/s.
    public let s: UnsafeMutablePointer<Float>
    public let d: UnsafeMutablePointer<Float>
    public let length: UnsafeMutablePointer<Float>
    public let width: UnsafeMutablePointer<Float>
    public let speed: UnsafeMutablePointer<Float>
    public let lateralSpeed: UnsafeMutablePointer<Float>
    /// Each one's slot.
    public let slot: UnsafeMutablePointer<Int32>
    /// Three vectors of sixteen for whoever works on a tile.
    public let tile: UnsafeMutablePointer<Float>

    /// How many numbers of four bytes `storage` has to hold for `capacity` agents.
    public static func storageCount(capacity: Int) -> Int { 7 * (capacity + 32) + 48 }

    /// - Parameters:
    ///   - storage: `storageCount` zeros, aligned to 64 bytes.
    ///   - capacity: a multiple of 16.
    public init(storage: UnsafeMutablePointer<Float>, capacity: Int) {
        precondition(capacity % 16 == 0)
        self.capacity = capacity
        func column(_ index: Int) -> UnsafeMutablePointer<Float> { storage + index * (capacity + 32) + 16 }
        s = column(0); d = column(1); length = column(2); width = column(3); speed = column(4)
        lateralSpeed = column(5)
        slot = UnsafeMutableRawPointer(column(6)).assumingMemoryBound(to: Int32.self)
        tile = storage + 7 * (capacity + 32)
        for place in -16..<0 { s[place] = -.infinity }
    }

    /// Takes in who is there, as `order` has them along the road, with their bodies as they lie across it.
    @inlinable @inline(always)
    mutating func fill(_ agents: AgentArrays, order: UnsafePointer<Int32>, count slots: Int) {
        var next = 0
        for i in 0..<slots {
            let slot = Int(order[i])
            if agents.present[slot] == 0 { continue }
            s[next] = agents.s[slot]
            d[next] = agents.d[slot]
            length[next] = agents.length[slot]
            width[next] = agents.sweptWidth(slot)
            speed[next] = agents.speed[slot]
            lateralSpeed[next] = agents.lateralSpeed[slot]
            self.slot[next] = Int32(truncatingIfNeeded: slot)
            next = next &+ 1
        }
        close(next)
    }

    /// Takes in where the bodies of those are who are there, and nothing else.
    @inlinable @inline(always)
    public mutating func fillBodies(_ agents: AgentArrays, order: UnsafePointer<Int32>, count slots: Int) {
        var next = 0
        for i in 0..<slots {
            let slot = Int(order[i])
            if agents.present[slot] == 0 { continue }
            s[next] = agents.s[slot]
            d[next] = agents.d[slot]
            length[next] = agents.length[slot]
            width[next] = agents.sweptWidth(slot)
            next = next &+ 1
        }
        close(next)
    }

    @inlinable @inline(always)
    mutating func close(_ next: Int) {
        count = next
        for place in next..<next &+ 16 { s[place] = .infinity }
    }

    /// Sixteen of a column, from any place on.
    @inlinable @inline(always)
    public func sixteen(_ column: UnsafeMutablePointer<Float>, from place: Int) -> SIMD16<Float> {
        UnsafeRawPointer(column + place).loadUnaligned(as: SIMD16<Float>.self)
    }
}
