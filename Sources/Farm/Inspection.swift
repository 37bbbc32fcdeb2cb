import Metrics

/// What tests look at while they drive the machines. Read-only.
extension CoordinatorMachine {
    package struct LeaseHolder: Sendable {
        package let key: LeaseKey
        package let worker: UInt64
    }

    /// Every lease that is valid now.
    package var leaseHolders: [LeaseHolder] {
        table.holders.flatMap { shard, holders in
            holders.map {
                LeaseHolder(key: LeaseKey(shard: shard, generation: $0.generation), worker: $0.worker)
            }
        } + errands.errands.values.compactMap { errand in
            errand.holder.map {
                LeaseHolder(
                    key: LeaseKey(shard: errand.shard, generation: $0.generation), worker: $0.worker)
            }
        }
    }

    /// Whether this lease is valid and this worker's.
    package func isHeld(_ key: LeaseKey, by worker: UInt64) -> Bool {
        if let index = table.holderIndex(key) { return table.holders[key.shard]?[index].worker == worker }
        guard let number = errands.number(of: key) else { return false }
        return errands.errands[number]?.holder?.worker == worker
    }

    /// The last request that a worker made.
    package func lastSequence(of worker: UInt64) -> UInt64 { workers[worker]?.lastSequence ?? 0 }

    package var campaignTotals: CampaignTotals { totals }
}

extension WorkerMachine {
    /// The request whose answer it waits for.
    package var awaited: (sequence: UInt64, attempt: Int)? {
        outstanding.map { ($0.request.sequence, $0.attempts) }
    }
}
