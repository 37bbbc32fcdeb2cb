import Metrics
import RecordStore
import Scenarios

/// What a coordinator decides: who gets which lease, what is stored, what each request is answered. A pure
/// value: it is told requests, what the journal did, and the time (seconds from any origin, never backwards),
/// and gives back answers and what is to be stored. It never reads a clock, a socket or a file, so a test can
/// drive the very same code through any schedule of faults.
package struct CoordinatorMachine: Sendable {
    /// A request that waits for its answer.
    package typealias Ticket = UInt64

    package enum Effect: Sendable {
        case reply(Ticket, FarmReply)
        /// The same request came again, over another connection: nobody waits for this answer any more.
        case drop(Ticket)
    }

    /// What a new coordinator finds in the journal.
    package struct Start: Sendable {
        /// Of this coordinator's run; higher than that of every earlier run on the same folder.
        package var session: UInt64
        package var committed: [CommittedShard] = []
        /// Ranges that are stored of shards that aren't whole yet.
        package var pieces: [Int: [Range<UInt64>]] = [:]
        package var quarantined: [QuarantinedScenario] = []
        package var quarantinedWorkers: [QuarantinedWorker] = []
        package var totals = CampaignTotals()
        package var blockBytes = 0
        /// Time that earlier coordinators have worked on the campaign, seconds.
        package var activeSeconds = 0.0

        package init(session: UInt64) { self.session = session }
    }

    package static let shardLimit = 100_000_000

    let settings: FarmSettings
    let start: Start
    var table: LeaseTable
    var errands: ErrandTable
    var audits: AuditBook
    var trust = WorkerTrust()
    /// Scenarios that were set aside, by shard.
    var quarantine: [Int: Set<UInt64>] = [:]
    var progress: CampaignProgress
    var workers: [UInt64: ConnectedWorker] = [:]
    var instances: [UInt64: UInt64] = [:]
    /// Workers that were given a number.
    var joined: UInt64 = 0
    var staging = BlockStaging()
    var offers: [CommitOffer] = []
    /// Processes that are known to have ended without a goodbye.
    var knownDeaths: Set<UInt64> = []
    /// What has to be stored beside the offers, in order.
    var chores: [JournalWrite] = []
    var underWay = WriteGroup()
    package internal(set) var attention = AttentionLog()
    var totals: CampaignTotals
    var blockBytes: Int
    var startFraction = 0.0
    /// The sums of all committed shards are wanted: `remember` each, in order, then `remembered`.
    package internal(set) var wantsSums = true
    package internal(set) var isFinished = false
    private var effects: [Effect] = []
    /// When something was last heard of the world, and how long this coordinator wasn't there in between.
    private var lastHeard = 0.0
    private(set) var absentSeconds = 0.0

    /// - Throws: `CoordinatorError` if the campaign can't be run, or not on what is committed.
    package init(_ settings: FarmSettings, start: Start) throws(CoordinatorError) {
        self.settings = settings
        self.start = start
        progress = CampaignProgress(campaign: settings.campaign)
        guard progress.shardsToStart <= Self.shardLimit else {
            throw .tooManyShards(progress.shardsToStart, limit: Self.shardLimit)
        }
        // A smaller goal than before leaves shards over.
        let committed = start.committed.filter { [progress] in !progress.scenarios(of: $0.shard).isEmpty }
        // Sessions are counted by the journal, not by a clock that may jump: generations grow over restarts.
        table = LeaseTable(
            count: progress.shardsToStart, committed: committed.map(\.shard),
            firstGeneration: start.session << 32 | 1, settings: settings.leases)
        errands = ErrandTable(settings: settings.leases, soloSeconds: settings.soloSeconds)
        audits = AuditBook(share: settings.auditShare, seed: settings.auditSeed)
        totals = start.totals
        blockBytes = start.blockBytes
        for shard in committed {
            let expected = progress.scenarios(of: shard.shard).count
            guard shard.scenarioCount == expected else {
                throw .shardCutShort(
                    folder: settings.folder, shard: shard.shard, scenarios: shard.scenarioCount,
                    expected: expected)
            }
        }
        goOn(with: start, committed: committed)
    }

    /// The sums of a committed shard over all families.
    package mutating func remember(_ shard: Int, _ sums: CampaignTotals.Sums) {
        guard !progress.scenarios(of: shard).isEmpty else { return }
        progress.add(shard: shard, sums: sums, settledPrefix: min(shard + 1, table.settledPrefix))
    }

    /// All of them have come.
    package mutating func remembered() {
        progress.advance(to: table.settledPrefix)
        if startFraction == 0 { startFraction = progress.fraction(scenariosCommitted: totals.all.rollouts) }
        wantsSums = false
    }

    /// Takes up what an earlier coordinator left half done.
    private mutating func goOn(with start: Start, committed: [CommittedShard]) {
        for worker in start.quarantinedWorkers { trust.quarantine(worker) }
        for entry in start.quarantined { quarantine[entry.shard, default: []].insert(entry.scenario) }
        for shard in committed where shard.audit == .wanted {
            errands.openOpinion(
                on: shard.shard, scenarios: progress.scenarios(of: shard.shard), avoiding: [shard.worker],
                now: 0)
        }
        let whole = Set(committed.map(\.shard))
        for shard in Set(start.pieces.keys).union(quarantine.keys).sorted() where !whole.contains(shard) {
            let scenarios = progress.scenarios(of: shard)
            if scenarios.isEmpty { continue }
            table.markSplit(shard)
            let aside = (quarantine[shard] ?? []).map { $0..<$0 + 1 }
            let gaps = scenarios.subtracting((start.pieces[shard] ?? []) + aside)
            errands.openPieces(gaps, of: shard, cutUp: false, now: 0)
            assembleIfComplete(shard)
        }
    }

    /// The time that counts against workers: not that during which this process did not run, because it was
    /// stopped, waited for a slow disk, or its machine slept.
    mutating func ownTime(_ now: Double) -> Double {
        let silence = now - lastHeard
        lastHeard = max(lastHeard, now)
        if silence > settings.absenceSeconds { absentSeconds += silence }
        return max(lastHeard, now) - absentSeconds
    }

    /// Time between two heartbeats of a worker, seconds.
    var heartbeatSeconds: Double {
        max(settings.heartbeatSeconds, Double(workers.count) / settings.heartbeatsPerSecond)
    }

    /// Whoever was here has left. (Somebody may still be on his way where nobody was here yet.)
    package var hasNobody: Bool { !workers.isEmpty && !workers.values.contains { $0.isHere } }

    /// Answers since the last call, in order.
    package mutating func takeEffects() -> [Effect] {
        defer { effects.removeAll(keepingCapacity: true) }
        return effects
    }

    mutating func emit(_ effect: Effect) { effects.append(effect) }
}

extension Range<UInt64> {
    /// What is left without `others`, in order.
    func subtracting(_ others: [Range<UInt64>]) -> [Range<UInt64>] {
        var gaps: [Range<UInt64>] = []
        var next = lowerBound
        for other in others.sorted(by: { $0.lowerBound < $1.lowerBound }) where other.overlaps(self) {
            if other.lowerBound > next { gaps.append(next..<other.lowerBound) }
            next = Swift.max(next, other.upperBound)
        }
        if next < upperBound { gaps.append(next..<upperBound) }
        return gaps
    }
}
