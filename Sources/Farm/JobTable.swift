import Metrics
import RecordStore

/// The shards that a worker holds, from the lease to the acknowledgement. A pure value, told what engine
/// threads and coordinator do. Holds each result until the coordinator has acknowledged it.
package struct JobTable: Sendable {
    /// What should be sent next.
    enum Errand: Equatable {
        case lease(count: Int)
        case send(LeaseKey, sequence: Int, bytes: [UInt8])
        case commit([ShardResult])
    }

    private enum Stage { case waiting, running, finished(StepDigests, wallSeconds: Double) }

    private struct Job {
        let lease: ShardLease
        var stage = Stage.waiting
        var blocks: [[UInt8]] = []
        var blocksSent = 0
        var records: UInt32 = 0
        /// When it was asked to stop.
        var cancelledAt: Double?

        var progress: UInt32 {
            if case .waiting = stage { return 0 }
            return 1 + records
        }
        var isFinished: Bool {
            if case .finished = stage { return true }
            return false
        }
    }

    private let threads: Int
    private var jobs: [LeaseKey: Job] = [:]
    private var waiting: [LeaseKey] = []
    private(set) var counters = WorkCounters()

    init(threads: Int) { self.threads = threads }

    // MARK: Engine threads

    /// The next shard to roll out.
    package mutating func take() -> ShardLease? {
        guard !waiting.isEmpty else { return nil }
        let key = waiting.removeFirst()
        jobs[key]?.stage = .running
        return jobs[key]?.lease
    }

    package func isCancelled(_ key: LeaseKey) -> Bool {
        guard let job = jobs[key] else { return true }
        return job.cancelledAt != nil
    }

    package mutating func count(_ record: RolloutRecord, of key: LeaseKey) {
        counters.add(record)
        jobs[key]?.records += 1
    }

    package mutating func add(_ block: [UInt8], to key: LeaseKey) { jobs[key]?.blocks.append(block) }

    /// The end of a shard. Without digests it was cancelled, and is forgotten.
    package mutating func finish(_ key: LeaseKey, digests: StepDigests?, wallSeconds: Double) {
        if let digests {
            jobs[key]?.stage = .finished(digests, wallSeconds: wallSeconds)
        } else {
            jobs[key] = nil
        }
    }

    /// The shard's records can't be encoded: it is offered without blocks, which the coordinator refuses.
    mutating func spoil(_ key: LeaseKey, wallSeconds: Double) {
        jobs[key]?.blocks = []
        jobs[key]?.stage = .finished(StepDigests(sums: []), wallSeconds: wallSeconds)
    }

    // MARK: Control

    var keys: [LeaseKey] { jobs.keys.sorted { $0.generation < $1.generation } }
    var isEmpty: Bool { jobs.isEmpty }

    mutating func add(_ leases: [ShardLease]) {
        for lease in leases where jobs[lease.key] == nil {
            jobs[lease.key] = Job(lease: lease)
            waiting.append(lease.key)
        }
    }

    /// What to send next: blocks and results first, then the wish for more.
    func errand(mayLease: Bool, mayUpload: Bool) -> Errand? {
        if mayLease && wanted > 0 { return .lease(count: wanted) }
        return mayUpload ? upload() : nil
    }

    private func upload() -> Errand? {
        var results: [ShardResult] = []
        var bytes = 0
        // In the leases' order: nothing that a worker does may depend on a hash table's.
        let ready = jobs.filter { $0.value.isFinished || $0.value.blocksSent < $0.value.blocks.count }
        for (key, job) in ready.sorted(by: { $0.key.generation < $1.key.generation }) {
            if job.blocksSent < job.blocks.count {
                return .send(key, sequence: job.blocksSent, bytes: job.blocks[job.blocksSent])
            }
            guard case .finished(let digests, let wallSeconds) = job.stage else { continue }
            let result = ShardResult(
                key: key, scenarios: job.lease.scenarios, blockCount: job.blocks.count, stepDigests: digests,
                wallSeconds: wallSeconds)
            bytes += result.wireBytes
            let isFull = bytes > WireLimit.commitBytes || results.count == WireLimit.leases
            if isFull && !results.isEmpty { break }
            results.append(result)
        }
        return results.isEmpty ? nil : .commit(results)
    }

    /// What is held, and how far it is.
    var held: [Heartbeat.Held] {
        jobs.map { Heartbeat.Held(key: $0, progress: $1.progress) }
            .sorted { $0.key.generation < $1.key.generation }
    }

    mutating func markSent(_ key: LeaseKey) { jobs[key]?.blocksSent += 1 }

    /// The coordinator has lost its copy of the blocks of these shards, or of all.
    mutating func resend(_ key: LeaseKey? = nil) {
        for each in key.map({ [$0] }) ?? Array(jobs.keys) { jobs[each]?.blocksSent = 0 }
    }

    /// Acknowledged, or of no use any more.
    mutating func forget(_ key: LeaseKey) { jobs[key] = nil }

    /// Drops what has not begun and stops what is running. What is finished is offered all the same.
    mutating func cancel(_ keys: some Sequence<LeaseKey>, now: Double) {
        for key in keys {
            switch jobs[key]?.stage {
            case .waiting:
                jobs[key] = nil
                waiting.removeAll { $0 == key }
            case .running: if jobs[key]?.cancelledAt == nil { jobs[key]?.cancelledAt = now }
            case .finished, nil: break
            }
        }
    }

    /// Drops what has not begun.
    ///
    /// - Returns: those shards; they are no longer held.
    mutating func cancelWaiting() -> [LeaseKey] {
        let idle = waiting
        cancel(idle, now: 0)
        return idle
    }

    /// Stops what is running.
    ///
    /// - Returns: those shards.
    mutating func cancelRunning(now: Double) -> [LeaseKey] {
        let running = jobs.filter { !$0.value.isFinished && $0.value.cancelledAt == nil }.map(\.key)
            .sorted { $0.generation < $1.generation }
        cancel(running, now: now)
        return running
    }

    /// A shard that was asked to stop `seconds` ago and still runs: its engine thread hangs.
    func hung(for seconds: Double, now: Double) -> ShardLease? {
        // The sum that the wait for it ends at, so that rounding can't part the two.
        jobs.values.filter { !$0.isFinished && ($0.cancelledAt ?? .infinity) + seconds <= now }
            .min { $0.lease.key.generation < $1.lease.key.generation }?.lease
    }

    /// When the first shard that was asked to stop was.
    var firstCancelled: Double? { jobs.values.compactMap { $0.isFinished ? nil : $0.cancelledAt }.min() }

    var hasUploads: Bool { jobs.values.contains { $0.isFinished || $0.blocksSent < $0.blocks.count } }
    /// More shards are wanted.
    var wanted: Int {
        // Enough to do while a request for more is under way.
        max(0, threads + max(2, threads / 2) - jobs.values.count { !$0.isFinished })
    }
}
