import Farm
import Metrics

/// A worker's process, its machine, its engines, and its line to the coordinator.
struct SimulatedWorker {
    struct Engine {
        var lease: ShardLease
        var next: UInt64
    }

    let number: Int
    var name: String
    let threads: Int
    /// Wrong in all that it computes, if not 0.
    var error: UInt8 = 0
    /// Counts processes: whatever was planned for an earlier one is void.
    var incarnation = 0
    var machine: WorkerMachine?
    var began = 0.0
    /// Its clock is so far ahead.
    var clockAhead = 0.0
    var engines: [Engine?]
    /// Seconds a rollout.
    var pace = 0.2
    /// Doesn't run before this time (SIGSTOP).
    var stoppedUntil = 0.0
    var isCutOff = (to: false, from: false)
    /// What the next process will find.
    var deaths: [WorkerDeath] = []
    var instance: UInt64 = 0
    /// Of the wake-up that counts.
    var wakeToken = 0

    init(number: Int, threads: Int) {
        self.number = number
        self.threads = threads
        name = "w\(number)"
        engines = Array(repeating: nil, count: threads)
    }

    func clock(_ now: Double) -> Double { now - began + clockAhead }
}
