/// Counts in equal bins; the outermost take what lies beyond. Integers: the order of adding changes nothing.
public struct Histogram: Sendable, Equatable, Codable {
    public let low: Double
    public let width: Double
    public private(set) var counts: [UInt64]

    public init(low: Double, high: Double, bins: Int) {
        self.low = low
        width = (high - low) / Double(bins)
        counts = Array(repeating: 0, count: bins)
    }

    public mutating func add(_ value: Double) {
        let position = (value - low) / width
        counts[position > 0 ? min(Int(min(position, 1e9)), counts.count - 1) : 0] += 1
    }

    public mutating func add(_ other: Histogram) {
        precondition(low == other.low && width == other.width && counts.count == other.counts.count)
        for bin in counts.indices { counts[bin] += other.counts[bin] }
    }

    public var total: UInt64 { counts.reduce(0, +) }

    /// From the bins' middles; nil for an empty histogram.
    public var mean: Double? { moment { $0 } }

    public var standardDeviation: Double? {
        guard let mean, let square = moment({ $0 * $0 }) else { return nil }
        return max(square - mean * mean, 0).squareRoot()
    }

    private func moment(_ of: (Double) -> Double) -> Double? {
        let total = total
        guard total > 0 else { return nil }
        var sum = 0.0
        for (bin, count) in counts.enumerated() { sum += of(middle(bin)) * Double(count) }
        return sum / Double(total)
    }

    public func middle(_ bin: Int) -> Double { low + (Double(bin) + 0.5) * width }

    /// The value below which `share` of all lie, interpolated within its bin; nil for an empty histogram.
    public func quantile(_ share: Double) -> Double? {
        let target = share * Double(total)
        guard total > 0 else { return nil }
        var passed = 0.0
        for (bin, count) in counts.enumerated() where count > 0 {
            if passed + Double(count) >= target {
                return low + (Double(bin) + (target - passed) / Double(count)) * width
            }
            passed += Double(count)
        }
        return low + Double(counts.count) * width
    }

    /// Share of all in each bin.
    public var density: [Double] {
        let total = Double(max(total, 1))
        return counts.map { Double($0) / total }
    }

    /// How far the two distributions lie apart: the area between their cumulative curves (the first Wasserstein
    /// distance, in the quantity's unit), and the largest vertical distance (Kolmogorov and Smirnov's). Nil
    /// where either is empty.
    public func distance(to other: Histogram) -> (wasserstein: Double, kolmogorovSmirnov: Double)? {
        guard total > 0, other.total > 0 else { return nil }
        var area = 0.0, largest = 0.0, mine = 0.0, theirs = 0.0
        for (a, b) in zip(density, other.density) {
            mine += a
            theirs += b
            area += abs(mine - theirs) * width
            largest = max(largest, abs(mine - theirs))
        }
        return (area, largest)
    }
}
