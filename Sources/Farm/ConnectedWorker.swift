/// What the coordinator knows of one worker. A pure value.
struct ConnectedWorker: Sendable {
    /// Nobody can guess another worker's: see `CoordinatorMachine.newNumber`.
    let id: UInt64
    /// Counts those that joined.
    let order: UInt64
    var hello: WorkerHello
    var state = FarmSnapshot.Worker.State.active
    /// The last request and its answer, for when it comes again.
    var lastSequence: UInt64
    var lastReply: FarmReply?
    var lastSeen: Double
    var rate = RateMeter()
    var shardsCommitted = 0
    var mismatches = 0

    /// It works, as far as anybody knows.
    var isHere: Bool { state == .active || state == .draining }

    /// The most shards that it may hold or have blocks of at a time.
    var shardLimit: Int { 4 * hello.threads + 64 }
}
