import Foundation
import Metrics
import RecordStore
import Testing

/// Shards in pieces, scenarios in quarantine, and results that are taken back.
@Suite struct JournalPiecesTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func piece(_ shard: Int, _ range: Range<Int>, worker: String = "w1") throws -> JournalWrite {
        let records = Array(ShardCommit.sampleRecords(shard)[range])
        return .piece(
            ShardCommit(
                shard: shard, generation: 3, worker: worker, firstScenario: UInt64(shard * 16 + range.lowerBound),
                scenarioCount: range.count, blocks: [try BlockCodec.encode(records)],
                stepDigests: StepDigests(sums: [UInt32(range.count), 7]), wallSeconds: 0.1))
    }

    private func quarantine(_ scenario: UInt64) -> JournalWrite {
        .quarantine(QuarantinedScenario(scenario: scenario, shard: 2, cause: "crashed (2 times)", workers: "w1, w2"))
    }

    @Test func piecesCountWithTheirShardOnlyAndSurviveARestart() throws {
        do {
            let journal = try Journal.create(folder: folder.url, campaign: .sample())
            _ = try journal.apply([try piece(2, 0..<5), try piece(2, 6..<16, worker: "w2"), quarantine(37)])
            #expect(try journal.totals() == CampaignTotals() && journal.committedShards().isEmpty)
        }
        let journal = try Journal.open(folder: folder.url)
        #expect(try journal.pieces() == [2: [32..<37, 38..<48]])
        let outcomes = try journal.apply([.assemble(shard: 2, firstScenario: 32, scenarioCount: 16)])
        var expected = ShardCommit.sampleRecords(2)
        expected.remove(at: 5)
        #expect(outcomes == [.commit(.committed(CampaignTotals(expected)), by: "w1, w2")])
        #expect(try journal.records(shard: 2) == expected)
        #expect(try journal.totals() == CampaignTotals(expected) && journal.totals().all.rollouts == 15)
        #expect(try journal.stepDigests(shard: 2) == StepDigests(sums: [15, 14]))
        #expect(try journal.pieces().isEmpty)
        let aside = try #require(try journal.quarantinedScenarios().first)
        #expect(aside.scenario == 37 && aside.cause == "crashed (2 times)" && aside.workers == "w1, w2")
    }

    @Test func aShardWithAHoleIsNotPutTogether() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        let outcomes = try journal.apply([
            try piece(2, 0..<5), try piece(2, 6..<16), .assemble(shard: 2, firstScenario: 32, scenarioCount: 16),
        ])
        guard case .commit(.refused, _) = outcomes[2] else {
            Issue.record("\(outcomes[2])")
            return
        }
        #expect(try journal.committedShards().isEmpty && journal.pieces() == [2: [32..<37, 38..<48]])
    }

    @Test func aPieceTakesThePlaceOfThoseThatItOverlapsAndAWholeShardOfAll() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        _ = try journal.apply([try piece(2, 0..<5), try piece(2, 4..<8), quarantine(33)])
        #expect(try journal.pieces() == [2: [36..<40]])
        #expect(try journal.commit([try ShardCommit.sample(2)])[0].isCommitted)
        #expect(try journal.pieces().isEmpty && journal.quarantinedScenarios().isEmpty)
        guard case .commit(.refused, _) = try journal.apply([try piece(2, 0..<5)])[0] else {
            Issue.record("a piece of a whole shard")
            return
        }
        #expect(try journal.totals() == CampaignTotals(ShardCommit.sampleRecords(2)))
    }

    @Test func whatAConvictedWorkerMadeIsTakenBackUnlessSomebodyAgreed() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        var shards = try (0..<4).map { try ShardCommit.sample($0, worker: $0 == 3 ? "good" : "bad") }
        shards[1].isToBeAudited = true
        _ = try journal.commit(shards)
        #expect(try journal.committedShards().map(\.audit) == [.notChosen, .wanted, .notChosen, .notChosen])
        _ = try journal.apply([
            .agreed(shard: 2), .quarantineWorker(QuarantinedWorker(name: "bad", host: "h", cause: "differs")),
        ])
        let outcome = try journal.apply([.revoke(shards: [], worker: "bad")])[0]
        guard case .revoked(let revoked, let totals) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(revoked == [0, 1])
        #expect(try journal.committedShards().map(\.shard) == [2, 3])
        let expected = CampaignTotals([2, 3].flatMap { ShardCommit.sampleRecords($0) })
        #expect(totals == expected)
        #expect(try journal.totals() == expected)
        #expect(try Journal.read(folder: folder.url).totals() == expected)
        #expect(try journal.worst(1_000).allSatisfy { $0.shard >= 2 })
        #expect(try journal.quarantinedWorkers().map(\.name) == ["bad"])
        #expect(try journal.commit([try ShardCommit.sample(0, worker: "good")])[0].isCommitted, "done again")
    }
}
