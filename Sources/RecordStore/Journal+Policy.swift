import Foundation
import GRDB
import Metrics

extension Journal {
    /// Settles a shard that came out differently because the policy under test acted differently: every scenario
    /// whose records differ has that as its outcome from now on.
    ///
    /// - Returns: nil where the policy isn't what made the difference, or it can't be told.
    func settlePolicy(
        _ offered: CheckedShard, stored: (fingerprint: ShardFingerprint, worker: String), at now: Double,
        in db: Database
    ) throws -> CommitOutcome? {
        let others = offered.commit
        guard stored.fingerprint.stepDigests.isPartedByPolicy(from: offered.fingerprint.stepDigests),
            var kept = try storedShard(others.shard, in: db), kept.scenarioCount == others.scenarioCount
        else { return nil }
        var settled = try records(of: kept)
        var parted: [UInt64] = []
        for (index, other) in try records(of: others).enumerated()
        where settled[index] != other && settled[index].outcome != .policyNotDeterministic {
            settled[index].outcome = .policyNotDeterministic
            parted.append(other.scenario)
        }
        // Somebody offers again what was settled before.
        guard !parted.isEmpty else { return .duplicate }
        kept.blocks = try stride(from: 0, to: settled.count, by: BlockCodec.maximumRecords).map {
            try BlockCodec.encode(Array(settled[$0..<min($0 + BlockCodec.maximumRecords, settled.count)]))
        }
        try delete(shard: kept.shard, in: db)
        try insert(CheckedShard(kept, records: settled), audit: .partedByPolicy, at: now, in: db)
        try log(
            "shard \(kept.shard): the policy acted differently for workers \(stored.worker) and \(others.worker) in"
                + " \(parted.count) scenarios, the first is \(parted[0])", at: now, in: db)
        return .partedByPolicy(scenarios: parted.count, totals: try storedTotals(in: db))
    }

    /// A committed shard as it was offered; nil if some of its scenarios are set aside.
    private func storedShard(_ shard: Int, in db: Database) throws -> ShardCommit? {
        let hasGaps = try Int.fetchOne(db, sql: "SELECT 1 FROM quarantine WHERE shard = ?", arguments: [shard])
        guard hasGaps == nil,
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT \(fingerprintColumns), generation, worker, first_scenario, scenarios, wall_seconds
                    FROM shard WHERE shard = ?
                    """, arguments: [shard])
        else { return nil }
        return ShardCommit(
            shard: shard, generation: try row.decode(atIndex: 3), worker: try row.decode(atIndex: 4),
            firstScenario: try row.decode(atIndex: 5), scenarioCount: try row.decode(atIndex: 6),
            blocks: try Data.fetchAll(
                db, sql: "SELECT bytes FROM block WHERE shard = ? ORDER BY sequence", arguments: [shard]
            ).map { Array($0) },
            stepDigests: try fingerprint(of: row).stepDigests, wallSeconds: try row.decode(atIndex: 7))
    }
}
