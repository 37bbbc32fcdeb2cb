/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): for jitter, and
/// for choices that have to be the same when they are made again, in the farm and in its tests.
package struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// 0 to below 1.
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
