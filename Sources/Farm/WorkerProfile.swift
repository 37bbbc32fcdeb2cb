/// Who a worker is and how patient: what a `WorkerMachine` has to know.
package struct WorkerProfile: Sendable {
    /// Drawn at random when the worker's process starts.
    package var instance: UInt64
    /// The coordinator's, for errors.
    package var address = ""
    package var hello = WorkerHello()
    /// Engine threads.
    package var threads: Int
    package var giveUpAfterSeconds: Double?
    package var drainSeconds = 20.0
    /// The worker has to have ended by this time; nil: no limit.
    package var walltimeSeconds: Double?
    /// The worker leaves when there was nothing to do for so long; nil: never.
    package var idleTimeoutSeconds: Double?
    /// An engine that was asked to stop and doesn't for so long hangs.
    package var hangSeconds = 10.0

    package init(instance: UInt64, threads: Int) {
        self.instance = instance
        self.threads = threads
        hello.instance = instance
        hello.threads = threads
    }
}
