import Foundation
import GRDB
import Metrics

extension Journal {
    /// Every committed shard, in the shards' order.
    public func committedShards() throws(JournalError) -> [CommittedShard] {
        try read { db in try committedShards(in: db) }
    }

    func committedShards(in db: Database) throws -> [CommittedShard] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT shard, generation, worker, scenarios, ego_millimeters, committed_unix_seconds,
                  wall_seconds, \(version >= 3 ? "audit" : "0")
                FROM shard ORDER BY shard
                """
        ).map {
            let shard = CommittedShard(
                shard: try self.shard($0, 0), generation: try $0.decode(atIndex: 1),
                worker: try $0.decode(atIndex: 2), scenarioCount: try $0.decode(atIndex: 3),
                egoMillimeters: try $0.decode(atIndex: 4),
                committedUnixSeconds: try $0.decode(atIndex: 5),
                wallSeconds: try $0.decode(atIndex: 6),
                audit: AuditState(rawValue: try $0.decode(atIndex: 7)) ?? .notChosen)
            guard (1...campaign.shardSize).contains(shard.scenarioCount) else {
                throw damaged("shard \(shard.shard) has \(shard.scenarioCount) scenarios")
            }
            return shard
        }
    }

    /// A shard's number in a column.
    func shard(_ row: Row, _ index: Int) throws -> Int {
        let shard = try row.decode(Int.self, atIndex: index)
        guard (0..<Self.shardLimit).contains(shard) else { throw damaged("it names a shard \(shard)") }
        return shard
    }

    /// Sums over all committed shards. Costs the writer nothing; a reader adds up the table.
    public func totals() throws(JournalError) -> CampaignTotals {
        if lock != nil { return runningTotals.withLock { $0 } }
        return try storedTotals()
    }

    func storedTotals() throws(JournalError) -> CampaignTotals {
        try read { db in try storedTotals(in: db) }
    }

    func storedTotals(in db: Database) throws -> CampaignTotals {
        let columns = JournalSchema.totalColumns.map { "SUM(\($0))" }.joined(separator: ", ")
        var totals = CampaignTotals()
        for row in try Row.fetchAll(db, sql: "SELECT family, \(columns) FROM total GROUP BY family") {
            let family: TrafficFamily = try named(row, 0)
            totals.add(try sums(row), to: family)
        }
        return totals
    }

    /// Hands over the sums of every committed shard over all families, in the shards' order.
    public func forEachShardSums(
        _ body: (_ shard: Int, _ sums: CampaignTotals.Sums) throws -> Void
    ) throws(JournalError) {
        let columns = JournalSchema.totalColumns.map { "SUM(\($0))" }.joined(separator: ", ")
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT shard, \(columns) FROM total GROUP BY shard ORDER BY shard")
            while let row = try rows.next() {
                try body(try shard(row, 0), try sums(row))
            }
        }
    }

    /// Sums from a row, beginning with the second column.
    private func sums(_ row: Row) throws -> CampaignTotals.Sums {
        var sums = CampaignTotals.Sums()
        for (index, field) in CampaignTotals.Sums.fields.enumerated() {
            let sum = try row.decode(UInt64.self, atIndex: index + 1)
            // Several sums are added up elsewhere.
            guard sum <= CampaignTotals.limit / 4 else { throw damaged("\(sum) as a sum of \(field.name)") }
            sums[keyPath: field.path] = sum
        }
        return sums
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
            guard records.count <= campaign.shardSize else { throw tooManyRecords(of: shard) }
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
                db, sql: "SELECT \(fingerprintColumns) FROM shard WHERE shard = ?", arguments: [shard]
            ).map(fingerprint(of:))
        }
    }

    /// Hands over every stored block, by shard and sequence, a few at a time: a reader holds up nobody.
    public func forEachBlock(_ body: (_ shard: Int, _ sequence: Int, _ bytes: [UInt8]) throws -> Void) throws
    {
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
                let (shard, sequence, bytes) = try perform {
                    (
                        try self.shard(row, 0), try row.decode(Int.self, atIndex: 1),
                        try row.decode(Data.self, atIndex: 2)
                    )
                }
                last = (shard, sequence)
                try body(shard, sequence, Array(bytes))
            }
            if rows.isEmpty { return }
        }
    }

    /// Sum of the sizes of all blocks, bytes.
    public func blockBytes() throws(JournalError) -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT SUM(LENGTH(bytes)) FROM block") ?? 0 }
    }

    /// The worst incidents of the shards below `shards`, worst first.
    public func worst(_ limit: Int, shards: Int = .max) throws(JournalError) -> [Incident] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT scenario, shard, family, outcome, collision_kind, collision_partner,
                      collision_meters_per_second, minimum_ttc_seconds, simulated_seconds, digest
                    FROM incident WHERE shard < ? ORDER BY severity DESC, scenario LIMIT ?
                    """,
                arguments: [shards, max(0, limit)]
            ).map(incident(of:))
        }
    }

    /// The newest messages of the event log, newest first.
    public func events(_ limit: Int) throws(JournalError) -> [(unixSeconds: Double, message: String)] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT unix_seconds, message FROM event ORDER BY id DESC LIMIT ?",
                arguments: [max(0, limit)]
            ).map { (try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) }
        }
    }

    /// Time that coordinators have worked on this campaign, each from its start to its last commit, seconds.
    public func activeSeconds() throws(JournalError) -> Double {
        try read {
            try Double.fetchOne(
                $0, sql: "SELECT SUM(MAX(0, last_commit_unix_seconds - started_unix_seconds)) FROM session")
                ?? 0
        }
    }

    func read<T>(_ body: (Database) throws -> T) throws(JournalError) -> T {
        try perform { try database.read(body) }
    }

    var fingerprintColumns: String {
        "step_digests, \(version >= 4 ? "policy_trace" : "x''"), record_checksum"
    }

    /// From a row that begins with `fingerprintColumns`.
    func fingerprint(of row: Row) throws -> ShardFingerprint {
        ShardFingerprint(
            stepDigests: StepDigests(
                sums: try numbers(row.decode(atIndex: 0)), policyTrace: try numbers(row.decode(atIndex: 1))),
            recordChecksum: try hash(row.decode(atIndex: 2)))
    }

    func numbers(_ bytes: Data) throws -> [UInt32] {
        guard bytes.count % 4 == 0 else {
            throw damaged("a shard's step digests are \(bytes.count) bytes")
        }
        var reader = ByteReader(Array(bytes)[...])
        return try (0..<bytes.count / 4).map { _ in UInt32(try reader.integer(4)) }
    }

    private func incident(of row: Row) throws -> Incident {
        var record = RolloutRecord()
        record.scenario = try row.decode(atIndex: 0)
        record.family = try named(row, 2)
        record.outcome = try named(row, 3)
        record.collisionKind = try named(row, 4)
        record.collisionPartner = try named(row, 5)
        record.collisionSpeed = try row.decode(atIndex: 6)
        record.minimumTimeToCollision = try row.decode(atIndex: 7)
        record.simulatedSeconds = try row.decode(atIndex: 8)
        record.digest = try hash(row.decode(atIndex: 9))
        return Incident(record, shard: try shard(row, 1))
    }

    /// The case that a column names.
    private func named<T: CaseIterable & Named>(_ row: Row, _ index: Int) throws -> T {
        let name = try row.decode(String.self, atIndex: index)
        guard let value = T.allCases.first(where: { $0.name == name }) else {
            throw damaged("\"\(name)\" is no \(T.self)")
        }
        return value
    }

    private func hash(_ text: String) throws -> UInt64 {
        guard let value = UInt64(text, radix: 16) else { throw damaged("\"\(text)\" is no hash") }
        return value
    }

    package func tooManyRecords(of shard: Int) -> JournalError {
        damaged("shard \(shard) holds more records than the campaign's \(campaign.shardSize) a shard")
    }

    func damaged(_ problem: String) -> JournalError { .damaged(path: path, problem: problem) }

    static func data(_ numbers: [UInt32]) -> Data {
        var writer = ByteWriter()
        for number in numbers { writer.append(number) }
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
