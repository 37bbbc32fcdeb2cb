/// Sums over pairs of (events, kilometres) of one scenario under policies A and B: enough for both rates and for
/// the interval of their difference.
package struct PairedMoments: Sendable {
    private(set) var count = 0.0
    private var sums = SIMD4<Double>(repeating: 0)
    /// Products of the four with each other: row `i` holds those with component `i`.
    private var products = [SIMD4<Double>](repeating: .init(repeating: 0), count: 4)

    package init() {}

    package mutating func add(eventsA: Double, kilometersA: Double, eventsB: Double, kilometersB: Double) {
        let values = SIMD4(eventsA, kilometersA, eventsB, kilometersB)
        count += 1
        sums += values
        for index in 0..<4 { products[index] += values * values[index] }
    }

    var eventsA: Double { sums[0] }
    var eventsB: Double { sums[2] }
    var rateA: Double? { sums[1] > 0 ? sums[0] / sums[1] * 1e6 : nil }
    var rateB: Double? { sums[3] > 0 ? sums[2] / sums[3] * 1e6 : nil }

    /// B's rate less A's, per million km, with a 95 % interval: ratio estimators linearised (W. Cochran,
    /// *Sampling Techniques*, 1977, 6.4), the pair as the unit, so that what both had in common cancels and
    /// events that come in clusters are no problem.
    package var difference: Estimate? {
        guard let rateA, let rateB, count > 1 else { return nil }
        let meanA = sums[1] / count, meanB = sums[3] / count
        let weights = SIMD4(-1 / meanA, rateA / 1e6 / meanA, 1 / meanB, -rateB / 1e6 / meanB)
        var square = 0.0
        for index in 0..<4 { square += weights[index] * (products[index] * weights).sum() }
        // The weighted values sum to zero by construction.
        let error = (max(0, square) / (count - 1) / count).squareRoot() * 1e6
        let reach = StudentT.critical(degrees: count - 1) * error
        return Estimate(value: rateB - rateA, low: rateB - rateA - reach, high: rateB - rateA + reach)
    }
}

/// Sums over paired differences of one quantity.
struct PairedDifference: Sendable {
    private(set) var count = 0.0
    private var mean = 0.0
    private var squares = 0.0
    private(set) var sumA = 0.0
    private(set) var sumB = 0.0

    mutating func add(_ a: Double, _ b: Double) {
        count += 1
        sumA += a
        sumB += b
        // Welford 1962.
        let deviation = b - a - mean
        mean += deviation / count
        squares += deviation * (b - a - mean)
    }

    var estimate: Estimate? {
        guard count > 1 else { return nil }
        let error = (squares / (count - 1) / count).squareRoot()
        let reach = StudentT.critical(degrees: count - 1) * error
        return Estimate(value: mean, low: mean - reach, high: mean + reach)
    }
}

/// A value with its 95 % interval.
public struct Estimate: Sendable, Equatable, Codable {
    public var value: Double
    public var low: Double
    public var high: Double
}
