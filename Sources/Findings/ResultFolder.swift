import Farm
import Foundation
import Metrics
import RecordStore
import Scenarios

/// A result folder as the analyses read it: its journal, its campaign, and which shards count.
public struct ResultFolder: Sendable {
    public let journal: Journal
    public let campaign: Campaign
    /// So many shards, from the first on, are the campaign's result; what workers finished beyond is not.
    public let countedShards: Int
    /// As the user named it.
    public let path: String

    /// - Throws: `JournalError`; `CampaignError` where the journal's campaign can't be read by this version.
    public init(_ path: String) throws {
        try self.init(
            Journal.read(folder: URL(fileURLWithPath: path, isDirectory: true)), path: path)
    }

    public init(_ journal: Journal, path: String) throws {
        self.journal = journal
        self.path = path
        campaign = try CampaignFile.parse(yaml: journal.campaign.yaml, file: "campaign in \(path)")
        countedShards = try journal.countedPrefix(of: campaign)
    }

    /// Hands over every record that counts, shard by shard in ascending order of scenarios. Holds one shard
    /// at a time.
    ///
    /// - Throws: `JournalError` for a block that is damaged; whatever `body` throws.
    public func forEachRecord(_ body: (_ record: RolloutRecord, _ shard: Int) throws -> Void) throws {
        try forEachShard { shard, records, counts in
            guard counts else { return }
            for record in records { try body(record, shard) }
        }
    }

    /// The last scenario that counts, by its number in the campaign; nil where there is none.
    public func lastCountedScenario() throws(JournalError) -> UInt64? {
        try journal.committedShards().last { $0.shard < countedShards }.map {
            UInt64($0.shard) * UInt64(campaign.shardSize) + UInt64($0.scenarioCount) - 1
        }
    }

    /// Hands over every committed shard, also those that don't count.
    func forEachShard(
        _ body: (_ shard: Int, _ records: [RolloutRecord], _ counts: Bool) throws -> Void
    ) throws {
        var current = -1
        var records: [RolloutRecord] = []
        func handOver() throws {
            guard !records.isEmpty else { return }
            records.sort { $0.scenario < $1.scenario }
            try body(current, records, current < countedShards)
            records.removeAll(keepingCapacity: true)
        }
        try journal.forEachBlock { shard, sequence, bytes in
            if shard != current { try handOver() }
            current = shard
            do throws(BlockError) { records += try BlockCodec.decode(bytes) } catch {
                throw JournalError.damagedBlock(
                    path: journal.folder.path, shard: shard, sequence: sequence, error)
            }
            guard records.count <= campaign.shardSize else { throw journal.tooManyRecords(of: shard) }
        }
        try handOver()
    }
}

/// The exact shell command that replays a rollout.
public typealias ReplayCommand = @Sendable (_ folder: ResultFolder, _ shard: Int, _ scenario: UInt64) -> String
