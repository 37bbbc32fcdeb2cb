import Metrics

/// Finds the shortest prefix of shards at which a campaign is done. A pure value: it is given the sums of one
/// shard after the other, in the shards' order, and never reads a clock.
public struct StopTally: Sendable {
    private let shardLimit: UInt64
    private let egoMillimeters: Double
    private let simulatedMilliseconds: Double
    private let failures: UInt64
    private let event: CountedEvent?
    private let events: UInt64

    /// Over the shards so far.
    public private(set) var sums = CampaignTotals.Sums()
    /// Shards so far.
    public private(set) var shards: UInt64 = 0
    /// Whether the campaign is done; nothing is added from then on.
    public private(set) var isReached: Bool

    public init(campaign: Campaign) {
        let size = UInt64(max(1, campaign.shardSize))
        switch campaign.goal {
        case .scenarios(let count):
            (shardLimit, egoMillimeters) = (count / size + (count % size > 0 ? 1 : 0), .infinity)
        case .egoKilometers(let kilometers): (shardLimit, egoMillimeters) = (.max, kilometers * 1e6)
        }
        simulatedMilliseconds = campaign.stop.simulatedHours.map { $0 * 3.6e6 } ?? .infinity
        failures = campaign.stop.failures ?? .max
        event = campaign.stop.interval?.event
        events = campaign.stop.interval?.eventsNeeded ?? .max
        isReached = shardLimit == 0
    }

    /// Adds the next shard's sums; a shard that was set aside has none.
    public mutating func add(_ shard: CampaignTotals.Sums) {
        guard !isReached else { return }
        shards += 1
        sums.add(shard)
        isReached = shards >= shardLimit || fraction >= 1
    }

    /// Goes on to a shard, as if those before it had brought nothing: they were set aside, or are still to come.
    public mutating func skip(to shard: Int) {
        guard !isReached, shard > shards else { return }
        shards = min(UInt64(shard), shardLimit)
        isReached = shards >= shardLimit
    }

    /// How far the sums are on the way to whichever rule comes first, 0...1. Scenarios are not looked at.
    public var fraction: Double { fraction(of: sums) }

    /// The same for other sums, such as those of every shard that was committed so far.
    public func fraction(of sums: CampaignTotals.Sums) -> Double {
        var fraction = max(
            Double(sums.egoMillimeters) / egoMillimeters,
            Double(sums.simulatedMilliseconds) / simulatedMilliseconds,
            Double(sums.failures) / Double(failures))
        if let event { fraction = max(fraction, Double(event.count(in: sums)) / Double(events)) }
        return min(1, fraction)
    }
}
