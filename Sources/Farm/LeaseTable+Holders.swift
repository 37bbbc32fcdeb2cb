extension LeaseTable {
    /// So many of the oldest leases are looked at for a second copy.
    private static let speculationWindow = 16

    func holderIndex(_ key: LeaseKey) -> Int? {
        holders[key.shard]?.firstIndex { $0.generation == key.generation }
    }

    mutating func nextPending(below limit: Int) -> Int? {
        while let shard = returned.least, shard < limit {
            _ = returned.removeLeast()
            if statuses[shard] == .pending { return shard }
        }
        while frontier < min(count, limit) {
            defer { frontier += 1 }
            if statuses[frontier] == .pending { return frontier }
        }
        return nil
    }

    /// The longest leased shard that has one holder, which isn't this worker.
    mutating func nextSpeculative(worker: UInt64, now: Double) -> Int? {
        var seen: [Issue] = []
        defer { for issue in seen { issues.insert(issue) } }
        while seen.count < Self.speculationWindow, let issue = issues.removeLeast() {
            guard let only = holders[issue.shard], only.count == 1,
                only[0].generation == issue.generation
            else { continue }
            seen.append(issue)
            if only[0].issued + settings.speculateAfterSeconds > now { return nil }
            if only[0].worker != worker { return issue.shard }
        }
        return nil
    }

    mutating func hold(_ key: LeaseKey, worker: UInt64, now: Double) {
        let holder = Holder(
            worker: worker, generation: key.generation, issued: now, deadline: now + settings.leaseSeconds,
            progressed: now)
        holders[key.shard, default: []].append(holder)
        held[worker, default: []].insert(key.shard)
        statuses[key.shard] = .leased
        deadlines.insert(Deadline(time: holder.deadline, key: key))
        issues.insert(Issue(generation: key.generation, shard: key.shard))
    }

    /// Ends one lease. A shard without holders waits again, unless there is too much evidence against it.
    mutating func end(_ key: LeaseKey, because cause: LossCause) -> Loss? {
        guard let index = holderIndex(key), let holder = holders[key.shard]?.remove(at: index) else {
            return nil
        }
        forget(key.shard, of: holder.worker)
        let hadBegun = holder.progress > 0
        if hadBegun || cause == .unusable { evidence[key.shard, default: 0] += cause.evidence }
        var loss = Loss(key: key, worker: holder.worker, cause: cause, hadBegun: hadBegun, isSplit: false)
        guard holders[key.shard]?.isEmpty == true else { return loss }
        holders[key.shard] = nil
        if evidence[key.shard] ?? 0 >= settings.evidenceUntilSplit {
            settle(key.shard, as: .split)
            loss.isSplit = true
        } else {
            statuses[key.shard] = .pending
            returned.insert(key.shard)
        }
        return loss
    }

    /// Ends all leases of a worker, in the shards' order.
    mutating func release(_ worker: UInt64, because cause: LossCause) -> [Loss] {
        (held[worker] ?? []).sorted().compactMap { shard in
            guard let holder = holders[shard]?.first(where: { $0.worker == worker }) else { return nil }
            return end(LeaseKey(shard: shard, generation: holder.generation), because: cause)
        }
    }

    /// Ends all leases of a shard that is settled.
    mutating func drop(_ shard: Int) {
        for holder in holders.removeValue(forKey: shard) ?? [] { forget(shard, of: holder.worker) }
    }

    private mutating func forget(_ shard: Int, of worker: UInt64) {
        held[worker]?.remove(shard)
        if held[worker]?.isEmpty == true { held[worker] = nil }
    }
}

extension LeaseTable.Holder {
    mutating func renew(progress: UInt32, now: Double, settings: LeaseTable.Settings) {
        if progress > self.progress {
            self.progress = progress
            progressed = now
        }
        deadline = max(deadline, min(now + settings.leaseSeconds, progressed + settings.stallSeconds))
    }
}
