import Metrics

extension CoordinatorMachine {
    /// The state as it is published.
    ///
    /// - Parameter isStopped: the coordinator ends here, before the goal.
    package func snapshot(now: Double, isStopped: Bool) -> FarmSnapshot {
        let campaign = settings.campaign
        let sums = totals.all
        var snapshot = FarmSnapshot()
        snapshot.campaignName = campaign.name
        snapshot.campaignIdentity = settings.identity
        snapshot.seed = campaign.seed
        snapshot.policy = campaign.policyName
        snapshot.worldModel = campaign.worldModel
        snapshot.elapsedSeconds = now
        snapshot.state = state(isStopped: isStopped)
        snapshot.shardsTotal = progress.goalPrefix ?? table.count
        snapshot.shardsCommitted = table.committedCount
        snapshot.shardsLeased = table.leasedCount + errands.leasedCount
        snapshot.scenariosCommitted = sums.rollouts
        snapshot.scenariosQuarantined = quarantineCount
        snapshot.progress = isFinished ? 1 : progress.fraction(
            scenariosCommitted: sums.rollouts + UInt64(quarantineCount))
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
        let inOrder = workers.values.sorted { $0.order < $1.order }
        snapshot.workers = inOrder.map { row($0, now: now - absentSeconds) }
        snapshot.events = EventRate.all(of: totals).map(FarmSnapshot.Event.init)
        snapshot.attention = attention.entries
        snapshot.resultFolder = settings.folder
        return snapshot
    }

    private func state(isStopped: Bool) -> FarmSnapshot.CampaignState {
        // A campaign may become sick with its last shard: it is done then, but not well.
        if isSick { return .sick }
        if isFinished { return .finished }
        if isStopped { return .stopped }
        if !workers.values.contains(where: \.isHere) { return .waitingForWorkers }
        let isTail = table.pendingCount == 0 && !progress.needsMore(open: table.count - table.committedCount)
        return isTail ? .finishing : .running
    }

    private func row(_ worker: ConnectedWorker, now: Double) -> FarmSnapshot.Worker {
        var row = FarmSnapshot.Worker()
        row.name = worker.hello.name
        row.host = worker.hello.host
        row.state = worker.state
        row.threads = worker.hello.threads
        row.leases = table.leases(of: worker.id) + errands.leases(of: worker.id)
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
