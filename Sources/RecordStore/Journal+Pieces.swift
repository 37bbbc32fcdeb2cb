import Foundation
import GRDB
import Metrics

/// Shards that are rolled out in pieces, because workers failed at them.
extension Journal {
    /// Pieces are counted with their shard only; here they are checked and kept. One takes the place of others
    /// that hold some of its scenarios.
    func storePiece(_ piece: CheckedShard, at now: Double, in db: Database) throws -> CommitOutcome {
        let commit = piece.commit
        if try storedFingerprint(shard: commit.shard, in: db) != nil {
            return .refused(.scenarios("shard \(commit.shard) is complete"))
        }
        let end = commit.firstScenario + UInt64(commit.scenarioCount)
        let overlapping = try UInt64.fetchAll(
            db,
            sql: """
                SELECT first_scenario FROM piece
                WHERE shard = ? AND first_scenario < ? AND first_scenario + scenarios > ?
                """, arguments: [commit.shard, end, commit.firstScenario])
        for first in overlapping {
            for table in ["piece_block", "piece"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE shard = ? AND first_scenario = ?",
                    arguments: [commit.shard, first])
            }
        }
        try db.execute(
            sql: "INSERT INTO piece VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                commit.shard, commit.firstScenario, commit.scenarioCount, commit.generation, commit.worker,
                commit.wallSeconds, Self.data(commit.stepDigests.sums), Self.data(commit.stepDigests.policyTrace),
            ])
        for (sequence, block) in commit.blocks.enumerated() {
            try db.execute(
                sql: "INSERT INTO piece_block VALUES (?, ?, ?, ?)",
                arguments: [commit.shard, commit.firstScenario, sequence, Data(block)])
        }
        return .committed(CampaignTotals())
    }

    /// The shard that its pieces and the scenarios in quarantine make up.
    func assembled(
        shard: Int, firstScenario: UInt64, scenarioCount: Int, in db: Database
    ) throws -> ShardCommit {
        var commit = ShardCommit(
            shard: shard, generation: 0, worker: "", firstScenario: firstScenario,
            scenarioCount: scenarioCount, blocks: [], stepDigests: StepDigests(sums: []), wallSeconds: 0)
        var workers: Set<String> = []
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT generation, worker, wall_seconds, step_digests, policy_trace FROM piece
                WHERE shard = ? ORDER BY first_scenario
                """, arguments: [shard])
        for row in rows {
            commit.generation = max(commit.generation, try row.decode(atIndex: 0))
            workers.insert(try row.decode(atIndex: 1))
            commit.wallSeconds += try row.decode(Double.self, atIndex: 2)
            commit.stepDigests.add(
                StepDigests(
                    sums: try numbers(row.decode(atIndex: 3)), policyTrace: try numbers(row.decode(atIndex: 4))))
        }
        commit.worker = Self.joined(workers)
        commit.blocks = try Data.fetchAll(
            db,
            sql: "SELECT bytes FROM piece_block WHERE shard = ? ORDER BY first_scenario, sequence",
            arguments: [shard]
        ).map { Array($0) }
        commit.quarantined = try UInt64.fetchAll(
            db, sql: "SELECT scenario FROM quarantine WHERE shard = ? ORDER BY scenario", arguments: [shard])
        return commit
    }

    /// What was kept of a shard until it is whole.
    func deletePieces(of shard: Int, in db: Database) throws {
        for table in ["piece_block", "piece"] {
            try db.cachedStatement(sql: "DELETE FROM \(table) WHERE shard = ?").execute(arguments: [shard])
        }
    }

    /// Takes back shards, whole or in pieces, and unconfirmed results of a worker.
    func revoke(shards: [Int], worker: String?, in db: Database) throws -> JournalOutcome {
        var revoked = Set(shards)
        if let worker {
            let rows = try Row.fetchAll(
                db, sql: "SELECT shard, worker FROM shard WHERE audit <> ?",
                arguments: [AuditState.agreed.rawValue])
            for row in rows where Self.isOne(worker, of: row[1]) { revoked.insert(row[0]) }
        }
        let present = try revoked.sorted().filter { shard in
            try Int.fetchOne(db, sql: "SELECT 1 FROM shard WHERE shard = ?", arguments: [shard]) != nil
        }
        for shard in revoked {
            try delete(shard: shard, in: db)
            try db.execute(sql: "DELETE FROM quarantine WHERE shard = ?", arguments: [shard])
            try deletePieces(of: shard, in: db)
        }
        return .revoked(shards: present, totals: try storedTotals(in: db))
    }

    /// Deletes a whole shard, and what follows from it.
    func delete(shard: Int, in db: Database) throws {
        for table in ["incident", "block", "total", "shard"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE shard = ?", arguments: [shard])
        }
    }

    private static let separator = ", "

    private static func joined(_ workers: Set<String>) -> String {
        var text = workers.sorted().joined(separator: separator)
        while text.utf8.count > maximumWorkerNameBytes { text.removeLast() }
        return text
    }

    /// Whether a worker is among those that made a shard.
    private static func isOne(_ worker: String, of workers: String) -> Bool {
        workers == worker || workers.components(separatedBy: separator).contains(worker)
            || workers.utf8.count == maximumWorkerNameBytes
    }
}

extension StepDigests {
    /// Digests over the scenarios of both: sums that wrap around.
    mutating func add(_ other: StepDigests) {
        Self.add(other.sums, to: &sums)
        Self.add(other.policyTrace, to: &policyTrace)
    }

    private static func add(_ others: [UInt32], to sums: inout [UInt32]) {
        if sums.count < others.count { sums += [UInt32](repeating: 0, count: others.count - sums.count) }
        for (step, sum) in others.enumerated() { sums[step] &+= sum }
    }
}
