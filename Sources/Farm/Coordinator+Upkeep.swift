import Metrics
import Scenarios

extension Coordinator {
    /// What happens by itself: leases expire, silent workers are lost, the goal is reached.
    func tick(now: Double) {
        let silence = max(configuration.lostAfterSeconds, 6 * heartbeatSeconds)
        let silent = workers.values.filter {
            ($0.state == .active || $0.state == .draining) && $0.lastSeen + silence < now
        }
        for worker in silent.sorted(by: { $0.id < $1.id }) {
            workers[worker.id]?.state = .lost
            workers[worker.id]?.rate.stop()
            attention.add(
                "Worker \(worker.hello.name) on \(worker.hello.host) has been silent for"
                    + " \(Int(silence)) s; its shards go to others.")
            note(table.lost(worker: worker.id))
        }
        note(table.expire(now: now))
        if isTimeOver(now: now) { progress.end(at: table.begunPrefix) }
        checkGoal()
    }

    func note(_ losses: [LeaseTable.Loss]) {
        for loss in losses where loss.isQuarantined {
            let scenarios = progress.scenarios(of: loss.key.shard)
            attention.add(
                "Shard \(loss.key.shard) (scenarios \(scenarios.lowerBound) to"
                    + " \(scenarios.upperBound - 1)) is set aside:"
                    + " \(configuration.leases.lossesUntilQuarantine) workers failed at it.")
        }
        if losses.contains(where: \.isQuarantined) { progress.advance(to: table.settledPrefix) }
    }

    func checkGoal() {
        guard let needed = progress.goalPrefix else { return }
        if table.settledPrefix >= needed { isFinished = true }
    }

    func snapshot(now: Double) -> FarmSnapshot {
        let campaign = configuration.campaign
        let sums = totals.all
        var snapshot = FarmSnapshot()
        snapshot.campaignName = campaign.name
        snapshot.campaignIdentity = configuration.identity
        snapshot.seed = campaign.seed
        snapshot.policy = campaign.policyName
        snapshot.worldModel = campaign.worldModel
        snapshot.elapsedSeconds = now
        snapshot.state = state
        snapshot.shardsTotal = progress.goalPrefix ?? table.count
        snapshot.shardsCommitted = table.committedCount
        snapshot.shardsLeased = table.leasedCount
        snapshot.scenariosCommitted = sums.rollouts
        snapshot.progress = isFinished ? 1 : progress.fraction(scenariosCommitted: sums.rollouts)
        if !isFinished, snapshot.progress > startFraction {
            snapshot.etaSeconds = now * (1 - snapshot.progress) / (snapshot.progress - startFraction)
        }
        snapshot.egoKilometers = sums.egoKilometers
        snapshot.agentKilometers = sums.agentKilometers
        for worker in workers.values {
            snapshot.egoKilometersPerDay += worker.rate.rates.egoMeters * 86.4
            snapshot.agentKilometersPerDay += worker.rate.rates.agentMeters * 86.4
            snapshot.agentStepsPerSecond += worker.rate.rates.agentSteps
            snapshot.sceneStepsPerSecond += worker.rate.rates.sceneSteps
        }
        snapshot.bytesPerRecord = sums.rollouts == 0 ? 0 : Double(blockBytes) / Double(sums.rollouts)
        snapshot.workers = workers.values.sorted { $0.id < $1.id }.map { row($0, now: now) }
        snapshot.events = EventRate.all(of: totals).map(FarmSnapshot.Event.init)
        snapshot.attention = attention.entries
        snapshot.incidents = incidents
        snapshot.resultFolder = configuration.folder.path
        return snapshot
    }

    private var state: FarmSnapshot.CampaignState {
        if isFinished { return .finished }
        if isStopped { return .stopped }
        if !workers.values.contains(where: { $0.state == .active || $0.state == .draining }) {
            return .waitingForWorkers
        }
        return table.pendingCount == 0 && !progress.needsMore(open: table.openCount) ? .finishing : .running
    }

    private func row(_ worker: ConnectedWorker, now: Double) -> FarmSnapshot.Worker {
        var row = FarmSnapshot.Worker()
        row.name = worker.hello.name
        row.host = worker.hello.host
        row.state = worker.state
        row.threads = worker.hello.threads
        row.leases = table.leases(of: worker.id)
        row.egoKilometersPerDay = worker.rate.rates.egoMeters * 86.4
        row.shardsCommitted = worker.shardsCommitted
        row.lastSeenSeconds = now - worker.lastSeen
        row.mismatches = worker.mismatches
        return row
    }
}

extension FarmSnapshot.Event {
    init(_ rate: EventRate) {
        self.init()
        name = rate.name
        count = rate.count
        perMillionKilometers = rate.rate?.perMillionKilometers ?? 0
        low = rate.rate?.low ?? 0
        high = rate.rate?.high ?? 0
        isWorldModelFault = rate.isWorldModelFault
    }
}
