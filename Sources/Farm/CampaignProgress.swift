import Scenarios

/// How far a campaign is from its goal, and how many shards it needs. A pure value.
///
/// A goal in kilometres is reached by the shortest prefix of shards that holds them. So the result doesn't
/// depend on who was fast: what lies beyond that prefix is not part of it.
struct CampaignProgress: Sendable {
    private let goal: Campaign.Goal
    private let shardSize: Int
    /// Expected of a shard before any is known, kilometres: 25 m/s up to the horizon.
    private let guessedShardKilometers: Double
    /// Of committed shards beyond the prefix, millimetres.
    private var beyond: [Int: UInt64] = [:]
    private var prefix = 0
    private var prefixMillimeters: UInt64 = 0
    private var allMillimeters: UInt64 = 0
    private var committed = 0
    private(set) var goalPrefix: Int?

    init(campaign: Campaign) {
        goal = campaign.goal
        shardSize = max(1, campaign.shardSize)
        guessedShardKilometers = max(1e-3, 0.025 * campaign.horizonSeconds * Double(campaign.shardSize))
        if case .scenarios = goal { goalPrefix = shardsToStart }
    }

    /// Scenarios of a shard; fewer in the last one.
    func scenarios(of shard: Int) -> Range<UInt64> {
        let first = UInt64(shard) * UInt64(shardSize)
        let end = first + UInt64(shardSize)
        if case .scenarios(let count) = goal { return first..<max(first, min(end, count)) }
        return first..<end
    }

    /// Shards that are known to be needed from the start.
    var shardsToStart: Int {
        guard case .scenarios(let count) = goal else { return 0 }
        return Int((count + UInt64(shardSize) - 1) / UInt64(shardSize))
    }

    /// Takes note of a committed shard. `settledPrefix` is the lease table's, after that commit.
    mutating func add(shard: Int, egoMillimeters: UInt64, settledPrefix: Int) {
        beyond[shard] = egoMillimeters
        allMillimeters += egoMillimeters
        committed += 1
        advance(to: settledPrefix)
    }

    /// A shard that was set aside counts as no kilometres.
    mutating func advance(to settledPrefix: Int) {
        guard case .egoKilometers(let kilometers) = goal, goalPrefix == nil else { return }
        while prefix < settledPrefix {
            prefixMillimeters += beyond.removeValue(forKey: prefix) ?? 0
            prefix += 1
            if Double(prefixMillimeters) / 1e6 >= kilometers {
                goalPrefix = prefix
                return
            }
        }
    }

    /// Whether more shards are needed beside the committed ones and `open` others, if each of those brings
    /// the mean.
    func needsMore(open: Int) -> Bool {
        guard case .egoKilometers(let kilometers) = goal, goalPrefix == nil else { return false }
        let known = Double(allMillimeters) / 1e6
        let mean = committed > 0 ? max(known / Double(committed), 1e-6) : guessedShardKilometers
        return known + Double(open) * mean < kilometers
    }

    /// 0...1.
    func fraction(scenariosCommitted: UInt64) -> Double {
        switch goal {
        case .scenarios(let count): count == 0 ? 1 : min(1, Double(scenariosCommitted) / Double(count))
        case .egoKilometers(let kilometers):
            goalPrefix != nil || kilometers <= 0 ? 1 : min(1, Double(allMillimeters) / 1e6 / kilometers)
        }
    }
}
