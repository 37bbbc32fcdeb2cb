import RecordStore

/// Which shards are rolled out again by another worker, and what the workers say where they differ. A pure value.
struct AuditBook: Sendable {
    /// What the opinions so far amount to.
    enum Verdict: Sendable, Equatable {
        /// More opinions are needed.
        case open
        /// Most workers say what is committed, or something else; these are the odd ones out.
        case decided(committedIsRight: Bool, odd: [String])
    }

    /// Differing opinions on one shard.
    private struct Dispute: Sendable {
        /// Of the committed result.
        var committed: ShardFingerprint
        var opinions: [String: ShardFingerprint]
    }

    private let share: Double
    private let seed: UInt64
    private var disputes: [Int: Dispute] = [:]

    init(share: Double, seed: UInt64) {
        self.share = share
        self.seed = seed
    }

    func isChosen(_ shard: Int) -> Bool {
        var random = SplitMix(seed: seed ^ UInt64(truncatingIfNeeded: shard) &* 0xd134_2543_de82_ef95)
        return random.unit() < share
    }

    func isDisputed(_ shard: Int) -> Bool { disputes[shard] != nil }

    /// Workers that have said something about a disputed shard.
    func workers(on shard: Int) -> Set<String> { Set(disputes[shard]?.opinions.keys.map(\.self) ?? []) }

    /// A worker got another result than the committed one.
    mutating func differ(
        _ shard: Int, committed: ShardFingerprint, by committer: String, offered: ShardFingerprint,
        by worker: String
    ) -> Verdict {
        if disputes[shard] == nil {
            disputes[shard] = Dispute(committed: committed, opinions: [committer: committed])
        }
        // One that differs from itself needs no other to be found out.
        if let earlier = disputes[shard]?.opinions[worker], earlier != offered {
            return .decided(committedIsRight: worker != committer, odd: [worker])
        }
        disputes[shard]?.opinions[worker] = offered
        return verdict(shard)
    }

    /// A worker got the committed result of a disputed shard.
    mutating func agree(_ shard: Int, by worker: String) -> Verdict {
        guard let committed = disputes[shard]?.committed else { return .open }
        if let earlier = disputes[shard]?.opinions[worker], earlier != committed {
            return .decided(committedIsRight: true, odd: [worker])
        }
        disputes[shard]?.opinions[worker] = committed
        return verdict(shard)
    }

    mutating func close(_ shard: Int) { disputes[shard] = nil }

    private func verdict(_ shard: Int) -> Verdict {
        guard let dispute = disputes[shard] else { return .open }
        for (_, candidate) in dispute.opinions.sorted(by: { $0.key < $1.key })
        where dispute.opinions.values.count(where: { $0 == candidate }) > 1 {
            let odd = dispute.opinions.filter { $0.value != candidate }.keys.sorted()
            return .decided(committedIsRight: candidate == dispute.committed, odd: odd)
        }
        return .open
    }
}
