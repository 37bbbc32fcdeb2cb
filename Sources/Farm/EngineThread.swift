import Foundation
import Metrics
import RecordStore

/// One thread that rolls out shards from the workbench until it is stopped.
final class EngineThread: @unchecked Sendable {
    private static let stackBytes = 16 << 20
    private let done = DispatchSemaphore(value: 0)

    /// Starts the thread; the runner is made on it.
    init(
        index: Int, bench: Workbench, recorder: FlightRecorder?, recordsPerBlock: Int,
        makeRunner: @escaping @Sendable () throws -> any ShardRunner
    ) {
        let done = done
        let thread = Thread {
            defer { done.signal() }
            recorder?.takeOff(index)
            do {
                Self.work(try makeRunner(), bench, recorder, index, recordsPerBlock)
            } catch {
                bench.change { machine, _ in machine.engineFailed("\(error)") }
            }
        }
        thread.stackSize = Self.stackBytes
        thread.name = "engine \(index)"
        thread.start()
    }

    /// Waits for the thread to end.
    func join() { done.wait() }

    private static func work(
        _ runner: any ShardRunner, _ bench: Workbench, _ recorder: FlightRecorder?, _ index: Int,
        _ recordsPerBlock: Int
    ) {
        while let lease = bench.take() {
            let key = lease.key
            recorder?.begin(lease, thread: index)
            defer { recorder?.end(thread: index) }
            let began = ContinuousClock.now
            var records: [RolloutRecord] = []
            var isSpoiled = false
            func flush() {
                if records.isEmpty || isSpoiled { return }
                if let block = try? BlockCodec.encode(records) {
                    bench.change { machine, _ in machine.jobs.add(block, to: key) }
                } else {
                    isSpoiled = true
                }
                records.removeAll(keepingCapacity: true)
            }
            let digests = runner.run(
                scenarios: lease.firstScenario..<lease.firstScenario + UInt64(lease.scenarioCount),
                isCancelled: { bench.isCancelled(key) },
                emit: { record in
                    records.append(record)
                    bench.count(record, of: key)
                    if records.count >= recordsPerBlock { flush() }
                })
            if digests != nil { flush() }
            let wallSeconds = (ContinuousClock.now - began) / .seconds(1)
            let isUnusable = isSpoiled
            bench.change { machine, _ in
                if isUnusable && digests != nil {
                    machine.jobs.spoil(key, wallSeconds: wallSeconds)
                } else {
                    machine.jobs.finish(key, digests: digests, wallSeconds: wallSeconds)
                }
            }
        }
    }
}
