import Metrics
import Scenarios

/// How far a campaign is from its end, and how many shards it needs. A pure value.
///
/// A campaign ends at the shortest prefix of shards for which its goal or one of its rules to stop holds
/// (`StopTally`). So the result doesn't depend on who was fast: what lies beyond that prefix doesn't count.
struct CampaignProgress: Sendable {
    private let goal: Campaign.Goal
    private let shardSize: Int
    /// Expected of a shard before any is known, kilometres: 25 m/s up to the horizon.
    private let guessedShardKilometers: Double
    private var tally: StopTally
    /// Sums of committed shards beyond the prefix.
    private var beyond: [Int: CampaignTotals.Sums] = [:]
    private var prefix = 0
    private var all = CampaignTotals.Sums()
    private var committed = 0
    /// So many shards are needed, where that is known.
    private(set) var goalPrefix: Int?

    init(campaign: Campaign) {
        goal = campaign.goal
        shardSize = max(1, campaign.shardSize)
        guessedShardKilometers = max(1e-3, 0.025 * campaign.horizonSeconds * Double(campaign.shardSize))
        tally = StopTally(campaign: campaign)
        if case .scenarios = goal { goalPrefix = shardsToStart }
    }

    /// Scenarios of a shard; fewer in the last one.
    func scenarios(of shard: Int) -> Range<UInt64> {
        let first = UInt64(shard) * UInt64(shardSize)
        let end = first + UInt64(shardSize)
        if case .scenarios(let count) = goal { return first..<max(first, min(end, count)) }
        return first..<end
    }

    /// Shards that are known to be needed from the start, unless a rule stops the campaign earlier.
    var shardsToStart: Int {
        guard case .scenarios(let count) = goal else { return 0 }
        return Int((count + UInt64(shardSize) - 1) / UInt64(shardSize))
    }

    /// Takes note of a committed shard. `settledPrefix` is the lease table's, after that commit.
    mutating func add(shard: Int, sums: CampaignTotals.Sums, settledPrefix: Int) {
        if shard >= prefix { beyond[shard] = sums }
        all.add(sums)
        committed += 1
        advance(to: settledPrefix)
    }

    /// A shard that was set aside brings nothing.
    mutating func advance(to settledPrefix: Int) {
        while prefix < settledPrefix, !tally.isReached {
            tally.add(beyond.removeValue(forKey: prefix) ?? CampaignTotals.Sums())
            prefix += 1
            if tally.isReached { goalPrefix = prefix }
        }
    }

    /// The time is over: no shard from `begun` on is needed any more.
    mutating func end(at begun: Int) {
        guard !tally.isReached else { return }
        goalPrefix = min(goalPrefix ?? .max, begun)
    }

    /// Whether more shards are needed beside the committed ones and `open` others, if each of those brings
    /// the mean.
    func needsMore(open: Int) -> Bool {
        guard case .egoKilometers(let kilometers) = goal, goalPrefix == nil else { return false }
        let known = all.egoKilometers
        let mean = committed > 0 ? max(known / Double(committed), 1e-6) : guessedShardKilometers
        return known + Double(open) * mean < kilometers
    }

    /// 0...1.
    func fraction(scenariosCommitted: UInt64) -> Double {
        if tally.isReached { return 1 }
        var fraction = tally.fraction(of: all)
        if case .scenarios(let count) = goal {
            fraction = max(fraction, count == 0 ? 1 : Double(scenariosCommitted) / Double(count))
        }
        return min(1, fraction)
    }
}
