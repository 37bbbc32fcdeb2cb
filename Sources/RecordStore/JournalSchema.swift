import GRDB
import Metrics

/// The journal's tables. Units stand in the columns' names; what only counts has none.
///
/// - `campaign`: one row, what is simulated and by which build.
/// - `shard`: one row a committed shard; `step_digests` and `policy_trace` hold little-endian 32-bit numbers.
/// - `total`: sums of a shard's records, one row a traffic family that occurs in it.
/// - `block`: a shard's records as `BlockCodec` made them: `SELECT writefile('b.lz4', bytes) …` gives an
///   .lz4 file.
/// - `incident`: every collision and departure from the road, and each shard's nearest misses; `severity`
///   orders them.
/// - `piece`, `piece_block`: what is stored of shards that are rolled out in pieces, until they are whole.
/// - `quarantine`: scenarios that no worker got through; `quarantined_worker`: workers no longer let in.
/// - `session`: one row a coordinator's run, from its start to its last commit.
/// - `event`: what needed attention.
/// - `campaign_totals` (view): kilometres and counts by family.
enum JournalSchema {
    /// "LHJL", in SQLite's header (`PRAGMA application_id`).
    static let applicationID: Int32 = 0x4C48_4A4C
    static let version = 4
    /// Older versions that can be read; a writer brings them up to date.
    static let oldest = 2

    static func create(in db: Database) throws {
        try db.execute(sql: tables)
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Brings a journal of an earlier version up to date.
    static func migrate(from found: Int, in db: Database) throws {
        if found < 3 {
            try db.execute(sql: "ALTER TABLE shard ADD COLUMN audit INTEGER NOT NULL DEFAULT 0")
            try db.execute(sql: addedInVersion3)
        }
        if found < 4 {
            for table in ["shard", "piece"] {
                try db.execute(sql: "ALTER TABLE \(table) ADD COLUMN policy_trace BLOB NOT NULL DEFAULT x''")
            }
        }
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    static let totalColumns = CampaignTotals.Sums.fields.map(\.name)

    private static var tables: String {
        """
        CREATE TABLE campaign (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          identity TEXT NOT NULL,
          name TEXT NOT NULL,
          seed TEXT NOT NULL,
          yaml TEXT NOT NULL,
          canonical_json TEXT NOT NULL,
          world_model_hash TEXT NOT NULL,
          policy TEXT NOT NULL,
          shard_size INTEGER NOT NULL,
          kernel TEXT NOT NULL,
          build TEXT NOT NULL,
          created_unix_seconds REAL NOT NULL
        ) STRICT;
        CREATE TABLE shard (
          shard INTEGER PRIMARY KEY,
          generation INTEGER NOT NULL,
          worker TEXT NOT NULL,
          first_scenario INTEGER NOT NULL,
          scenarios INTEGER NOT NULL,
          committed_unix_seconds REAL NOT NULL,
          wall_seconds REAL NOT NULL,
          step_digests BLOB NOT NULL,
          record_checksum TEXT NOT NULL,
          ego_millimeters INTEGER NOT NULL,
          audit INTEGER NOT NULL DEFAULT 0,
          policy_trace BLOB NOT NULL DEFAULT x''
        ) STRICT;
        CREATE TABLE total (
          shard INTEGER NOT NULL REFERENCES shard,
          family TEXT NOT NULL,
          \(totalColumns.map { "\($0) INTEGER NOT NULL" }.joined(separator: ",\n  ")),
          PRIMARY KEY (shard, family)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE block (
          shard INTEGER NOT NULL REFERENCES shard,
          sequence INTEGER NOT NULL,
          bytes BLOB NOT NULL,
          PRIMARY KEY (shard, sequence)
        ) STRICT;
        CREATE TABLE incident (
          scenario INTEGER PRIMARY KEY,
          shard INTEGER NOT NULL REFERENCES shard,
          family TEXT NOT NULL,
          outcome TEXT NOT NULL,
          collision_kind TEXT NOT NULL,
          collision_partner TEXT NOT NULL,
          collision_meters_per_second REAL NOT NULL,
          minimum_ttc_seconds REAL NOT NULL,
          simulated_seconds REAL NOT NULL,
          severity REAL NOT NULL,
          digest TEXT NOT NULL
        ) STRICT;
        CREATE INDEX incident_by_severity ON incident (severity DESC, scenario);
        CREATE TABLE session (
          id INTEGER PRIMARY KEY,
          started_unix_seconds REAL NOT NULL,
          last_commit_unix_seconds REAL NOT NULL
        ) STRICT;
        CREATE TABLE event (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          unix_seconds REAL NOT NULL,
          message TEXT NOT NULL
        ) STRICT;
        CREATE VIEW campaign_totals AS
          SELECT family, SUM(ego_millimeters) / 1e6 AS ego_kilometers,
            SUM(agent_millimeters) / 1e6 AS agent_kilometers,
            \(totalColumns.filter { !$0.hasSuffix("_millimeters") }.map { "SUM(\($0)) AS \($0)" }
                .joined(separator: ", "))
          FROM total GROUP BY family;
        \(addedInVersion3)
        ALTER TABLE piece ADD COLUMN policy_trace BLOB NOT NULL DEFAULT x'';
        """
    }

    private static let addedInVersion3 = """
        CREATE TABLE piece (
          shard INTEGER NOT NULL,
          first_scenario INTEGER NOT NULL,
          scenarios INTEGER NOT NULL,
          generation INTEGER NOT NULL,
          worker TEXT NOT NULL,
          wall_seconds REAL NOT NULL,
          step_digests BLOB NOT NULL,
          PRIMARY KEY (shard, first_scenario)
        ) STRICT;
        CREATE TABLE piece_block (
          shard INTEGER NOT NULL,
          first_scenario INTEGER NOT NULL,
          sequence INTEGER NOT NULL,
          bytes BLOB NOT NULL,
          PRIMARY KEY (shard, first_scenario, sequence)
        ) STRICT;
        CREATE TABLE quarantine (
          scenario INTEGER PRIMARY KEY,
          shard INTEGER NOT NULL,
          cause TEXT NOT NULL,
          workers TEXT NOT NULL,
          unix_seconds REAL NOT NULL
        ) STRICT;
        CREATE TABLE quarantined_worker (
          name TEXT PRIMARY KEY,
          host TEXT NOT NULL,
          cause TEXT NOT NULL,
          unix_seconds REAL NOT NULL
        ) STRICT;
        """
}
