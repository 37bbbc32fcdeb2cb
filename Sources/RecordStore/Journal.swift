import Foundation
import GRDB
import Metrics
import Synchronization

/// The durable store of a campaign's results: `journal.sqlite` in the result folder.
///
/// SQLite in WAL mode with `synchronous = FULL`: what `commit` has returned survives the process and the
/// machine. One process writes, under an exclusive lock; any number read meanwhile.
public final class Journal: Sendable {
    /// The most scenarios of a shard, and so records of a commit.
    public static let maximumShardSize = 1 << 20
    /// No shard has this number or a higher one: products with a shard's size stay far below an overflow.
    public static let shardLimit = 1 << 40
    /// The most step digests of a shard: a day at 0.1 s.
    public static let maximumSteps = 864_000
    /// The most bytes of a worker's name.
    public static let maximumWorkerNameBytes = 256
    /// The event log keeps this many messages, the newest.
    public static let maximumEvents = 10_000

    public let folder: URL
    public let campaign: JournalCampaign
    let path: String
    /// Of the file's tables, as they are now.
    let version: Int
    let database: any DatabaseWriter
    /// Held by the writer; nil in a journal that was opened for reading.
    let lock: WriterLock?
    /// The number of this writer's run on the folder, 1 for the first; 0 in a journal opened for reading.
    public let session: Int64
    /// Kept up to date by the writer, so that asking for totals costs nothing.
    let runningTotals = Mutex(CampaignTotals())

