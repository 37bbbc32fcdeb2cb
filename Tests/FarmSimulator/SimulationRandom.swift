import Farm

/// Every choice of a simulation comes from one seed.
struct SimulationRandom {
    private var numbers: SplitMix
    init(seed: UInt64) { numbers = SplitMix(seed: seed &* 0x9e37_79b9_7f4a_7c15 ^ 0x5bf0_3635_dcd6_11a5) }

    mutating func next() -> UInt64 { numbers.next() }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    /// 0 to below 1.
    mutating func unit() -> Double { numbers.unit() }
    mutating func seconds(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    }
    mutating func chance(_ share: Double) -> Bool { unit() < share }
}
