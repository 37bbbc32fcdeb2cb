/// What a simulated agent is compared in. Definitions: Waymo Open Sim Agents Challenge 2025, adapted to
/// freeway recordings.
public enum RealismComponent: Int, Sendable, CaseIterable {
    case speed = 0
    case acceleration
    case turnRate
    case turnAcceleration
    case nearestObject
    case timeToCollision
    case roadEdge
    case collision
    case offRoad

    /// The components that have a value at every step; collision and off-road have one per rollout.
    static let measured = allCases.filter { $0.rawValue < Self.collision.rawValue }

    /// Its name in reports and in JSON.
    public var name: String {
        switch self {
        case .speed: "speed"
        case .acceleration: "acceleration"
        case .turnRate: "turnRate"
        case .turnAcceleration: "turnAcceleration"
        case .nearestObject: "nearestObject"
        case .timeToCollision: "timeToCollision"
        case .roadEdge: "roadEdge"
        case .collision: "collision"
        case .offRoad: "offRoad"
        }
    }

    /// Its share in the meta score. The challenge gives 0.05 to traffic lights, which freeways lack, so
    /// the others' weights are divided by 0.95; all of these sum to 1.
    public var weight: Double {
        switch self {
        case .speed, .acceleration, .turnRate, .turnAcceleration, .roadEdge: 0.05 / 0.95
        case .nearestObject, .timeToCollision: 0.1 / 0.95
        case .collision, .offRoad: 0.25 / 0.95
        }
    }

    /// The histogram of a measured component; nil for collision and off-road.
    public func histogram(_ bins: BinSet) -> Histogram? {
        switch (self, bins) {
        case (.speed, .fine): Histogram(low: 0, high: 40, count: 20)
        case (.speed, .published): Histogram(low: 0, high: 25, count: 10)
        case (.acceleration, .fine): Histogram(low: -4, high: 4, count: 17)
        case (.acceleration, .published): Histogram(low: -12, high: 12, count: 11)
        case (.turnRate, .fine): Histogram(low: -0.2, high: 0.2, count: 17)
        case (.turnRate, .published): Histogram(low: -0.628, high: 0.628, count: 11)
        case (.turnAcceleration, .fine): Histogram(low: -0.8, high: 0.8, count: 17)
        case (.turnAcceleration, .published): Histogram(low: -3.14, high: 3.14, count: 11)
        case (.nearestObject, .fine): Histogram(low: -1, high: 20, count: 14)
        case (.nearestObject, .published): Histogram(low: -5, high: 40, count: 10)
        case (.timeToCollision, _): Histogram(low: 0, high: 5, count: 10)
        case (.roadEdge, .fine): Histogram(low: -12, high: 4, count: 16)
        case (.roadEdge, .published): Histogram(low: -20, high: 40, count: 10)
        case (.collision, _), (.offRoad, _): nil
        }
    }
}

/// How finely the histograms look. The published bins were made for city driving and are too coarse to
/// tell freeway models apart, so the finer ones are the headline.
public enum BinSet: String, Sendable, CaseIterable, Codable {
    case fine
    case published
}

/// Equal bins from `low` to `high`; values outside belong to the first and last bin.
public struct Histogram: Sendable, Equatable {
    public let low: Double
    public let high: Double
    public let count: Int

    /// Added to every bin's count, so that what no rollout did has a small probability.
    public static let pseudocount = 0.1

    public func bin(of value: Double) -> Int {
        let position = (value - low) / (high - low) * Double(count)
        return Int(max(0, min(Double(count - 1), position.rounded(.down))))
    }
}
