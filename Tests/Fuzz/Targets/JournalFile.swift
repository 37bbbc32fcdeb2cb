import Farm
import Findings
import Foundation
import Metrics
import RecordStore
import Scenarios

/// A result folder, in memory where the system has such a place, whose journal is replaced again and again.
final class JournalFile: Sendable {
    static let shared = JournalFile()
    private let folder: URL
    private let database: String

    private init() {
        let memory = URL(fileURLWithPath: "/dev/shm", isDirectory: true)
        let isThere = FileManager.default.isWritableFile(atPath: memory.path)
        folder = (isThere ? memory : FileManager.default.temporaryDirectory)
            .appendingPathComponent("longhaul-fuzz-\(getpid())", isDirectory: true)
        database = folder.appendingPathComponent("journal.sqlite").path
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: JournalFile.shared.folder) }
    }

    func read(_ bytes: [UInt8]) {
        replace(by: bytes)
        use(for: Use.allCases)
    }

    /// `patches` change rows of a small honest journal.
    func read(patched patches: [UInt8]) {
        guard let sample = JournalSample.lax else { preconditionFailure("no sample of a journal") }
        replace(by: sample.file)
        sample.apply(patches.dropFirst(), to: database)
        // One at a time: each opens and reads everything.
        use(for: [Use.allCases[Int(patches.first ?? 0) % Use.allCases.count]])
    }

    /// What a journal is read for.
    private enum Use: CaseIterable { case totals, coordinator, report, failures }

    private func replace(by bytes: [UInt8]) {
        for suffix in ["-wal", "-shm", "-journal"] { unlink(database + suffix) }
        guard let file = fopen(database, "wb") else { preconditionFailure("\(database) can't be written") }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    private func use(for uses: [Use]) {
        guard let journal = try? Journal.read(folder: folder) else { return }
        let results = try? ResultFolder(journal, path: folder.path)
        for use in uses {
            switch use {
            case .totals: _ = try? readTotals(of: journal, results)
            case .coordinator: _ = try? goOn(with: journal)
            case .report:
                guard let results else { continue }
                let report = try? CampaignReport(results, replayCommand: { "replay \($1) \($2)" })
                _ = (report?.text, report?.html)
            case .failures:
                guard let results else { continue }
                let failures = try? FailureList(
                    results, filter: FailureFilter(), limit: 3, replayCommand: { "replay \($1) \($2)" })
                _ = (failures?.groupText, failures?.eachText)
            }
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
