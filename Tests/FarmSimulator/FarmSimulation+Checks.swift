import Farm
import Metrics
import RecordStore

extension FarmSimulation {
    /// What an answer promises.
    func check(_ reply: FarmReply, to request: FarmRequest, wasRepeated: Bool) throws {
        switch (reply, request.body) {
        case (.leases(let leases), _):
            for lease in leases {
                // The same answer goes to a repeated request.
                let issue = Issue(key: lease.key, worker: request.worker, coordinator: coordinatorIncarnation)
                let earlier = issued.updateValue(issue, forKey: lease.key.generation)
                if let earlier, earlier != issue {
                    throw violation("generation \(lease.key.generation) is given to two workers")
                }
            }
        case (.alive(let revoked, _), .heartbeat(let heartbeat)):
            for held in heartbeat.held where !revoked.contains(held.key) {
                guard coordinator?.isHeld(held.key, by: request.worker) == true else {
                    // To a request that came twice the answer is the one from before.
                    if wasRepeated { continue }
                    throw violation(
                        "worker \(request.worker) keeps shard \(held.key.shard), generation"
                            + " \(held.key.generation), which is not its own")
                }
            }
        default: break
        }
    }

    /// Nothing is acknowledged that isn't on the disk.
    func checkStored(_ results: [ShardResult], _ answers: [FarmReply.CommitAnswer]) throws {
        for (result, answer) in zip(results, answers) where answer == .committed {
            let shard = result.key.shard
            let isPiece = disk.pieces[shard]?.contains { $0.scenarios == result.scenarios } == true
            guard disk.shards[shard] != nil || isPiece || takenBack.contains(shard) else {
                throw violation("shard \(shard) is acknowledged and not on the disk")
            }
            if disk.shards[shard] != nil { acknowledged.insert(shard) }
        }
    }

    /// Whatever was acknowledged is still there.
    func checkAcknowledged() throws {
        for shard in acknowledged where disk.shards[shard] == nil {
            throw violation("shard \(shard) was acknowledged and is gone")
        }
    }

    /// Only what a worker made that computes wrongly is ever taken back.
    func checkRevocations(_ writes: [JournalWrite]) throws {
        for case .revoke(let shards, let name) in writes {
            var undone = shards
            if let name {
                let doubtful = disk.shards.filter { $0.value.audit != .agreed && $0.value.worker == name }
                undone += doubtful.map(\.key)
                guard workers.contains(where: { $0.error != 0 && $0.name == name }) else {
                    throw violation("worker \(name) is convicted and innocent")
                }
            }
            for shard in undone {
                acknowledged.remove(shard)
                takenBack.insert(shard)
                guard let stored = disk.shards[shard] else { continue }
                let isWrong = stored.fingerprint != truth(stored.scenarios)
                if !isWrong && name == nil { throw violation("shard \(shard) is right and taken back") }
            }
        }
    }

    /// The totals are the sum of the shards, on the disk and in memory.
    func checkTotals() throws {
        var sum = CampaignTotals()
        var seen: Set<UInt64> = []
        for shard in disk.shards.values {
            sum.add(SimulatedRollouts.totals(shard.scenarios))
            for scenario in shard.scenarios {
                guard seen.insert(scenario).inserted else {
                    throw violation("scenario \(scenario) counts twice")
                }
            }
        }
        guard disk.totals == sum else { throw violation("the totals are not the sum of the shards") }
        if let coordinator, coordinator.campaignTotals != sum {
            throw violation("the coordinator's totals are not the sum of the shards")
        }
        var generations: Set<UInt64> = []
        let holders = coordinator?.leaseHolders ?? []
        for holder in holders where !generations.insert(holder.key.generation).inserted {
            throw violation("generation \(holder.key.generation) has two valid holders")
        }
    }

    private func truth(_ scenarios: [UInt64]) -> ShardFingerprint {
        ShardFingerprint(stepDigests: SimulatedRollouts.digests(scenarios, error: 0), recordChecksum: 0)
    }

    /// Whether the campaign is over; if so, it has to be what an undisturbed one is.
    func isOver() throws -> Bool {
        guard isCalm else { return false }
        if now > calmSince + Self.patienceSeconds {
            throw violation("not finished \(Self.patienceSeconds) s after the last fault")
        }
        guard coordinator?.isFinished == true, workers.allSatisfy({ $0.machine == nil }) else { return false }
        try checkAcknowledged()
        try checkTotals()
        let all = Set(0..<plan.scenarios)
        let aside = Set(disk.quarantine.keys)
        let expected = Set([plan.poison].compactMap(\.self))
        guard aside == expected else {
            throw violation("in quarantine are \(aside.sorted()) instead of \(expected.sorted())")
        }
        guard disk.totals == SimulatedRollouts.totals(all.subtracting(aside)) else {
            throw violation("the totals are not those of an undisturbed run")
        }
        for (shard, stored) in disk.shards where stored.fingerprint != truth(stored.scenarios) {
            throw violation("shard \(shard) has another digest than in an undisturbed run")
        }
        for name in disk.workers.keys where !workers.contains(where: { $0.error != 0 && $0.name == name }) {
            throw violation("worker \(name) is in quarantine and innocent")
        }
        return true
    }
}

/// To whom a lease was given.
struct Issue: Equatable {
    var key: LeaseKey
    var worker: UInt64
    var coordinator: Int
}
