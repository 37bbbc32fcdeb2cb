import Metrics

/// One change of a journal. `Journal.apply` stores any number in one transaction, in order.
public enum JournalWrite: Sendable, Equatable {
    /// A whole shard.
    case commit(ShardCommit)
    /// Some scenarios of a shard that is rolled out in pieces. Durable, and counted with the whole.
    case piece(ShardCommit)
    /// All pieces of a shard are there, but for the scenarios in quarantine: they become the shard.
    case assemble(shard: Int, firstScenario: UInt64, scenarioCount: Int)
    /// A scenario that no worker got through.
    case quarantine(QuarantinedScenario)
    /// Another worker rolled the shard out again and agreed.
    case agreed(shard: Int)
    /// A worker whose results can't be trusted, or that keeps failing. Its results are another write's matter.
    case quarantineWorker(QuarantinedWorker)
    /// Takes back shards, and all that `worker` committed alone or with others and nobody has confirmed.
    case revoke(shards: [Int], worker: String?)
    /// A message for the event log.
    case log(String)
}

/// What became of a `JournalWrite`.
public enum JournalOutcome: Sendable, Equatable {
    /// Of a shard or piece, and who made what is stored of it now. A piece that was stored is `committed` with
    /// empty totals.
    case commit(CommitOutcome, by: String)
    /// What was taken back, and the totals of what is left.
    case revoked(shards: [Int], totals: CampaignTotals)
    case done
}

/// A scenario that is set aside, with what is known of the reason.
public struct QuarantinedScenario: Sendable, Equatable, Codable {
    public var scenario: UInt64
    public var shard: Int
    /// In few words, such as `crashed` or `timed out`.
    public var cause: String
    /// The workers that failed at it.
    public var workers: String
    /// Seconds since 1970; set by the journal.
    public var unixSeconds = 0.0

    public init(scenario: UInt64, shard: Int, cause: String, workers: String) {
        self.scenario = scenario
        self.shard = shard
        self.cause = cause
        self.workers = workers
    }
}

/// A worker that is no longer let in, with the reason.
public struct QuarantinedWorker: Sendable, Equatable, Codable {
    public var name: String
    public var host: String
    public var cause: String
    /// Seconds since 1970; set by the journal.
    public var unixSeconds = 0.0

    public init(name: String, host: String, cause: String) {
        self.name = name
        self.host = host
        self.cause = cause
    }
}

/// Whether a shard's result has been compared with another worker's.
public enum AuditState: Int, Sendable, Codable {
    case notChosen = 0
    /// Another worker is to roll it out again.
    case wanted = 1
    /// Another worker agreed.
    case agreed = 2
    /// Another worker's policy under test acted differently: the scenarios have that as their outcome.
    case partedByPolicy = 3
}
