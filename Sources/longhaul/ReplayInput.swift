import Foundation
import Metrics
import RecordStore
import Replay
import Scenarios

/// What `replay` works on: a shard, and what a journal holds of it.
struct ReplayInput {
    var source: String
    var campaign: Campaign
    var weights: Weights
    var policy: PolicyInput?
    /// The shard's scenarios.
    var scenarios: Range<UInt64>
    /// Nil where there is only a campaign file.
    var recorded: ShardResult?

    /// - Parameters:
    ///   - source: a result folder or a campaign file.
    ///   - seed: another seed than the campaign file's.
    init(source: String, seed: UInt64?, shard: Int) throws {
        guard shard >= 0 else { throw CommandFailure(.usage, "--shard \(shard): shards are counted from 0") }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) else {
            throw CommandFailure(.usage, "\(source) does not exist; give a result folder or a campaign file")
        }
        if isFolder.boolValue {
            guard seed == nil else {
                throw CommandFailure(.usage, "--seed goes with a campaign file; a result folder has its seed")
            }
            try self.init(folder: source, shard: shard)
        } else {
            try self.init(file: source, seed: seed, shard: shard)
        }
    }

    private init(folder: String, shard: Int) throws {
        source = folder
        let journal = try failing(.usage) { try Journal.read(folder: URL(fileURLWithPath: folder)) }
        let input = try CampaignInput(journal: journal)
        (campaign, weights, policy) = (input.campaign, input.weights, input.policy)
        // A block that no longer decodes is a difference found, not a wrong input.
        let (records, digests) = try failing(.found) {
            (try journal.records(shard: shard), try journal.stepDigests(shard: shard))
        }
        guard !records.isEmpty, let digests else {
            throw CommandFailure(.usage, "\(ReplayError.shardNotCommitted(shard: shard, folder: folder))")
        }
        recorded = ShardResult(records: records, stepDigests: digests)
        let first = UInt64(shard) * UInt64(campaign.shardSize)
        scenarios = first..<(first + UInt64(records.count))
    }

    private init(file: String, seed: UInt64?, shard: Int) throws {
        source = file
        let input = try CampaignInput(file: file) { campaign in
            if let seed { campaign.seed = seed }
        }
        (campaign, weights, policy) = (input.campaign, input.weights, input.policy)
        scenarios = try failing(.usage) { [campaign] in try Self.scenarios(ofShard: shard, in: campaign) }
        recorded = nil
    }

    private static func scenarios(ofShard shard: Int, in campaign: Campaign) throws -> Range<UInt64> {
        let size = UInt64(campaign.shardSize)
        let limit: UInt64
        switch campaign.goal {
        case .scenarios(let count): limit = count
        case .egoKilometers: limit = 1 << 56
        }
        let (first, overflow) = UInt64(shard).multipliedReportingOverflow(by: size)
        guard !overflow, first < limit else {
            throw ReplayError.shardOutsideCampaign(shard: shard, shards: Int((limit + size - 1) / size))
        }
        return first..<min(first + size, limit)
    }
}
