import Foundation
import Metrics
import RecordStore
import Testing

/// Two rollouts of a shard that part because of the policy under test.
@Suite struct JournalPolicyTests {
    /// Shard 0: eight scenarios, whose third is another one in a second rollout.
    private func shard(other: Bool, trace: [UInt32], worker: String) throws -> ShardCommit {
        var records = ShardCommit.sampleRecords(0, size: 8)
        for index in records.indices { records[index].outcome = .completed }
        if other { records[2].digest ^= 1 }
        return ShardCommit(
            shard: 0, generation: 1, worker: worker, firstScenario: 0, scenarioCount: 8,
            blocks: [try BlockCodec.encode(records)],
            stepDigests: StepDigests(sums: [trace[1], trace[3]], policyTrace: trace), wallSeconds: 1)
    }

    private func journal(in folder: TemporaryFolder) throws -> Journal {
        let journal = try Journal.create(folder: folder.url, campaign: .sample(shardSize: 8))
        _ = try journal.commit([try shard(other: false, trace: [1, 2, 3, 4], worker: "a")])
        return journal
    }

    @Test func aDifferentActionIsTheScenariosOutcome() throws {
        let folder = try TemporaryFolder()
        let journal = try journal(in: folder)
        let offered = try shard(other: true, trace: [1, 2, 9, 9], worker: "b")
        let outcomes = try journal.commit([offered])
        let totals = try journal.totals()
        #expect(outcomes == [.partedByPolicy(scenarios: 1, totals: totals)])
        #expect(totals.all.policyFaults == 1 && totals.all.rollouts == 8)
        let records = try journal.records(shard: 0)
        #expect(records.filter { $0.outcome == .policyNotDeterministic }.map(\.scenario) == [2])
        #expect(try journal.committedShards().map(\.audit) == [.partedByPolicy])
        #expect(try journal.committedShards().map(\.worker) == ["a"])
        #expect(try journal.worst(1).map(\.scenario) == [2])
        // Either one again changes nothing, now or after a restart.
        let first = try shard(other: false, trace: [1, 2, 3, 4], worker: "a")
        #expect(try journal.commit([first, offered]) == [.duplicate, .duplicate])
        #expect(try Journal.read(folder: folder.url).totals() == totals)
    }

    @Test(arguments: [[1, 2, 3, 9], [1, 7, 9, 9], [1, 2]] as [[UInt32]])
    func aDifferentStateAfterTheSameActionsIsAMismatch(trace: [UInt32]) throws {
        let folder = try TemporaryFolder()
        let journal = try journal(in: folder)
        var offered = try shard(other: true, trace: [1, 2, 3, 9], worker: "b")
        offered.stepDigests.policyTrace = trace
        let outcome = try #require(try journal.commit([offered]).first)
        guard case .mismatch = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(try journal.totals().all.policyFaults == 0)
    }

    @Test func anOutcomeThatDiffersAfterTheSameActionsAndStatesIsThePolicys() throws {
        let folder = try TemporaryFolder()
        let journal = try journal(in: folder)
        let outcome = try #require(
            try journal.commit([try shard(other: true, trace: [1, 2, 3, 4], worker: "b")]).first)
        guard case .partedByPolicy(scenarios: 1, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }
}
