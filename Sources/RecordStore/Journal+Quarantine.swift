import Foundation
import GRDB

extension Journal {
    /// The scenarios that were set aside, in order.
    public func quarantinedScenarios() throws(JournalError) -> [QuarantinedScenario] {
        guard version >= 3 else { return [] }
        return try read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT scenario, shard, cause, workers, unix_seconds FROM quarantine ORDER BY scenario"
            ).map { row in
                var entry = QuarantinedScenario(
                    scenario: try row.decode(atIndex: 0), shard: try shard(row, 1),
                    cause: try row.decode(atIndex: 2), workers: try row.decode(atIndex: 3))
                entry.unixSeconds = try row.decode(atIndex: 4)
                return entry
            }
        }
    }

    /// The workers that are no longer let in, by name.
    public func quarantinedWorkers() throws(JournalError) -> [QuarantinedWorker] {
        guard version >= 3 else { return [] }
        return try read { db in
            try Row.fetchAll(
                db, sql: "SELECT name, host, cause, unix_seconds FROM quarantined_worker ORDER BY name"
            ).map { row in
                var entry = QuarantinedWorker(
                    name: try row.decode(atIndex: 0), host: try row.decode(atIndex: 1),
                    cause: try row.decode(atIndex: 2))
                entry.unixSeconds = try row.decode(atIndex: 3)
                return entry
            }
        }
    }

    /// The ranges of the pieces that are stored of shards that aren't whole yet.
    public func pieces() throws(JournalError) -> [Int: [Range<UInt64>]] {
        guard version >= 3 else { return [:] }
        return try read { db in
            var pieces: [Int: [Range<UInt64>]] = [:]
            for row in try Row.fetchAll(
                db, sql: "SELECT shard, first_scenario, scenarios FROM piece ORDER BY first_scenario")
            {
                let first = try row.decode(UInt64.self, atIndex: 1), count = try row.decode(UInt64.self, atIndex: 2)
                guard first < 1 << 62, (1...UInt64(campaign.shardSize)).contains(count) else {
                    throw damaged("a piece begins at scenario \(first) and has \(count)")
                }
                pieces[try shard(row, 0), default: []].append(first..<first + count)
            }
            return pieces
        }
    }

    func quarantine(_ entry: QuarantinedScenario, at now: Double, in db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?)",
            arguments: [entry.scenario, entry.shard, entry.cause, entry.workers, now])
    }

    func quarantine(_ entry: QuarantinedWorker, at now: Double, in db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO quarantined_worker VALUES (?, ?, ?, ?)",
            arguments: [entry.name, entry.host, entry.cause, now])
    }
}
