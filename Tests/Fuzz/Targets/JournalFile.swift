import Farm
import Findings
import Foundation
import GRDB
import GRDBSQLite
import Metrics
import RecordStore
import Scenarios

/// A journal's database file in memory, read for everything that a journal is read for.
struct JournalFile {
    private let journal: Journal

    /// Nil where `file` is no journal.
    init?(_ file: [UInt8], changing change: (Database) throws -> Void = { _ in }) {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        do {
            let database = try DatabaseQueue(configuration: configuration)
            try database.writeWithoutTransaction { db in
                try Self.load(file, into: db)
                try change(db)
            }
            journal = try Journal(reading: database, folder: Self.folder)
        } catch { return nil }
    }

    private static let folder = URL(fileURLWithPath: "/nonexistent/fuzz", isDirectory: true)

    private static func load(_ file: [UInt8], into db: Database) throws {
        guard let copy = sqlite3_malloc64(UInt64(max(file.count, 1))) else { fatalError("no memory") }
        UnsafeMutableRawBufferPointer(start: copy, count: file.count).copyBytes(from: file)
        let code = sqlite3_deserialize(
            db.sqliteConnection, "main", copy.assumingMemoryBound(to: UInt8.self), Int64(file.count), Int64(file.count),
            UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE))
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// Reads all of it for one purpose; for reports, which take longest, least often.
    func use(chosenBy number: UInt64) {
        let results = try? ResultFolder(journal, path: Self.folder.path)
        switch number % 32 {
        case 0:
            guard let results else { return }
            let report = try? CampaignReport(results, replayCommand: { "replay \($1) \($2)" })
            _ = (report?.text, report?.html)
        case 1, 2:
            guard let results else { return }
            let failures = try? FailureList(
                results, filter: FailureFilter(), limit: 3, replayCommand: { "replay \($1) \($2)" })
            _ = (failures?.groupText, failures?.eachText)
        case 3..<16: _ = try? readTotals(of: journal, results)
        default: _ = try? goOn(with: journal)
        }
    }

    private func readTotals(of journal: Journal, _ results: ResultFolder?) throws {
        for shard in try journal.committedShards().prefix(4) { _ = try journal.stepDigests(shard: shard.shard) }
        guard let results else { return }
        _ = try results.lastCountedScenario()
        _ = try journal.countedTotals(of: results.campaign)
    }

    /// As a coordinator takes up what it finds.
    private func goOn(with journal: Journal) throws {
        var start = CoordinatorMachine.Start(session: 1)
        start.committed = try journal.committedShards()
        start.pieces = try journal.pieces()
        start.quarantined = try journal.quarantinedScenarios()
        start.quarantinedWorkers = try journal.quarantinedWorkers()
        start.totals = try journal.totals()
        start.blockBytes = try journal.blockBytes()
        start.activeSeconds = try journal.activeSeconds()
        var machine = try CoordinatorMachine(FuzzedCoordinator.settings, start: start)
        try journal.forEachShardSums { machine.remember($0, $1) }
        machine.remembered()
        machine.tick(now: 1)
        _ = machine.snapshot(now: 1, isStopped: false)
    }
}
