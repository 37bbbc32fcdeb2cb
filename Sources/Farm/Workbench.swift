import Foundation
import Metrics

/// A `WorkerMachine` shared by a worker's engine threads and its control thread: a lock, and a clock.
final class Workbench: @unchecked Sendable {
    private let condition = NSCondition()
    /// Rung whenever the machine has changed. The control thread waits on it, because its time limit doesn't
    /// depend on the wall clock, which may jump.
    private let bell = DispatchSemaphore(value: 0)
    private let origin = ContinuousClock.now
    private var machine: WorkerMachine
    private var isStopped = false

    init(_ machine: WorkerMachine) { self.machine = machine }

    /// Changes the machine; whoever waits looks again.
    func change<T>(_ body: (inout WorkerMachine, _ now: Double) -> T) -> T {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
            bell.signal()
        }
        return body(&machine, now)
    }

    /// The next action that is no waiting, and what there is to tell before it.
    func nextAction() -> (action: WorkerMachine.Action, news: [WorkerEvent]) {
        while true {
            while bell.wait(timeout: .now()) == .success {}
            let (action, news) = condition.withLock { (machine.next(now: now), machine.takeNews()) }
            guard case .wait(let until) = action, news.isEmpty else { return (action, news) }
            _ = bell.wait(timeout: .now() + min(max(0.001, until - now), 1))
        }
    }

    // MARK: Engine threads

    /// The next shard to roll out; waits for one. Nil: stop.
    func take() -> ShardLease? {
        condition.lock()
        defer { condition.unlock() }
        while !isStopped {
            if let lease = machine.jobs.take() {
                bell.signal()
                return lease
            }
            condition.wait()
        }
        return nil
    }

    func isCancelled(_ key: LeaseKey) -> Bool {
        condition.withLock { isStopped || machine.jobs.isCancelled(key) }
    }

    func count(_ record: RolloutRecord, of key: LeaseKey) {
        condition.withLock { machine.jobs.count(record, of: key) }
    }

    /// The engine threads return.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    /// Seconds since the worker began.
    private var now: Double { (ContinuousClock.now - origin) / .seconds(1) }
}
