import Farm
import RecordStore

extension FarmSimulation {
    /// Puts a message on its way: it may be lost, late, doubled, and so overtake others.
    private func send(_ event: Event, isCut: Bool) {
        if isCut || !isCalm && random.chance(plan.dropShare) { return }
        var copies = 1
        if !isCalm && random.chance(plan.duplicateShare) { copies = 2 }
        for _ in 0..<copies {
            let isLate = !isCalm && random.chance(plan.lateShare)
            queue.plan(event, at: now + random.seconds(isLate ? 0.5...9 : 0.0005...0.02))
        }
    }

    func send(_ request: FarmRequest, from worker: Int) {
        send(
            .request(worker: worker, incarnation: workers[worker].incarnation, request),
            isCut: workers[worker].isCutOff.to)
    }

    // MARK: Coordinator

    func deliver(_ request: FarmRequest, _ worker: Int, _ incarnation: Int) throws {
        guard coordinator != nil, !workers[worker].isCutOff.to else { return }
        nextTicket += 1
        tickets[nextTicket] = Ticket(worker: worker, incarnation: incarnation, request: request)
        note("\(workers[worker].name).\(incarnation) #\(request.sequence) asks \(request.body.brief)")
        let isRepeated = request.sequence <= coordinator?.lastSequence(of: request.worker) ?? 0
        let delivered = defect == .staleRenewal ? renewingOthers(request) : request
        coordinator?.receive(delivered, ticket: nextTicket, now: coordinatorClock)
        try answer(isRepeated: isRepeated)
        if coordinator?.hasOffers == true, !hasStorePlanned {
            hasStorePlanned = true
            queue.plan(.store(incarnation: coordinatorIncarnation), at: now + 0.002)
        }
    }

    /// Sends what the coordinator has to say.
    func answer(isRepeated: Bool = false) throws {
        for effect in coordinator?.takeEffects() ?? [] {
            switch effect {
            case .drop(let ticket): tickets[ticket] = nil
            case .reply(let ticket, let reply):
                guard let waiting = tickets.removeValue(forKey: ticket) else { continue }
                let (worker, sequence) = (waiting.worker, waiting.request.sequence)
                note("  to \(workers[worker].name).\(waiting.incarnation) #\(sequence): \(reply.brief)")
                try check(reply, to: waiting.request, wasRepeated: isRepeated)
                if case .commits(let answers) = reply, case .commit(let results) = waiting.request.body {
                    try checkStored(results, answers)
                }
                send(
                    .reply(
                        worker: worker, incarnation: waiting.incarnation, sequence: sequence, reply),
                    isCut: workers[worker].isCutOff.from)
            }
        }
    }

    /// What a table would see that looks at shards only, not at generations and holders.
    private func renewingOthers(_ request: FarmRequest) -> FarmRequest {
        guard case .heartbeat(var heartbeat) = request.body, let holders = coordinator?.leaseHolders else {
            return request
        }
        var changed = request
        for index in heartbeat.held.indices {
            let holder = holders.first { $0.key.shard == heartbeat.held[index].key.shard }
            guard let holder else { continue }
            heartbeat.held[index].key = holder.key
            changed.worker = holder.worker
            changed.sequence = (coordinator?.lastSequence(of: holder.worker) ?? 0) + 1
        }
        changed.body = .heartbeat(heartbeat)
        return changed
    }

    func startCoordinator() throws {
        guard coordinator == nil else { return }
        coordinatorIncarnation += 1
        coordinatorBegan = now
        coordinatorAhead = 0
        hasStorePlanned = false
        try checkAcknowledged()
        do {
            coordinator = try CoordinatorMachine(settings, start: disk.start())
        } catch { throw violation("the coordinator can't go on: \(error)") }
        remindOfSums()
        note("coordinator \(coordinatorIncarnation) begins, \(disk.shards.count) of \(plan.shards) shards there")
        queue.plan(.tick(incarnation: coordinatorIncarnation), at: now + 0.1)
    }

    private func remindOfSums() {
        guard coordinator?.wantsSums == true else { return }
        for (shard, stored) in disk.shards.sorted(by: { $0.key < $1.key }) {
            coordinator?.remember(shard, SimulatedRollouts.totals(stored.scenarios).all)
        }
        coordinator?.remembered()
    }

    func crashCoordinator() {
        guard coordinator != nil else { return }
        note("coordinator \(coordinatorIncarnation) crashes")
        coordinator = nil
        tickets = [:]
        if defect == .writesAreLost, let stableDisk { disk = stableDisk }
        let pause = random.chance(0.2) ? random.seconds(5...20) : random.seconds(0.05...3)
        queue.plan(.startCoordinator, at: now + pause)
    }

    /// One transaction of the coordinator.
    func store() throws {
        guard let writes = coordinator?.takeWrites() else { return }
        guard !writes.isEmpty else {
            coordinator?.stored([], now: coordinatorClock)
            return try answer()
        }
        for write in writes { note("  writes \(write.brief)") }
        if isDiskFull {
            coordinator?.storingFailed("no space left")
            return try answer()
        }
        if defect == .writesAreLost, random.chance(0.5) || stableDisk == nil {
            var stable = disk
            stable.session = disk.session
            stableDisk = stable
        }
        if let moment = crashAtStore {
            crashAtStore = nil
            return try crash(at: moment, storing: writes)
        }
        try checkRevocations(writes)
        let outcomes = disk.apply(writes)
        coordinator?.stored(outcomes, now: coordinatorClock)
        remindOfSums()
        try answer()
        try checkTotals()
    }

    private func crash(at moment: CrashMoment, storing writes: [JournalWrite]) throws {
        if defect == .acknowledgedBeforeStored {
            let before = disk
            coordinator?.stored(disk.apply(writes), now: coordinatorClock)
            try answer()
            disk = before
        }
        switch moment {
        case .beforeWrite: break
        case .insideWrite where defect == .transactionsTear:
            let totals = disk.totals
            _ = disk.apply(Array(writes.prefix(max(1, writes.count / 2))))
            disk.totals = totals
        case .insideWrite: break
        case .beforeAnswer:
            try checkRevocations(writes)
            _ = disk.apply(writes)
        }
        crashCoordinator()
        try checkTotals()
    }

    // MARK: Workers

    func hand(_ reply: FarmReply, _ sequence: UInt64, to worker: Int, _ incarnation: Int) {
        guard workers[worker].incarnation == incarnation, !workers[worker].isCutOff.from else { return }
        if workers[worker].stoppedUntil > now {
            queue.plan(
                .reply(worker: worker, incarnation: incarnation, sequence: sequence, reply),
                at: workers[worker].stoppedUntil)
            return
        }
        guard workers[worker].machine?.awaited?.sequence == sequence else { return }
        let clock = workers[worker].clock(now)
        workers[worker].machine?.answered(reply, now: clock)
        act(worker)
    }

    func endWaiting(_ worker: Int, _ incarnation: Int, _ sequence: UInt64, _ attempt: Int) {
        guard workers[worker].incarnation == incarnation, let awaited = workers[worker].machine?.awaited,
            awaited.sequence == sequence, awaited.attempt == attempt
        else { return }
        if workers[worker].stoppedUntil > now {
            queue.plan(
                .silence(worker: worker, incarnation: incarnation, sequence: sequence, attempt: attempt),
                at: workers[worker].stoppedUntil)
            return
        }
        let clock = workers[worker].clock(now)
        workers[worker].machine?.unanswered(now: clock)
        act(worker)
    }
}

/// When a coordinator dies while it stores.
enum CrashMoment: Int, CaseIterable { case beforeWrite, insideWrite, beforeAnswer }
