import Foundation

/// Whether drivers differ, and stay themselves: how much of the spread of what they do lies between them, and
/// for how long one who keeps much distance goes on keeping it.
public struct DriverPersistence: Sendable, Codable {
    /// One driver, second by second, while he does what is measured; nil in between.
    public struct Series: Sendable {
        public var speeds: [Float?]
        public var values: [Float?]

        public init(speeds: [Float?], values: [Float?]) {
            self.speeds = speeds
            self.values = values
        }
    }

    public var drivers: Int
    public var seconds: Int
    /// Of the drivers' own means, in the quantity's unit.
    public var mean: Double
    public var spreadBetween: Double
    /// Within drivers: root mean square about their own means.
    public var spreadWithin: Double
    /// Share of the variance, at equal speed, that lies between drivers (one-way random effects).
    public var intraclassCorrelation: Double
    /// Correlation with oneself this many seconds later, at equal speed.
    public var autocorrelation: [Lag]

    public struct Lag: Sendable, Codable {
        public var seconds: Int
        public var correlation: Double
        public var pairs: Int
    }

    /// Drivers with fewer seconds of it are left out.
    static let fewestSeconds = 10
    private static let speedStep: Float = 3

    /// - Parameter lags: seconds.
    /// - Returns: nil where fewer than ten drivers did it long enough.
    public init?(_ series: [Series], lags: [Int] = [5, 10, 20]) {
        let series = series.filter { $0.values.lazy.compactMap { $0 }.count >= Self.fewestSeconds }
        guard series.count >= 10 else { return nil }
        drivers = series.count
        let scores = Self.scores(series)
        let own = series.map { $0.values.compactMap { $0.map(Double.init) } }
        seconds = own.reduce(0) { $0 + $1.count }
        let means = own.map { $0.reduce(0, +) / Double($0.count) }
        let grand = means.reduce(0, +) / Double(means.count)
        mean = grand
        spreadBetween = (means.reduce(0) { $0 + ($1 - grand) * ($1 - grand) } / Double(means.count - 1)).squareRoot()
        let within = zip(own, means).reduce(0) { sum, pair in
            sum + pair.0.reduce(0) { $0 + ($1 - pair.1) * ($1 - pair.1) }
        }
        spreadWithin = (within / Double(seconds)).squareRoot()
        intraclassCorrelation = Self.intraclass(scores.map { $0.compactMap { $0 } })
        autocorrelation = lags.map { lag in
            var products = 0.0, squares = 0.0
            var pairs = 0
            for values in scores where values.count > lag {
                for index in 0..<values.count - lag {
                    guard let now = values[index], let later = values[index + lag] else { continue }
                    products += now * later
                    squares += 0.5 * (now * now + later * later)
                    pairs += 1
                }
            }
            return Lag(seconds: lag, correlation: squares > 0 ? products / squares : 0, pairs: pairs)
        }
    }

    /// Values less the mean, and over the spread, of all drivers at about the same speed.
    private static func scores(_ series: [Series]) -> [[Double?]] {
        var sums: [Int: (count: Double, sum: Double, squares: Double)] = [:]
        func bin(_ speed: Float) -> Int { Int(speed / speedStep) }
        for driver in series {
            for case (let speed?, let value?) in zip(driver.speeds, driver.values) {
                let old = sums[bin(speed)] ?? (0, 0, 0)
                let value = Double(value)
                sums[bin(speed)] = (old.count + 1, old.sum + value, old.squares + value * value)
            }
        }
        return series.map { driver in
            zip(driver.speeds, driver.values).map { speed, value in
                guard let speed, let value, let at = sums[bin(speed)], at.count >= 20 else { return nil }
                let mean = at.sum / at.count
                let variance = at.squares / at.count - mean * mean
                return variance > 1e-9 ? (Double(value) - mean) / variance.squareRoot() : nil
            }
        }
    }

    /// From the mean squares between and within groups of unequal size (Donner, "A review of inference
    /// procedures for the intraclass correlation coefficient in the one-way random effects model", 1986).
    static func intraclass(_ groups: [[Double]]) -> Double {
        let groups = groups.filter { $0.count >= 2 }
        let total = groups.reduce(0) { $0 + $1.count }
        guard groups.count >= 2 else { return 0 }
        let grand = groups.reduce(0) { $0 + $1.reduce(0, +) } / Double(total)
        var between = 0.0, within = 0.0, squaredSizes = 0.0
        for group in groups {
            let mean = group.reduce(0, +) / Double(group.count)
            between += Double(group.count) * (mean - grand) * (mean - grand)
            within += group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            squaredSizes += Double(group.count * group.count)
        }
        between /= Double(groups.count - 1)
        within /= Double(total - groups.count)
        let size = (Double(total) - squaredSizes / Double(total)) / Double(groups.count - 1)
        return (between - within) / (between + (size - 1) * within)
    }
}
