import Foundation
import GRDB
import Metrics
import RecordStore

/// A small honest journal with something in every table, in small pages, so that a damaged byte is likely to
/// hit what matters.
struct JournalSample {
    /// As the journal makes it.
    static let honest = try? JournalSample(isLax: false)
    /// Its tables take values of any type, as a file from somebody else's hands may.
    static let lax = try? JournalSample(isLax: true)

    let file: [UInt8]
    /// Every column of every table.
    private let columns: [(table: String, column: String)]
    /// Of a block without filters and without its checksum, to be changed.
    private let content: [UInt8]

    private init(isLax: Bool) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("longhaul-fuzz-seed-\(UUID().uuidString)", isDirectory: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Self.fill(folder)
        let path = folder.appendingPathComponent("journal.sqlite").path
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        columns = try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA page_size = 512")
            if isLax {
                try db.execute(sql: "PRAGMA writable_schema = ON")
                try db.execute(sql: "UPDATE sqlite_master SET sql = replace(replace(sql, 'STRICT', ''), ') , ', ') ')")
                try db.execute(sql: "PRAGMA writable_schema = RESET")
            }
            try db.execute(sql: "VACUUM")
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
            return try tables.flatMap { table in
                try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
                    .map { (table, $0) }
            }
        }
        try queue.close()
        file = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let block = try BlockCodec.encode(Self.records(0..<4)) { _, _, _ in .raw }
        content = Array(try LZ4Frame.decompress(block, limit: BlockCodec.maximumContentBytes).dropLast(8))
    }

    /// Two shards, a piece, an incident, quarantine and a message.
    private static func fill(_ folder: URL) throws {
        let campaign = JournalCampaign(
            identity: "3f2a", name: "sample", seed: 1, yaml: "seed: 1\nscenarios: 40\nshard-size: 4\n",
            canonicalJSON: #"{"seed":1}"#, worldModelHash: "aa", policy: "idm-mobil", shardSize: 4,
            kernel: "x86-64-v3", build: "test")
        let journal = try Journal.create(folder: folder, campaign: campaign)
        func commit(_ shard: Int, _ scenarios: Range<UInt64>) throws -> ShardCommit {
            ShardCommit(
                shard: shard, generation: 1, worker: "w1", firstScenario: scenarios.lowerBound,
                scenarioCount: scenarios.count, blocks: [try BlockCodec.encode(records(scenarios))],
                stepDigests: StepDigests(sums: [1, 2, 3]), wallSeconds: 0.25)
        }
        _ = try journal.apply([
            .commit(try commit(0, 0..<4)), .commit(try commit(1, 4..<8)), .piece(try commit(2, 8..<10)),
            .quarantine(QuarantinedScenario(scenario: 10, shard: 2, cause: "crashed", workers: "w1")),
            .quarantineWorker(QuarantinedWorker(name: "w2", host: "h", cause: "odd")), .log("something"),
        ])
    }

    static func records(_ scenarios: Range<UInt64>) -> [RolloutRecord] {
        scenarios.map { scenario in
            var record = RolloutRecord()
            record.scenario = scenario
            record.simulatedSeconds = 60
            record.egoMeters = 900 + Float(scenario)
            record.digest = scenario &* 0x9e37_79b9_7f4a_7c15
            if scenario % 4 == 1 {
                (record.outcome, record.collisionKind) = (.collision, .sideswipe)
                record.collisionSpeed = 3
            }
            return record
        }
    }

    /// A shard's number, a text, a record's number and a sum.
    static let patches: [[UInt8]] = [
        [30, 0, 0, 255], [12, 0, 3, 4, 0x73, 0x65, 0x65, 0x64], [0, 0, 5, 40, 3, 4, 1, 2, 3, 4],
        [45, 1, 1, 255, 255, 255, 255, 255, 255, 255, 127, 46, 1, 2, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f],
    ]

    /// A change is a column, a row, a kind of value and the value.
    func apply(_ patches: [UInt8], to db: Database) throws {
        try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA ignore_check_constraints = ON")
        var stream = ByteStream(patches)
        for _ in 0..<4 where !stream.isAtEnd {
            let (table, column) = columns[Int(stream.byte()) % columns.count]
            let row = Int(stream.byte()) % 4
            let value = value(&stream)
            // What the database itself refuses is no change.
            try? db.execute(
                sql: """
                    UPDATE \(table) SET \(column) = ? WHERE (SELECT COUNT(*) FROM \(table) AS other
                      WHERE other.\(column) < \(table).\(column)) = ?
                    """, arguments: [value, row])
        }
    }

    private func value(_ stream: inout ByteStream) -> DatabaseValue {
        switch stream.byte() % 7 {
        case 0: Int64(Int8(bitPattern: stream.byte())).databaseValue
        case 1: Int64(bitPattern: stream.word()).databaseValue
        case 2: Double(bitPattern: stream.word()).databaseValue
        case 3: String(decoding: stream.text(), as: UTF8.self).databaseValue
        case 4: Data(stream.text()).databaseValue
        case 5: Data(block(&stream)).databaseValue
        default: .null
        }
    }

    /// A block with one number changed, whose checksums are right.
    private func block(_ stream: inout ByteStream) -> [UInt8] {
        var content = content
        let place = (Int(stream.byte()) | Int(stream.byte()) << 8) % content.count
        for (index, byte) in stream.text().prefix(content.count - place).enumerated() { content[place + index] = byte }
        let checksum = content.withUnsafeBytes { WordHash.of($0) }
        let whole = content + (0..<8).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
        return (try? LZ4Frame.compress(whole)) ?? []
    }
}
