import Foundation
import GRDB
import Metrics

extension Journal {
    /// Every committed shard, in the shards' order.
    public func committedShards() throws(JournalError) -> [CommittedShard] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT shard, generation, worker, scenarios, ego_millimeters, committed_unix_seconds, wall_seconds
                    FROM shard ORDER BY shard
                    """
            ).map {
                CommittedShard(
                    shard: $0[0], generation: $0[1], worker: $0[2], scenarioCount: $0[3],
                    egoMillimeters: UInt64($0[4] as Int64), committedUnixSeconds: $0[5], wallSeconds: $0[6])
            }
        }
    }

    /// Sums over all committed shards. Costs the writer nothing; a reader adds up the table.
    public func totals() throws(JournalError) -> CampaignTotals {
        if lock != nil { return runningTotals.withLock { $0 } }
        return try storedTotals()
    }

    func storedTotals() throws(JournalError) -> CampaignTotals {
        let columns = JournalSchema.totalColumns.map { "SUM(\($0))" }.joined(separator: ", ")
        return try read { db in
            var totals = CampaignTotals()
            for row in try Row.fetchAll(db, sql: "SELECT family, \(columns) FROM total GROUP BY family") {
                let family: TrafficFamily = try named(row["family"])
                var sums = CampaignTotals.Sums()
                for (index, field) in CampaignTotals.Sums.fields.enumerated() {
                    sums[keyPath: field.path] = UInt64(max(0, row[index + 1] as Int64))
                }
                totals.add(sums, to: family)
            }
            return totals
        }
    }

    /// A shard's records in the scenarios' order; none where it isn't committed.
    public func records(shard: Int) throws(JournalError) -> [RolloutRecord] {
        let blocks = try read { db in
            try Data.fetchAll(
                db, sql: "SELECT bytes FROM block WHERE shard = ? ORDER BY sequence", arguments: [shard])
        }
        var records: [RolloutRecord] = []
        for (sequence, block) in blocks.enumerated() {
            do { records += try BlockCodec.decode(Array(block)) } catch {
                throw .damagedBlock(path: path, shard: shard, sequence: sequence, error)
            }
        }
        return records.sorted { $0.scenario < $1.scenario }
    }

    /// A shard's step digests; nil where it isn't committed.
    public func stepDigests(shard: Int) throws(JournalError) -> StepDigests? {
        try fingerprint(shard: shard)?.stepDigests
    }

    /// What another rollout of the shard must agree on; nil where it isn't committed.
    public func fingerprint(shard: Int) throws(JournalError) -> ShardFingerprint? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT step_digests, record_checksum FROM shard WHERE shard = ?", arguments: [shard]
            ).map(fingerprint(of:))
        }
    }

    /// Hands over every stored block, by shard and sequence, a few at a time: a reader holds up nobody.
    public func forEachBlock(_ body: (_ shard: Int, _ sequence: Int, _ bytes: [UInt8]) throws -> Void) throws {
        var last = (shard: -1, sequence: -1)
        while true {
            let rows = try read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT shard, sequence, bytes FROM block WHERE (shard, sequence) > (?, ?)
                        ORDER BY shard, sequence LIMIT 64
                        """,
                    arguments: [last.shard, last.sequence])
            }
            for row in rows {
                last = (row[0], row[1])
                try body(last.shard, last.sequence, Array(row[2] as Data))
            }
            if rows.isEmpty { return }
        }
    }

    /// Sum of the sizes of all blocks, bytes.
    public func blockBytes() throws(JournalError) -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT SUM(LENGTH(bytes)) FROM block") ?? 0 }
    }

    /// The worst incidents, worst first.
    public func worst(_ limit: Int) throws(JournalError) -> [Incident] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM incident ORDER BY severity DESC, scenario LIMIT ?",
                arguments: [max(0, limit)]
            ).map(incident(of:))
        }
    }

    /// The newest messages of the event log, newest first.
    public func events(_ limit: Int) throws(JournalError) -> [(unixSeconds: Double, message: String)] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT unix_seconds, message FROM event ORDER BY id DESC LIMIT ?", arguments: [max(0, limit)]
            ).map { ($0[0], $0[1]) }
        }
    }

    /// Time that coordinators have worked on this campaign, each from its start to its last commit, seconds.
    public func activeSeconds() throws(JournalError) -> Double {
        try read {
            try Double.fetchOne(
                $0, sql: "SELECT SUM(MAX(0, last_commit_unix_seconds - started_unix_seconds)) FROM session") ?? 0
        }
    }

    private func read<T>(_ body: (Database) throws -> T) throws(JournalError) -> T {
        try perform { try database.read(body) }
    }

    func fingerprint(of row: Row) throws -> ShardFingerprint {
        let text: String = row["record_checksum"]
        let digests: Data = row["step_digests"]
        guard let checksum = UInt64(text, radix: 16), digests.count % 4 == 0 else {
            throw JournalError.damaged(path: path, problem: "a shard's digests are malformed")
        }
        var reader = ByteReader(Array(digests)[...])
        let sums = try (0..<digests.count / 4).map { _ in UInt32(try reader.integer(4)) }
        return ShardFingerprint(stepDigests: StepDigests(sums: sums), recordChecksum: checksum)
    }

    private func incident(of row: Row) throws -> Incident {
        var record = RolloutRecord()
        record.scenario = UInt64(max(0, row["scenario"] as Int64))
        record.family = try named(row["family"])
        record.outcome = try named(row["outcome"])
        record.collisionKind = try named(row["collision_kind"])
        record.collisionPartner = try named(row["collision_partner"])
        record.collisionSpeed = Float(row["collision_meters_per_second"] as Double)
        record.minimumTimeToCollision = Float(row["minimum_ttc_seconds"] as Double)
        record.simulatedSeconds = Float(row["simulated_seconds"] as Double)
        record.digest = UInt64(row["digest"] as String, radix: 16) ?? 0
        return Incident(record, shard: row["shard"])
    }

    /// The case that a database column names.
    private func named<T: CaseIterable & Named>(_ name: String) throws -> T {
        guard let value = T.allCases.first(where: { $0.name == name }) else {
            throw JournalError.damaged(path: path, problem: "\"\(name)\" is no \(T.self)")
        }
        return value
    }

    static func data(_ digests: StepDigests) -> Data {
        var writer = ByteWriter()
        for sum in digests.sums { writer.append(sum) }
        return Data(writer.bytes)
    }

    /// Sixteen digits.
    static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// What database columns hold by name.
private protocol Named { var name: String { get } }
extension TrafficFamily: Named {}
extension RolloutOutcome: Named {}
extension CollisionKind: Named {}
extension AgentKind: Named {}
