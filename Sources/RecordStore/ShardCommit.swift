import Metrics

/// One shard's results, as a worker offers them.
public struct ShardCommit: Sendable, Equatable {
    public var shard: Int
    /// The lease's generation (fencing token) under which the shard was rolled out.
    public var generation: Int
    public var worker: String
    public var firstScenario: UInt64
    public var scenarioCount: Int
    /// Blocks of `BlockCodec`; together they hold each of the shard's scenarios once, in any order.
    public var blocks: [[UInt8]]
    public var stepDigests: StepDigests
    /// Time that the worker needed, seconds.
    public var wallSeconds: Double
    /// Scenarios of the range that are set aside: no record is expected of them.
    public var quarantined: [UInt64] = []
    /// Another worker is to roll the shard out again.
    public var isToBeAudited = false

    public init(
        shard: Int, generation: Int, worker: String, firstScenario: UInt64, scenarioCount: Int,
        blocks: [[UInt8]],
        stepDigests: StepDigests, wallSeconds: Double
    ) {
        self.shard = shard
        self.generation = generation
        self.worker = worker
        self.firstScenario = firstScenario
        self.scenarioCount = scenarioCount
        self.blocks = blocks
        self.stepDigests = stepDigests
        self.wallSeconds = wallSeconds
    }
}

/// What became of an offered shard.
public enum CommitOutcome: Sendable, Equatable {
    /// Stored and counted, durably; with its totals.
    case committed(CampaignTotals)
    /// Stored before with the same results: compared, not counted again.
    case duplicate
    /// Stored before with other results: not counted, and logged. Somebody's hardware or build is at fault.
    case mismatch(stored: ShardFingerprint, offered: ShardFingerprint)
    /// Stored before with other results, because the policy under test acted differently. So many more scenarios
    /// have that as their outcome now; with the totals of the whole campaign.
    case partedByPolicy(scenarios: Int, totals: CampaignTotals)
    /// Not a result of this shard: not stored, and logged.
    case refused(CommitRefusal)
}

/// What two rollouts of one shard must agree on.
public struct ShardFingerprint: Sendable, Equatable {
    public var stepDigests: StepDigests
    /// Hash over all fields of all records, in the scenarios' order.
    public var recordChecksum: UInt64

    public init(stepDigests: StepDigests, recordChecksum: UInt64) {
        self.stepDigests = stepDigests
        self.recordChecksum = recordChecksum
    }

    /// Where another fingerprint first differs, in words.
    public func difference(from other: ShardFingerprint) -> String {
        let own = stepDigests.sums, others = other.stepDigests.sums
        if let step = zip(own, others).enumerated().first(where: { $1.0 != $1.1 })?.offset {
            return "step \(step)"
        }
        if own.count != others.count { return "number of steps, \(own.count) and \(others.count)" }
        return recordChecksum == other.recordChecksum ? "nothing" : "the records' metrics"
    }
}

/// Why an offered shard can't be a result of this campaign.
public enum CommitRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The shard's range is not the one that the campaign gives it.
    case range(String)
    /// A limit of `Journal` is exceeded.
    case limit(String)
    /// A block doesn't decode.
    case block(sequence: Int, BlockError)
    /// The blocks don't hold each scenario of the shard exactly once.
    case scenarios(String)

    public var description: String {
        switch self {
        case .range(let problem): "wrong range: \(problem); the worker runs another campaign or version"
        case .limit(let problem): "limit exceeded: \(problem); check the worker's version"
        case .block(let sequence, let error): "block \(sequence): \(error)"
        case .scenarios(let problem): "wrong scenarios: \(problem); check the worker's version"
        }
    }
}

/// One line of the journal's shard table.
public struct CommittedShard: Sendable, Equatable {
    public var shard: Int
    public var generation: Int
    public var worker: String
    public var scenarioCount: Int
    public var egoMillimeters: UInt64
    /// Seconds since 1970.
    public var committedUnixSeconds: Double
    public var wallSeconds: Double
    public var audit: AuditState

    public init(
        shard: Int, generation: Int, worker: String, scenarioCount: Int, egoMillimeters: UInt64,
        committedUnixSeconds: Double = 0, wallSeconds: Double = 0, audit: AuditState = .notChosen
    ) {
        self.shard = shard
        self.generation = generation
        self.worker = worker
        self.scenarioCount = scenarioCount
        self.egoMillimeters = egoMillimeters
        self.committedUnixSeconds = committedUnixSeconds
        self.wallSeconds = wallSeconds
        self.audit = audit
    }
}
