/// Blocks of shards that aren't committed yet, of all workers, in memory: each worker keeps its own copy
/// until then. A pure value.
struct BlockStaging: Sendable {
    private static let blocksPerShard = 4_096
    private static let byteLimit = 512 << 20

    private var workers: [UInt64: [LeaseKey: [Int: [UInt8]]]] = [:]
    /// Of all blocks.
    private(set) var bytes = 0

    /// Keeps a block; a repeated one replaces itself.
    ///
    /// - Parameter shardLimit: the most shards that this worker may have blocks of.
    /// - Returns: false if there is no room.
    mutating func add(
        _ block: [UInt8], sequence: Int, of key: LeaseKey, worker: UInt64, shardLimit: Int
    ) -> Bool {
        guard (0..<Self.blocksPerShard).contains(sequence), bytes + block.count <= Self.byteLimit,
            workers[worker]?[key] != nil || workers[worker]?.count ?? 0 < shardLimit
        else { return false }
        let replaced = workers[worker, default: [:]][key, default: [:]].updateValue(block, forKey: sequence)
        bytes += block.count - (replaced?.count ?? 0)
        return true
    }

    /// The first `count` blocks of a shard, or nil if one is missing.
    func blocks(of key: LeaseKey, worker: UInt64, count: Int) -> [[UInt8]]? {
        guard let blocks = workers[worker]?[key], count == blocks.count else { return nil }
        var ordered: [[UInt8]] = []
        for sequence in 0..<count {
            guard let block = blocks[sequence] else { return nil }
            ordered.append(block)
        }
        return ordered
    }

    /// - Returns: how many bytes were kept of the shard.
    @discardableResult
    mutating func remove(_ key: LeaseKey, worker: UInt64) -> Int {
        let removed = Self.bytes(workers[worker]?.removeValue(forKey: key) ?? [:])
        if workers[worker]?.isEmpty == true { workers[worker] = nil }
        bytes -= removed
        return removed
    }

    /// Whatever a worker sent.
    mutating func removeAll(worker: UInt64) {
        for blocks in (workers.removeValue(forKey: worker) ?? [:]).values { bytes -= Self.bytes(blocks) }
    }

    private static func bytes(_ blocks: [Int: [UInt8]]) -> Int { blocks.values.reduce(0) { $0 + $1.count } }
}
