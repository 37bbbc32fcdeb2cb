import Foundation

/// The distribution of values that aren't negative, in memory that doesn't grow with their number: counts in
/// buckets whose width is a thousandth of their value (the upper bits of a 32-bit float). Whole counts, so the
/// order of the values doesn't matter.
package struct ValueHistogram: Sendable {
    /// Values below are told apart no more; values from `highest` on neither.
    static let lowest: Float = 0x1p-10
    static let highest: Float = 0x1p17
    private static let shift: UInt32 = 13
    private static let base = Int(lowest.bitPattern >> shift)

    private var counts = [UInt64](repeating: 0, count: Int(highest.bitPattern >> shift) - base + 2)
    private(set) var count: UInt64 = 0
    private(set) var sum = 0.0
    private(set) var minimum = Float.infinity
    private(set) var maximum: Float = 0

    package init() {}

    /// Adds a value; one that is negative counts as 0.
    package mutating func add(_ value: Float) {
        let value = max(0, value)
        counts[Self.bucket(value)] += 1
        count += 1
        sum += Double(value)
        minimum = min(minimum, value)
        maximum = max(maximum, value)
    }

    /// The smallest value with at least `share` of all values at or below it, to a thousandth; nil if empty.
    package func quantile(_ share: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = max(1, UInt64((share * Double(count)).rounded(.up)))
        var reached: UInt64 = 0
        for (bucket, count) in counts.enumerated() where count > 0 {
            reached += count
            if reached >= rank { return Double(min(max(Self.middle(bucket), minimum), maximum)) }
        }
        return Double(maximum)
    }

    /// How many values lie in each of `edges.count - 1` bins; a bucket belongs to the bin of its middle.
    package func bins(_ edges: [Double]) -> [UInt64] {
        var bins = [UInt64](repeating: 0, count: max(1, edges.count - 1))
        var bin = 0
        for (bucket, count) in counts.enumerated() where count > 0 {
            let value = Double(min(max(Self.middle(bucket), minimum), maximum))
            while bin < bins.count - 1 && value >= edges[bin + 1] { bin += 1 }
            bins[bin] += count
        }
        return bins
    }

    private static func bucket(_ value: Float) -> Int {
        if value < lowest { return 0 }
        return Int(min(value, highest).bitPattern >> shift) - base + 1
    }

    private static func middle(_ bucket: Int) -> Float {
        if bucket == 0 { return 0 }
        let bits = UInt32(bucket - 1 + base) << shift
        return Float(bitPattern: bits | 1 << (shift - 1))
    }
}
