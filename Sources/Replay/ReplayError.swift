/// Why a replay could not be done at all (a replay that finds a difference is a `ReplayVerdict`).
public enum ReplayError: Error, Sendable, Equatable {
    case cannotWrite(path: String, reason: String)
    case scenarioOutsideCampaign(scenario: UInt64, scenarios: UInt64)
    case scenarioOutsideShard(scenario: UInt64, shard: Int, scenarios: Range<UInt64>)
    case shardOutsideCampaign(shard: Int, shards: Int)
    case shardNotCommitted(shard: Int, folder: String)
    case interrupted
}

extension ReplayError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotWrite(let path, let reason):
            "cannot write \(path): \(reason); choose another path or free space"
        case .scenarioOutsideCampaign(let scenario, let scenarios):
            "there is no scenario \(scenario): the campaign's scenarios are 0 to \(scenarios - 1)"
        case .scenarioOutsideShard(let scenario, let shard, let scenarios):
            "scenario \(scenario) is not in shard \(shard), which holds "
                + "\(scenarios.lowerBound) to \(scenarios.upperBound - 1)"
        case .shardOutsideCampaign(let shard, let shards):
            "there is no shard \(shard): the campaign's shards are 0 to \(shards - 1)"
        case .shardNotCommitted(let shard, let folder):
            "shard \(shard) is not committed in \(folder); wait until it is, or replay it from the campaign "
                + "file alone, without comparing"
        case .interrupted:
            "interrupted before the shard was rolled out"
        }
    }
}
