import RecordStore

/// Leases that end without a result, and what that says of scenarios and workers.
extension CoordinatorMachine {
    /// One lease ends.
    mutating func end(
        _ key: LeaseKey, of worker: ConnectedWorker, because cause: LossCause, now: Double = 0
    ) {
        staging.remove(key, worker: worker.id)
        if errands.number(of: key) != nil {
            let verdict = errands.end(
                key, worker: worker.id, name: worker.hello.name, because: cause, now: now)
            if let verdict { setAside(verdict) }
        } else if cause == .unusable {
            if let loss = table.fail(key) { note([loss], now: now) }
        } else if let loss = table.giveBack(key, worker: worker.id) {
            note([loss], now: now)
        }
    }

    /// All leases of a worker end.
    mutating func endAll(of worker: ConnectedWorker, because cause: LossCause, now: Double) {
        for key in errands.keys(of: worker.id) { end(key, of: worker, because: cause, now: now) }
        note(cause == .lost ? table.lost(worker: worker.id) : table.leave(worker: worker.id), now: now)
    }

    func name(of worker: UInt64) -> String { workers[worker]?.hello.name ?? "unknown" }

    /// Takes note of leases that the table ended.
    mutating func note(_ losses: [LeaseTable.Loss], now: Double) {
        for loss in losses {
            if loss.cause == .timedOut {
                suspect(loss.key.shard, name(of: loss.worker), .timedOut, loss.worker)
            }
            if loss.isSplit { cutUp(loss.key.shard, now: now) }
        }
    }

    /// A worker failed at a shard in a way that is somebody's fault: the shard's, or the worker's.
    private mutating func suspect(_ shard: Int, _ worker: String, _ cause: LossCause, _ process: UInt64) {
        trust.failed(at: shard, worker: worker, process: process)
        attention.add("Worker \(worker) \(cause.rawValue) at shard \(shard); others try it.")
    }

    private mutating func cutUp(_ shard: Int, now: Double) {
        let scenarios = progress.scenarios(of: shard)
        attention.add(
            "Shard \(shard) (scenarios \(scenarios.lowerBound) to \(scenarios.upperBound - 1)) is rolled out"
                + " in pieces: workers failed at it.")
        errands.openPieces([scenarios], of: shard, cutUp: true, now: now)
    }

    /// A process that ended without a goodbye, as its successor found it.
    ///
    /// - Parameter finder: the successor's name, in case nobody remembers the dead one's.
    mutating func mourn(_ death: WorkerDeath, by finder: String, now: Double) {
        guard knownDeaths.insert(death.instance).inserted else { return }
        let name = instances[death.instance].flatMap { workers[$0]?.hello.name } ?? finder
        if let id = instances[death.instance], let worker = workers[id],
            worker.isHere || worker.state == .lost
        {
            // Whatever else it held is not to blame for a crash.
            endAll(of: worker, because: death.cause == .killed ? .lost : .preempted, now: now)
            staging.removeAll(worker: id)
            workers[id]?.state = .lost
            workers[id]?.rate.stop()
        }
        guard let key = death.lease, death.cause != .killed else { return }
        let cause = LossCause.crashed
        suspect(key.shard, name, cause, death.instance)
        if table.status(of: key.shard) == .split {
            let verdict = errands.accuse(
                shard: key.shard, scenarios: death.scenarios, of: cause, by: name, now: now)
            if let verdict { setAside(verdict) }
        } else if table.accuse(key.shard, of: cause) {
            cutUp(key.shard, now: now)
        }
    }

    /// A scenario that no worker got through.
    private mutating func setAside(_ verdict: QuarantineVerdict) {
        quarantine[verdict.shard, default: []].insert(verdict.scenario)
        trust.pardon(at: verdict.shard)
        attention.add(
            "Scenario \(verdict.scenario) of shard \(verdict.shard) is in quarantine: \(verdict.cause)."
                + " Replay it: longhaul replay FOLDER --shard \(verdict.shard)"
                + " --scenario \(verdict.scenario)")
        chores.append(
            .quarantine(
                QuarantinedScenario(
                    scenario: verdict.scenario, shard: verdict.shard, cause: verdict.cause,
                    workers: verdict.workers.sorted().joined(separator: ", "))))
        assembleIfComplete(verdict.shard)
    }

    /// Once every piece is stored or set aside, they become the shard.
    mutating func assembleIfComplete(_ shard: Int) {
        guard table.status(of: shard) == .split, !errands.hasPieces(of: shard) else { return }
        let scenarios = progress.scenarios(of: shard)
        chores.append(
            .assemble(
                shard: shard, firstScenario: scenarios.lowerBound, scenarioCount: scenarios.count))
    }

    /// Scenarios in quarantine.
    package var quarantineCount: Int { quarantine.values.reduce(0) { $0 + $1.count } }
    /// More has failed than the campaign allows.
    package var isSick: Bool { quarantineCount > settings.maxFailures }
}
