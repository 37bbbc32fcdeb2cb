/// A 64-bit hash over little-endian 64-bit words: any single changed word changes it.
///
/// FNV-1a (RFC 9923) over words instead of bytes, with a shift that carries high bits down, in four lanes
/// that take words in turn, because each multiplication has to wait for the one before it in its lane.
package struct WordHash {
    private static let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var lanes: (UInt64, UInt64, UInt64, UInt64) = (
        0xCBF2_9CE4_8422_2325, 0x8422_2325_CBF2_9CE4, 0x9CE4_8422_2325_CBF2, 0x2325_CBF2_9CE4_8422
    )

    package init() {}

    /// Adds bytes, the last word filled with zeros, and their number.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        func word(_ at: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        }
        while index + 32 <= bytes.count {
            Self.mix(word(index), into: &lanes.0)
            Self.mix(word(index + 8), into: &lanes.1)
            Self.mix(word(index + 16), into: &lanes.2)
            Self.mix(word(index + 24), into: &lanes.3)
            index += 32
        }
        while index < bytes.count {
            let end = min(index + 8, bytes.count)
            let rest = bytes[index..<end].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            Self.mix(rest, into: &lanes.0)
            index = end
        }
        Self.mix(UInt64(bytes.count), into: &lanes.1)
    }

    package var value: UInt64 {
        var value = lanes.0
        for lane in [lanes.1, lanes.2, lanes.3] { Self.mix(lane, into: &value) }
        return value
    }

    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = WordHash()
        hash.add(bytes)
        return hash.value
    }

    @inline(__always)
    private static func mix(_ word: UInt64, into lane: inout UInt64) {
        lane = (lane ^ word) &* prime
        lane ^= lane >> 32
    }
}
