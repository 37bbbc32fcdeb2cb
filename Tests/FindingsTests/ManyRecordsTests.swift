import Foundation
import Metrics
import RecordStore
import Scenarios
import Testing
import WorldModel

import Findings

@Suite struct ManyRecordsTests {
    private static let shards = 64
    private static let shardSize = 4096

    /// A quarter of a million records, made up: this is about memory.
    private static func folder() throws -> ResultFolder {
        let campaign = Campaign(goal: .scenarios(UInt64(shards * shardSize)), shardSize: shardSize)
        let journal = try Journal.create(
            folder: RealResults.root.appendingPathComponent("many"),
            campaign: JournalCampaign(
                identity: campaign.identity(worldModelHash: "none"), name: "many", seed: 1, yaml: CampaignFile.yaml(of: campaign),
                canonicalJSON: "{}", worldModelHash: "none", policy: "idm-mobil", shardSize: shardSize,
                kernel: "any", build: "test"))
        for shard in 0..<shards {
            let records = (0..<shardSize).map { index in
                var record = RolloutRecord()
                record.scenario = UInt64(shard * shardSize + index)
                record.family = TrafficFamily(rawValue: UInt8(index % 4)) ?? .jam
                record.egoMeters = Float(500 + index % 1500)
                record.simulatedSeconds = 60
                record.outcome = index % 8 == 0 ? .collision : .completed
                record.collisionKind = index % 8 == 0 ? .egoRanIntoOther : .none
                record.collisionSpeed = Float(index % 30)
                record.minimumTimeToCollision = Float(index % 97) / 10
                return record
            }
            let commit = ShardCommit(
                shard: shard, generation: 1, worker: "w", firstScenario: UInt64(shard * shardSize),
                scenarioCount: shardSize, blocks: [try BlockCodec.encode(records)],
                stepDigests: StepDigests(sums: []), wallSeconds: 1)
            _ = try journal.commit([commit])
        }
        return try ResultFolder(journal, path: "many")
    }

    /// Largest resident memory of this process so far, megabytes.
    private static func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1])) / 1024
    }

    @Test func manyRecordsNeedNoMoreMemoryThanAFewShards() throws {
        let folder = try Self.folder()
        let before = try Self.peak()
        let report = try CampaignReport(folder, replayCommand: RealResults.command)
        let list = try FailureList(
            folder, filter: FailureFilter(), limit: 100, replayCommand: RealResults.command)
        let comparison = try Comparison(folder, folder, limit: 5, replayCommand: RealResults.command)
        var bytes = 0
        let exported = try RecordTable(folder, format: .jsonl).write { bytes += $0.count }
        let count = UInt64(Self.shards * Self.shardSize)
        #expect(report.rollouts == count && comparison.pairs == count && exported == count)
        #expect(list.count == count / 8 && list.failures.count == 100 && list.groups.count == 1)
        #expect(bytes > 50_000_000)
        // Other tests run beside this one, and take some too.
        #expect(try Self.peak() - before < 120, "more than 120 MB for \(bytes / 1_000_000) MB of records")
    }
}
