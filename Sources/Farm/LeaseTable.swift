/// Who works on which shard. A pure value: it is told the time (seconds from any origin, never backwards) and
/// never reads a clock. Every operation takes O(log n) per shard that it touches.
///
/// Each lease has a generation, a fencing token that no other lease ever has. A rollout is a pure function of
/// its scenario, so a result counts whoever brings it, also under a lease that has expired: the first one is
/// counted, every later one compared with it.
public struct LeaseTable: Sendable {
    public struct Settings: Sendable {
        /// A lease that isn't renewed expires after this time.
        public var leaseSeconds = 10.0
        /// A lease isn't renewed for a shard that shows no progress for so long.
        public var stallSeconds = 600.0
        /// When nothing else is left, a shard that has been out for so long is leased a second time.
        public var speculateAfterSeconds = 5.0
        /// Evidence against a shard at which it is rolled out in pieces instead; see `LossCause.evidence`.
        public var evidenceUntilSplit = 4

        public init() {}
    }

    public enum Status: UInt8, Sendable {
        case pending, leased, committed
        /// Rolled out in pieces, which this table knows nothing of.
        case split
    }

    public enum Verdict: Sendable, Equatable {
        /// The first result of its shard: it counts.
        case accept
        /// The shard was committed before: compare.
        case duplicate
        /// No lease of this shard and generation was ever given.
        case unknown
    }

    /// A lease that ended without a result.
    public struct Loss: Sendable, Equatable {
        public var key: LeaseKey
        public var worker: UInt64
        public var cause: LossCause
        /// The worker had begun the shard.
        public var hadBegun: Bool
        /// The shard is split because of it.
        public var isSplit: Bool
    }

    struct Holder: Sendable {
        var worker: UInt64
        var generation: UInt64
        var issued: Double
        var deadline: Double
        var progress: UInt32 = 0
        var progressed: Double
    }

    struct Deadline: Comparable, Sendable {
        var time: Double
        var key: LeaseKey
        static func < (a: Self, b: Self) -> Bool { (a.time, a.key.generation) < (b.time, b.key.generation) }
    }

    struct Issue: Comparable, Sendable {
        var generation: UInt64
        var shard: Int
        static func < (a: Self, b: Self) -> Bool { a.generation < b.generation }
    }

    let settings: Settings
    var statuses: [Status]
    /// No shard from here on was ever leased by this table.
    var frontier = 0
    private var lastCommitted = -1
    /// Shards below the frontier that wait again; may hold some that no longer do.
    var returned = MinHeap<Int>()
    /// Of leased shards: one holder, or two at the tail.
    var holders: [Int: [Holder]] = [:]
    var held: [UInt64: Set<Int>] = [:]
    /// May hold leases that have ended or were renewed.
    var deadlines = MinHeap<Deadline>()
    /// In the order of issue; may hold leases that have ended.
    var issues = MinHeap<Issue>()
    /// Against open shards.
    var evidence: [Int: Int] = [:]
    var nextGeneration: UInt64

    /// Shards there are so far.
    public var count: Int { statuses.count }
    public private(set) var committedCount = 0
    /// Shards that are rolled out in pieces.
    public private(set) var split: Set<Int> = []
    /// All shards below are committed.
    public private(set) var settledPrefix = 0
    public var leasedCount: Int { holders.count }
    /// Shards that nobody works on and that may be leased.
    public var pendingCount: Int { openCount - leasedCount }
    /// Shards without a result that aren't split.
    public var openCount: Int { count - committedCount - split.count }
    public var isFinished: Bool { count == committedCount }

    /// - Parameters:
    ///   - committed: shards that have a result already; they may lie beyond `count`.
    ///   - firstGeneration: above any generation that an earlier table of the same campaign gave.
    public init(
        count: Int, committed: some Sequence<Int> = [], firstGeneration: UInt64 = 1,
        settings: Settings = Settings()
    ) {
        self.settings = settings
        statuses = Array(repeating: .pending, count: count)
        nextGeneration = firstGeneration
        for shard in committed {
            grow(to: shard + 1)
            if statuses[shard] != .committed { settle(shard, as: .committed) }
        }
    }

    public func status(of shard: Int) -> Status? {
        statuses.indices.contains(shard) ? statuses[shard] : nil
    }

    public func leases(of worker: UInt64) -> Int { held[worker]?.count ?? 0 }

    /// Adds shards so that there are at least `count`.
    public mutating func grow(to count: Int) {
        guard count > statuses.count else { return }
        statuses.append(contentsOf: repeatElement(.pending, count: count - statuses.count))
    }

    /// All shards from here on are as they were at the start: nobody ever had them.
    public var begunPrefix: Int { max(frontier, lastCommitted + 1) }

    /// Up to `count` leases of shards below `limit`, lowest first; at the tail also second copies of shards
    /// that take long.
    public mutating func lease(
        worker: UInt64, now: Double, count: Int, below limit: Int = .max
    ) -> [LeaseKey] {
        var leases: [LeaseKey] = []
        while leases.count < count,
            let shard = nextPending(below: limit) ?? nextSpeculative(worker: worker, now: now)
        {
            let key = LeaseKey(shard: shard, generation: newGeneration())
            hold(key, worker: worker, now: now)
            leases.append(key)
        }
        return leases
    }