    /// A journal to write, in a folder that is made if need be. Continues where the folder already holds this
    /// same campaign.
    ///
    /// - Throws: `JournalError`, `otherCampaign` where the folder holds results of another one.
    public static func create(folder: URL, campaign: JournalCampaign) throws(JournalError) -> Journal {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .failed(
                path: folder.path, problem: "can't create the folder: \(error.localizedDescription)")
        }
        return try Journal(writing: folder, creating: campaign)
    }

    /// A journal to go on writing. The whole file is checked first.
    public static func open(folder: URL) throws(JournalError) -> Journal {
        try requireFile(in: folder)
        return try Journal(writing: folder, creating: nil)
    }

    /// A journal to read, also while a coordinator writes it.
    public static func read(folder: URL) throws(JournalError) -> Journal {
        try requireFile(in: folder)
        return try Journal(reading: folder)
    }

    private init(writing folder: URL, creating wanted: JournalCampaign?) throws(JournalError) {
        self.folder = folder
        let path = Self.path(in: folder)
        self.path = path
        lock = try WriterLock(folder: folder)
        version = JournalSchema.version
        (database, campaign, session) = try Self.perform(path) {
            let database = try DatabasePool(path: path, configuration: Self.configuration())
            try database.writeWithoutTransaction { try Self.makeDurable($0, path: path) }
            let (campaign, session) = try database.write { db in
                if let wanted, try db.tableExists("campaign") == false {
                    try Self.requireEmpty(db, path: path)
                    try JournalSchema.create(in: db)
                    try Self.insert(wanted, in: db)
                }
                let found = try Self.knownVersion(db, path: path)
                var campaign = try Self.fetchCampaign(db, path: path)
                if let wanted, wanted.identity != campaign.identity || wanted.shardSize != campaign.shardSize
                {
                    throw JournalError.otherCampaign(
                        folder: folder.path, stored: "\(campaign.name) (\(campaign.identity))",
                        expected: "\(wanted.name) (\(wanted.identity))")
                }
                let damage = try String.fetchAll(db, sql: "PRAGMA quick_check(3)")
                guard damage == ["ok"] else {
                    throw JournalError.damaged(path: path, problem: damage.joined(separator: "; "))
                }
                if found < JournalSchema.version { try JournalSchema.migrate(from: found, in: db) }
                if let wanted { try Self.renew(&campaign, to: wanted, in: db) }
                let now = Self.now()
                try db.execute(sql: "INSERT INTO session VALUES (NULL, ?, ?)", arguments: [now, now])
                return (campaign, db.lastInsertedRowID)
            }
            return (database, campaign, session)
        }
        let stored = try storedTotals()
        runningTotals.withLock { $0 = stored }
    }

    private convenience init(reading folder: URL) throws(JournalError) {
        let path = Self.path(in: folder)
        let database = try Self.perform(path) {
            var configuration = Self.configuration()
            configuration.readonly = true
            return try DatabasePool(path: path, configuration: configuration)
        }
        try self.init(reading: database, folder: folder)
    }

    /// A journal to read in a database that is open already; `folder` is where its errors say it lies.
    package init(reading database: any DatabaseWriter, folder: URL) throws(JournalError) {
        self.folder = folder
        let path = Self.path(in: folder)
        self.path = path
        self.database = database
        lock = nil
        session = 0
        (campaign, version) = try Self.perform(path) {
            try database.read { db in
                let version = try Self.knownVersion(db, path: path)
                return (try Self.fetchCampaign(db, path: path), version)
            }
        }
    }

    /// Runs `body` and turns whatever it throws into what it means for the journal.
    static func perform<T>(_ path: String, _ body: () throws -> T) throws(JournalError) -> T {
        do { return try body() } catch { throw JournalError(error, path: path) }
    }

    func perform<T>(_ body: () throws -> T) throws(JournalError) -> T { try Self.perform(path, body) }

    /// Seconds since 1970.
    static func now() -> Double { Date().timeIntervalSince1970 }

    private static func path(in folder: URL) -> String {
        folder.appendingPathComponent("journal.sqlite").path
    }

    private static func requireFile(in folder: URL) throws(JournalError) {
        guard FileManager.default.fileExists(atPath: path(in: folder)) else {
            throw .missing(folder: folder.path)
        }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 2
        return configuration
    }

    /// GRDB's pools run with `synchronous = NORMAL`, which may lose the last commits when the machine stops.
    /// Asked again for a while where the answer is not yet right: another process may hold the file.
    private static func makeDurable(_ db: Database, path: String) throws {
        var found = ""
        for attempt in 0..<20 {
            if attempt > 0 { Thread.sleep(forTimeInterval: 0.1) }
            try db.execute(sql: "PRAGMA synchronous = FULL")
            let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") ?? ""
            if synchronous == 2 && mode == "wal" { return }
            found = "synchronous \(synchronous), journal mode \(mode)"
        }
        throw JournalError.failed(path: path, problem: "SQLite can't make commits durable here (\(found))")
    }

    /// A file with tables of somebody else's is left alone.
    private static func requireEmpty(_ db: Database, path: String) throws {
        let tables = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
        guard tables == 0 else { throw JournalError.notAJournal(path: path) }
    }

    private static func knownVersion(_ db: Database, path: String) throws -> Int {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
        guard application == JournalSchema.applicationID else { throw JournalError.notAJournal(path: path) }
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version <= JournalSchema.version else {
            throw JournalError.newerVersion(path: path, found: version, known: JournalSchema.version)
        }
        guard version >= JournalSchema.oldest else {
            throw JournalError.olderVersion(path: path, found: version, oldest: JournalSchema.oldest)
        }
        return version
    }

    /// Name, goal and rules to stop are no part of the identity: those of the newest start hold.
    private static func renew(
        _ campaign: inout JournalCampaign, to wanted: JournalCampaign, in db: Database
    ) throws {
        (campaign.name, campaign.yaml) = (wanted.name, wanted.yaml)
        campaign.canonicalJSON = wanted.canonicalJSON
        try db.execute(
            sql: "UPDATE campaign SET name = ?, yaml = ?, canonical_json = ?",
            arguments: [wanted.name, wanted.yaml, wanted.canonicalJSON])
    }

    private static func insert(_ campaign: JournalCampaign, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO campaign VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                campaign.identity, campaign.name, String(campaign.seed), campaign.yaml,
                campaign.canonicalJSON,
                campaign.worldModelHash, campaign.policy, campaign.shardSize, campaign.kernel, campaign.build,
                now(),
            ])
    }

    private static func fetchCampaign(_ db: Database, path: String) throws -> JournalCampaign {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT identity, name, seed, yaml, canonical_json, world_model_hash, policy, shard_size,
                  kernel, build
                FROM campaign
                """)
        guard let row, let seed = UInt64(try row.decode(String.self, atIndex: 2)) else {
            throw JournalError.damaged(path: path, problem: "it names no campaign")
        }
        let shardSize = try row.decode(Int.self, atIndex: 7)
        guard (1...maximumShardSize).contains(shardSize) else {
            throw JournalError.damaged(path: path, problem: "its shard size is \(shardSize)")
        }
        return JournalCampaign(
            identity: try row.decode(atIndex: 0), name: try row.decode(atIndex: 1), seed: seed,
            yaml: try row.decode(atIndex: 3), canonicalJSON: try row.decode(atIndex: 4),
            worldModelHash: try row.decode(atIndex: 5), policy: try row.decode(atIndex: 6),
            shardSize: shardSize,
            kernel: try row.decode(atIndex: 8), build: try row.decode(atIndex: 9))
    }
}
