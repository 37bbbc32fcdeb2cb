import Foundation
import Metrics
import RecordStore
import Testing

@Suite struct JournalOpeningTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }
    var path: String { folder.url.appendingPathComponent("journal.sqlite").path }

    @Test func aJournalGoesOnWhereItWas() throws {
        do {
            let journal = try Journal.create(folder: folder.url, campaign: .sample())
            _ = try journal.commit([try ShardCommit.sample(0), try ShardCommit.sample(1)])
        }
        for continueIt in [
            { try Journal.open(folder: folder.url) },
            { try Journal.create(folder: folder.url, campaign: .sample()) },
        ] {
            let journal = try continueIt()
            #expect(journal.campaign == .sample())
            #expect(try journal.committedShards().map(\.shard) == [0, 1])
            #expect(try journal.commit([try ShardCommit.sample(1)]) == [.duplicate])
            #expect(try journal.totals() == CampaignTotals((0..<2).flatMap { ShardCommit.sampleRecords($0) }))
        }
    }

    @Test func aFolderOfAnotherCampaignIsRefused() throws {
        do { _ = try Journal.create(folder: folder.url, campaign: .sample()) }
        for other in [JournalCampaign.sample(identity: "other"), .sample(shardSize: 32)] {
            let error = #expect(throws: JournalError.self) {
                try Journal.create(folder: folder.url, campaign: other)
            }
            guard case .otherCampaign = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func aSecondWriterIsRefusedUntilTheFirstIsGone() throws {
        do {
            let first = try Journal.create(folder: folder.url, campaign: .sample())
            let refusal = JournalError.inUse(folder: folder.url.path, process: "\(getpid())")
            #expect(throws: refusal) { try Journal.open(folder: folder.url) }
            #expect(throws: refusal) { try Journal.create(folder: folder.url, campaign: .sample()) }
            #expect(try first.commit([try ShardCommit.sample(0)])[0].isCommitted)
        }
        #expect(try Journal.open(folder: folder.url).committedShards().count == 1)
    }

    @Test func readersSeeEachCommitAndCannotWrite() throws {
        let writer = try Journal.create(folder: folder.url, campaign: .sample())
        let reader = try Journal.read(folder: folder.url)
        for shard in 0..<20 {
            _ = try writer.commit([try ShardCommit.sample(shard)])
            #expect(try reader.committedShards().count == shard + 1)
            #expect(try reader.totals() == writer.totals())
        }
        #expect(try reader.records(shard: 7) == ShardCommit.sampleRecords(7))
        #expect(throws: JournalError.readOnly(path: path)) { try reader.commit([try ShardCommit.sample(30)]) }
        #expect(throws: JournalError.readOnly(path: path)) { try reader.log("hello") }
    }

    @Test func aReaderInTheMiddleOfTheBlocksHoldsUpNobody() throws {
        let writer = try Journal.create(folder: folder.url, campaign: .sample())
        _ = try writer.commit(try (0..<5).map { try ShardCommit.sample($0) })
        let reader = try Journal.read(folder: folder.url)
        var next = 5
        try reader.forEachBlock { _, _, _ in
            guard next < 10 else { return }
            _ = try writer.commit([try ShardCommit.sample(next)])
            next += 1
        }
        #expect(try reader.committedShards().count == 10)
    }

    @Test func aFinishedJournalIsReadWithoutItsWriter() throws {
        do {
            let writer = try Journal.create(folder: folder.url, campaign: .sample())
            _ = try writer.commit([try ShardCommit.sample(0)])
        }
        #expect(try Journal.read(folder: folder.url).records(shard: 0) == ShardCommit.sampleRecords(0))
    }

    @Test func aFolderWithoutJournalIsNamed() throws {
        #expect(throws: JournalError.missing(folder: folder.url.path)) {
            try Journal.open(folder: folder.url)
        }
        #expect(throws: JournalError.missing(folder: folder.url.path)) {
            try Journal.read(folder: folder.url)
        }
    }

    @Test func aFileOfAnotherKindIsLeftAlone() throws {
        let text = Array(String(repeating: "not a database at all\n", count: 100).utf8)
        try folder.write(text, to: "journal.sqlite")
        #expect(throws: JournalError.notAJournal(path: path)) { try Journal.open(folder: folder.url) }
        #expect(throws: JournalError.notAJournal(path: path)) { try Journal.read(folder: folder.url) }
        #expect(throws: JournalError.notAJournal(path: path)) {
            try Journal.create(folder: folder.url, campaign: .sample())
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(text))
    }

    @Test(.enabled(if: Tool.exists("sqlite3"), "the sqlite3 tool is not installed"))
    func anotherProgramsDatabaseAndANewerJournalAreRefused() throws {
        _ = try Tool.output("sqlite3", [path, "CREATE TABLE other (a)"])
        #expect(throws: JournalError.notAJournal(path: path)) {
            try Journal.create(folder: folder.url, campaign: .sample())
        }
        let newer = try TemporaryFolder()
        do { _ = try Journal.create(folder: newer.url, campaign: .sample()) }
        let newerPath = newer.url.appendingPathComponent("journal.sqlite").path
        _ = try Tool.output("sqlite3", [newerPath, "PRAGMA user_version = 9"])
        #expect(throws: JournalError.newerVersion(path: newerPath, found: 9, known: 4)) {
            try Journal.open(folder: newer.url)
        }
    }

    @Test(.enabled(if: Tool.exists("sqlite3"), "the sqlite3 tool is not installed"))
    func aJournalOfTheVersionBeforeIsReadAndGoesOn() throws {
        do {
            let journal = try Journal.create(folder: folder.url, campaign: .sample())
            _ = try journal.commit([try ShardCommit.sample(0)])
        }
        // What version 2 lacked.
        let tables = ["piece", "piece_block", "quarantine", "quarantined_worker"]
        _ = try Tool.output("sqlite3", [
            path,
            tables.map { "DROP TABLE \($0);" }.joined()
                + "ALTER TABLE shard DROP COLUMN audit; ALTER TABLE shard DROP COLUMN policy_trace; PRAGMA user_version = 2;",
        ])
        let reader = try Journal.read(folder: folder.url)
        #expect(try reader.committedShards().map(\.shard) == [0])
        #expect(try reader.quarantinedScenarios().isEmpty && reader.pieces().isEmpty)
        let writer = try Journal.open(folder: folder.url)
        #expect(try writer.commit([try ShardCommit.sample(0), try ShardCommit.sample(1)])[1].isCommitted)
        let entry = QuarantinedScenario(scenario: 40, shard: 2, cause: "crashed", workers: "w1")
        _ = try writer.apply([.quarantine(entry)])
        #expect(try Journal.read(folder: folder.url).quarantinedScenarios().map(\.scenario) == [40])
        #expect(try Tool.output("sqlite3", [path, "PRAGMA user_version"]).first == UInt8(ascii: "4"))
    }

    @Test func aDamagedFileIsATypedErrorWithAWayOut() throws {
        do {
            let journal = try Journal.create(folder: folder.url, campaign: .sample())
            _ = try journal.commit(try (0..<20).map { try ShardCommit.sample($0) })
        }
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        for seed in UInt64(1)...30 {
            var generator = SeededGenerator(seed: seed)
            var bytes = whole
            let start = Int.random(in: 100..<bytes.count, using: &generator)
            let end = min(bytes.count, start + 5000)
            for index in start..<end { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
            if seed % 5 == 0 { bytes.removeLast(bytes.count / 3) }
            let damaged = try TemporaryFolder()
            try damaged.write(bytes, to: "journal.sqlite")
            for writing in [true, false] {
                do {
                    let journal =
                        try writing ? Journal.open(folder: damaged.url) : Journal.read(folder: damaged.url)
                    for shard in try journal.committedShards() { _ = try journal.records(shard: shard.shard) }
                    _ = try (
                        journal.totals(), journal.worst(50), journal.events(50), journal.fingerprint(shard: 0)
                    )
                } catch {
                    #expect(error.description.contains(damaged.url.path), "seed \(seed): \(error)")
                }
            }
        }
        try folder.write(Array(whole.prefix(whole.count / 2)), to: "journal.sqlite")
        let error = #expect(throws: JournalError.self) { try Journal.open(folder: folder.url) }
        #expect(error?.description.contains(".recover") == true, "\(String(describing: error))")
    }
}
