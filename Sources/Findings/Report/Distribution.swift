import Foundation
import Metrics

/// How a quantity is distributed over the rollouts.
public struct Distribution: Sendable, Equatable, Codable {
    public struct Percentile: Sendable, Equatable, Codable {
        public var percent: Double
        public var value: Double
    }

    public struct Bin: Sendable, Equatable, Codable {
        public var from: Double
        public var to: Double
        public var count: UInt64
    }

    public var key: String
    public var name: String
    public var unit: String
    /// Rollouts that have the quantity.
    public var count: UInt64
    public var mean: Double
    public var minimum: Double
    public var maximum: Double
    /// Exact to a thousandth of the value.
    public var percentiles: [Percentile]
    /// From the 0.5th to the 99.5th percentile in equal steps; the outermost hold what lies beyond.
    public var bins: [Bin]

    package static let percents = [1.0, 5, 10, 25, 50, 75, 90, 95, 99]

    /// Nil where no rollout has the quantity.
    init?(_ definition: Definition, _ histogram: ValueHistogram) {
        guard histogram.count > 0, let low = histogram.quantile(0.005), let high = histogram.quantile(0.995)
        else { return nil }
        key = definition.key
        name = definition.name
        unit = definition.unit
        count = histogram.count
        mean = histogram.sum / Double(histogram.count)
        minimum = Double(histogram.minimum)
        maximum = Double(histogram.maximum)
        percentiles = Self.percents.map {
            Percentile(percent: $0, value: histogram.quantile($0 / 100) ?? 0)
        }
        let edges = Self.edges(from: low, to: high)
        bins = zip(zip(edges, edges.dropFirst()), histogram.bins(edges)).map {
            Bin(from: $0.0, to: $0.1, count: $1)
        }
    }

    /// Round numbers, about thirty of them.
    private static func edges(from low: Double, to high: Double) -> [Double] {
        guard high > low else { return [low, low + max(abs(low) * 0.01, 1e-3)] }
        let rough = (high - low) / 30
        let power = pow(10, floor(log10(rough)))
        let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
        let first = floor(low / step), last = ceil(high / step)
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }
}

extension Distribution {
    struct Definition: Sendable {
        var key: String
        var name: String
        var unit: String
        /// Nil where a rollout doesn't have it.
        var value: @Sendable (RolloutRecord) -> Float?
    }

    static let definitions: [Definition] = [
        Definition(key: "mean-speed", name: "mean speed of the ego", unit: "m/s") {
            $0.simulatedSeconds > 0 ? $0.egoMeters / $0.simulatedSeconds : nil
        },
        Definition(key: "minimum-ttc", name: "smallest time to collision", unit: "s") {
            $0.minimumTimeToCollision < 100 ? $0.minimumTimeToCollision : nil
        },
        Definition(key: "minimum-gap", name: "smallest gap to the vehicle ahead", unit: "m") {
            $0.minimumGap < 1000 ? $0.minimumGap : nil
        },
        Definition(key: "maximum-jerk", name: "largest jerk", unit: "m/s³") { $0.maximumJerk },
        Definition(key: "collision-speed", name: "speed difference at collision", unit: "m/s") {
            $0.outcome == .collision ? $0.collisionSpeed : nil
        },
        Definition(key: "density", name: "density of traffic", unit: "vehicles/km/lane") { Float($0.density) },
        Definition(key: "ego-distance", name: "distance of a rollout", unit: "km") { $0.egoMeters / 1000 },
    ]
}
