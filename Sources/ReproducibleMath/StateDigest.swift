/// A running 64-bit hash over every state of a rollout. Equal digests mean bit-equal rollouts.
///
/// Sixteen 32-bit lanes absorb sixteen values at a time, so that hashing costs a few instructions per
/// vector; the lanes are folded only when the digest is read. It guards against accidents (another
/// rounding, a race, a flipped bit), not against somebody who forges it.
public struct StateDigest: Sendable, Equatable {
    public var lanes: SIMD16<UInt32>

    @inlinable @inline(always)
    public init() {
        lanes = SIMD16(
            0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB,
            0x5BE0_CD19, 0xCBBB_9D5D, 0x629A_292A, 0x9159_015A, 0x152F_ECD8, 0x6733_2667, 0x8EB4_4A87,
            0xDB0C_2E0D, 0x47B5_481D)
    }

    @inlinable @inline(always)
    public mutating func absorb(_ values: SIMD16<Float>) {
        absorb(unsafeBitCast(values, to: SIMD16<UInt32>.self))
    }

    @inlinable @inline(always)
    public mutating func absorb(_ words: SIMD16<UInt32>) {
        let mixed = (lanes ^ words) &* 0x9E37_79B1
        lanes = (mixed &>> 15) ^ mixed
    }

    /// The digest so far.
    @inlinable
    public var value: UInt64 {
        var h: UInt64 = 0xCBF2_9CE4_8422_2325
        for lane in 0..<16 {
            h = (h ^ UInt64(lanes[lane])) &* 0x9E37_79B9_7F4A_7C15
            h ^= h >> 29
        }
        return h
    }
}
