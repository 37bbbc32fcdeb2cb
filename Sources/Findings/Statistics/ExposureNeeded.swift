import Metrics

/// How far one has to drive to show that something happens less often than a limit: the rule of N. Kalra & S.
/// Paddock, *Driving to Safety* (RAND RR-1478, 2016), for any number of events seen so far.
///
/// Shown is "fewer than `limit` per million km with 95 % confidence" where the one-sided upper 95 % bound of the
/// Poisson rate lies below the limit; without any event that takes ln(20) = 3.0 million km over the limit.
public struct ExposureNeeded: Sendable, Equatable, Codable {
    /// Per million km.
    public var limit: Double
    /// The one-sided upper 95 % bound of the rate as it stands, per million km; nil before the first kilometre.
    public var boundNow: Double?
    public var isShown: Bool
    /// More kilometres if nothing happens any more; 0 if it is shown already.
    public var kilometersIfNoMoreEvents: Double
    /// More kilometres if the events go on at the rate seen so far; nil where that rate itself isn't below
    /// the limit.
    public var kilometersAtThisRate: Double?

    static let confidence = 0.95

    /// - Parameters:
    ///   - events: seen so far.
    ///   - kilometers: driven so far.
    ///   - limit: per million km, above 0.
    public init(events: UInt64, kilometers: Double, limit: Double) {
        self.limit = limit
        let bound = Self.bound(Double(events))
        boundNow = kilometers > 0 ? bound / kilometers * 1e6 : nil
        let silent = bound / limit * 1e6
        isShown = kilometers > silent
        kilometersIfNoMoreEvents = max(0, silent - kilometers)
        guard kilometers > 0, Double(events) / kilometers * 1e6 < limit else { return }
        kilometersAtThisRate = Self.more(events: Double(events), kilometers: kilometers, limit: limit)
    }

    /// Expected events whose chance to give at most `events` is 5 %.
    private static func bound(_ events: Double) -> Double {
        IncompleteGamma.inverseLower(events + 1, probability: confidence)
    }

    private static func more(events: Double, kilometers: Double, limit: Double) -> Double? {
        func isShown(_ total: Double) -> Bool {
            bound(events * total / kilometers) < limit * total / 1e6
        }
        if isShown(kilometers) { return 0 }
        var low = kilometers, high = 2 * kilometers
        while !isShown(high) {
            (low, high) = (high, 2 * high)
            // So close to the limit that a million events would not tell them apart.
            guard events * high / kilometers < 1e6 || events == 0 else { return nil }
        }
        while high - low > 1e-6 * high {
            let middle = (low + high) / 2
            if isShown(middle) { high = middle } else { low = middle }
        }
        return high - kilometers
    }
}
