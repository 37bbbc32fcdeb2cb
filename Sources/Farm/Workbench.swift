import Foundation
import Metrics
import RecordStore

/// The shards that a worker holds, between its engine threads and its control thread. Holds each result until
/// the coordinator has acknowledged it.
final class Workbench: @unchecked Sendable {
    /// What the control thread should do next.
    enum Errand {
        case lease(count: Int)
        case send(LeaseKey, sequence: Int, bytes: [UInt8])
        case commit([ShardResult])
        case nothing
    }

    private enum Stage { case waiting, running, finished(StepDigests, wallSeconds: Double) }

    private struct Job {
        let lease: ShardLease
        var stage = Stage.waiting
        var blocks: [[UInt8]] = []
        var blocksSent = 0
        var records: UInt32 = 0
        var isCancelled = false

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
    private let condition = NSCondition()
    private var jobs: [LeaseKey: Job] = [:]
    private var waiting: [LeaseKey] = []
    private var counters = WorkCounters()
    private var isStopped = false
    private var isDraining = false
    private var problem: String?

    init(threads: Int) { self.threads = threads }

    // MARK: Engine threads

    /// The next shard to roll out; waits for one. Nil: stop.
    func take() -> ShardLease? {
        condition.lock()
        defer { condition.unlock() }
        while !isStopped {
            if !waiting.isEmpty {
                let key = waiting.removeFirst()
                jobs[key]?.stage = .running
                condition.broadcast()
                if let lease = jobs[key]?.lease { return lease }
            } else {
                condition.wait()
            }
        }
        return nil
    }

    func isCancelled(_ key: LeaseKey) -> Bool {
        condition.withLock { isStopped || jobs[key]?.isCancelled ?? true }
    }

    func count(_ record: RolloutRecord, of key: LeaseKey) {
        condition.withLock {
            counters.add(record)
            jobs[key]?.records += 1
        }
    }

    func add(_ block: [UInt8], to key: LeaseKey) {
        condition.withLock {
            jobs[key]?.blocks.append(block)
            condition.broadcast()
        }
    }

    /// The end of a shard. Without digests it was cancelled, and is forgotten.
    func finish(_ key: LeaseKey, digests: StepDigests?, wallSeconds: Double) {
        condition.withLock {
            if let digests {
                jobs[key]?.stage = .finished(digests, wallSeconds: wallSeconds)
            } else {
                jobs[key] = nil
            }
            condition.broadcast()
        }
    }

    /// The shard's records can't be encoded: it is offered without blocks, which the coordinator refuses.
    func spoil(_ key: LeaseKey, wallSeconds: Double) {
        condition.withLock {
            jobs[key]?.blocks = []
            jobs[key]?.stage = .finished(StepDigests(sums: []), wallSeconds: wallSeconds)
            condition.broadcast()
        }
    }

    /// An engine thread can't go on.
    func report(problem text: String) {
        condition.withLock {
            problem = text
            condition.broadcast()
        }
    }

    // MARK: Control thread

    var failure: String? { condition.withLock { problem } }
    var keys: [LeaseKey] { condition.withLock { jobs.keys.sorted { $0.generation < $1.generation } } }
    var isEmpty: Bool { condition.withLock { jobs.isEmpty } }

    func add(_ leases: [ShardLease]) {
        condition.withLock {
            for lease in leases where jobs[lease.key] == nil {
                jobs[lease.key] = Job(lease: lease)
                waiting.append(lease.key)
            }
            condition.broadcast()
        }
    }

    /// What to do next; waits until `deadline` for something.
    ///
    /// - Parameter mayLease: false while the coordinator has nothing to lease.
    func errand(until deadline: Date, mayLease: Bool) -> Errand {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let errand = nextErrand(mayLease: mayLease) { return errand }
            if problem != nil || !condition.wait(until: deadline) { return .nothing }
        }
    }

    private func nextErrand(mayLease: Bool) -> Errand? {
        let unfinished = jobs.values.count { !$0.isFinished }
        // Enough to do while a request for more is under way.
        let wanted = threads + max(2, threads / 2)
        if mayLease && !isDraining && unfinished < wanted { return .lease(count: wanted - unfinished) }
        var results: [ShardResult] = []
        var bytes = 0
        for (key, job) in jobs {
            if job.blocksSent < job.blocks.count {
                return .send(key, sequence: job.blocksSent, bytes: job.blocks[job.blocksSent])
            }
            guard case .finished(let digests, let wallSeconds) = job.stage else { continue }
            let result = ShardResult(
                key: key, blockCount: job.blocks.count, stepDigests: digests, wallSeconds: wallSeconds)
            bytes += result.wireBytes
            let isFull = bytes > WireLimit.commitBytes || results.count == WireLimit.leases
            if isFull && !results.isEmpty { break }
            results.append(result)
        }
        return results.isEmpty ? nil : .commit(results)
    }

    func heartbeat() -> Heartbeat {
        condition.withLock {
            var heartbeat = Heartbeat()
            heartbeat.held = jobs.map { Heartbeat.Held(key: $0, progress: $1.progress) }
                .sorted { $0.key.generation < $1.key.generation }
            heartbeat.counters = counters
            heartbeat.isDraining = isDraining
            return heartbeat
        }
    }

    func markSent(_ key: LeaseKey) { condition.withLock { jobs[key]?.blocksSent += 1 } }

    /// The coordinator has lost its copy of the blocks of these shards, or of all.
    func resend(_ key: LeaseKey? = nil) {
        condition.withLock {
            for each in key.map({ [$0] }) ?? Array(jobs.keys) { jobs[each]?.blocksSent = 0 }
        }
    }

    /// Acknowledged, or of no use any more.
    func forget(_ key: LeaseKey) { condition.withLock { jobs[key] = nil } }

    /// Leases that went to somebody else. What is finished is offered all the same, and compared.
    func revoke(_ keys: [LeaseKey]) { condition.withLock { cancel(keys) } }

    /// No new shards.
    ///
    /// - Returns: those that had not begun; they are no longer held.
    func drain() -> [LeaseKey] {
        condition.withLock {
            isDraining = true
            let idle = waiting
            cancel(idle)
            return idle
        }
    }

    /// Cancels what is running.
    ///
    /// - Returns: those shards.
    func cancelRunning() -> [LeaseKey] {
        condition.withLock {
            let running = jobs.filter { !$0.value.isFinished }.map(\.key)
            cancel(running)
            return running
        }
    }

    /// The engine threads return.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    private func cancel(_ keys: [LeaseKey]) {
        for key in keys {
            switch jobs[key]?.stage {
            case .waiting:
                jobs[key] = nil
                waiting.removeAll { $0 == key }
            case .running: jobs[key]?.isCancelled = true
            case .finished, nil: break
            }
        }
    }
}
