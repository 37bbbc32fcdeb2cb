/// What the coordinator knows of one worker. A pure value.
struct ConnectedWorker: Sendable {
    let id: UInt64
    var hello: WorkerHello
    var state = FarmSnapshot.Worker.State.active
    /// The last request and its answer, for when it comes again.
    var lastSequence: UInt64
    var lastReply: [UInt8] = []
    var lastSeen: Double
    var rate = RateMeter()
    var shardsCommitted = 0
    var mismatches = 0
    var staging = BlockStaging()

    /// The most shards that it may hold or have blocks of at a time.
    var shardLimit: Int { 4 * hello.threads + 64 }
}

/// Blocks of shards that aren't committed yet, in memory: the worker keeps its own copy until then.
struct BlockStaging: Sendable {
    private static let blocksPerShard = 4_096
    private var shards: [LeaseKey: [Int: [UInt8]]] = [:]
    private(set) var bytes = 0

    /// Keeps a block; a repeated one replaces itself.
    ///
    /// - Returns: false if there is no room.
    mutating func add(
        _ block: [UInt8], sequence: Int, of key: LeaseKey, shardLimit: Int, byteLimit: Int
    ) -> Bool {
        guard (0..<Self.blocksPerShard).contains(sequence), bytes + block.count <= byteLimit,
            shards[key] != nil || shards.count < shardLimit
        else { return false }
        let replaced = shards[key, default: [:]].updateValue(block, forKey: sequence)
        bytes += block.count - (replaced?.count ?? 0)
        return true
    }

    /// The first `count` blocks of a shard, or nil if one is missing.
    func blocks(of key: LeaseKey, count: Int) -> [[UInt8]]? {
        guard let blocks = shards[key], count == blocks.count else { return nil }
        var ordered: [[UInt8]] = []
        for sequence in 0..<count {
            guard let block = blocks[sequence] else { return nil }
            ordered.append(block)
        }
        return ordered
    }

    mutating func remove(_ key: LeaseKey) {
        for block in (shards.removeValue(forKey: key) ?? [:]).values { bytes -= block.count }
    }

    mutating func removeAll() { self = BlockStaging() }
}