    /// Renews what `worker` holds. A shard that it lost meanwhile but that still waits becomes its own again.
    ///
    /// - Parameter progress: any number that grows while the shard is worked on, 0 before it is begun.
    /// - Returns: false if the lease is no longer the worker's.
    public mutating func renew(_ key: LeaseKey, worker: UInt64, progress: UInt32, now: Double) -> Bool {
        guard let status = status(of: key.shard), key.generation > 0 else { return false }
        if status == .pending, key.generation < nextGeneration {
            hold(key, worker: worker, now: now)
        }
        guard let index = holderIndex(key), holders[key.shard]?[index].worker == worker else { return false }
        holders[key.shard]?[index].renew(progress: progress, now: now, settings: settings)
        return true
    }

    /// Whether a result under this lease can be one of this campaign.
    public func verdict(_ key: LeaseKey) -> Verdict {
        guard let status = status(of: key.shard), key.generation > 0, key.generation < nextGeneration else {
            return .unknown
        }
        return status == .committed ? .duplicate : .accept
    }

    /// Takes note of a result; whoever else works on the shard holds it no longer.
    public mutating func commit(_ key: LeaseKey) -> Verdict {
        let verdict = verdict(key)
        if verdict == .accept {
            drop(key.shard)
            settle(key.shard, as: .committed)
        }
        return verdict
    }

    /// The worker doesn't want this shard.
    @discardableResult
    public mutating func giveBack(_ key: LeaseKey, worker: UInt64) -> Loss? {
        guard let index = holderIndex(key), holders[key.shard]?[index].worker == worker else { return nil }
        return end(key, because: .preempted)
    }

    /// The worker's result for this shard can't be used.
    public mutating func fail(_ key: LeaseKey) -> Loss? {
        guard holderIndex(key) != nil else { return nil }
        return end(key, because: .unusable)
    }

    /// The worker said goodbye.
    @discardableResult
    public mutating func leave(worker: UInt64) -> [Loss] { release(worker, because: .preempted) }

    /// The worker vanished. Evidence against the shards that it had begun.
    public mutating func lost(worker: UInt64) -> [Loss] { release(worker, because: .lost) }

    /// Somebody found out later why a worker failed at a shard, whoever holds it now.
    ///
    /// - Returns: whether the shard is split because of it.
    public mutating func accuse(_ shard: Int, of cause: LossCause) -> Bool {
        guard let status = status(of: shard), status != .committed, status != .split else { return false }
        evidence[shard, default: 0] += cause.evidence
        guard evidence[shard] ?? 0 >= settings.evidenceUntilSplit else { return false }
        drop(shard)
        settle(shard, as: .split)
        return true
    }

    /// Takes back a shard that was committed or split: it waits again.
    public mutating func reopen(_ shard: Int) {
        guard let status = status(of: shard), status == .committed || status == .split else { return }
        if status == .committed { committedCount -= 1 }
        split.remove(shard)
        statuses[shard] = .pending
        returned.insert(shard)
        settledPrefix = min(settledPrefix, shard)
    }

    /// The shard is whole, though nobody holds it: its pieces are.
    mutating func complete(_ shard: Int) {
        guard let status = status(of: shard), status != .committed else { return }
        drop(shard)
        settle(shard, as: .committed)
    }

    /// The shard is rolled out in pieces from now on.
    mutating func markSplit(_ shard: Int) {
        grow(to: shard + 1)
        guard statuses[shard] != .committed else { return }
        drop(shard)
        settle(shard, as: .split)
    }

    /// A generation that no lease ever had, for a lease that is kept elsewhere.
    mutating func newGeneration() -> UInt64 {
        defer { nextGeneration += 1 }
        return nextGeneration
    }

    /// Ends the leases whose deadline is over.
    public mutating func expire(now: Double) -> [Loss] {
        var losses: [Loss] = []
        while let due = deadlines.least, due.time <= now {
            _ = deadlines.removeLeast()
            guard let index = holderIndex(due.key), let holder = holders[due.key.shard]?[index] else {
                continue
            }
            if holder.deadline > now {
                deadlines.insert(Deadline(time: holder.deadline, key: due.key))
            } else {
                let hasStalled = now >= holder.progressed + settings.stallSeconds
                let loss = end(due.key, because: hasStalled && holder.progress > 0 ? .timedOut : .lost)
                if let loss { losses.append(loss) }
            }
        }
        return losses
    }

    mutating func settle(_ shard: Int, as status: Status) {
        split.remove(shard)
        statuses[shard] = status
        switch status {
        case .committed:
            committedCount += 1
            lastCommitted = max(lastCommitted, shard)
            evidence[shard] = nil
        case .split: split.insert(shard)
        case .pending, .leased: return
        }
        while settledPrefix < count, statuses[settledPrefix] == .committed { settledPrefix += 1 }
    }
}
