import Farm
import Metrics

extension FarmSimulation {
    func startWorker(_ number: Int) {
        guard workers[number].machine == nil else { return }
        var worker = workers[number]
        worker.incarnation += 1
        worker.instance = random.next() | 1
        worker.began = now
        worker.clockAhead = 0
        worker.engines = Array(repeating: nil, count: worker.threads)
        var profile = WorkerProfile(instance: worker.instance, threads: worker.threads)
        profile.hello.name = worker.name
        profile.hello.host = "simulated"
        profile.hello.deaths = worker.deaths
        profile.drainSeconds = 5
        profile.hangSeconds = 4
        worker.machine = WorkerMachine(profile)
        workers[number] = worker
        note("\(worker.name).\(worker.incarnation) begins")
        act(number)
    }

    /// Lets a worker do whatever it can do now.
    func act(_ number: Int) {
        while workers[number].machine != nil {
            fillEngines(number)
            let clock = workers[number].clock(now)
            guard let action = workers[number].machine?.next(now: clock) else { return }
            let news = workers[number].machine?.takeNews() ?? []
            for event in news { note("\(workers[number].name): \(event)") }
            let incarnation = workers[number].incarnation
            switch action {
            case .ask(let request, let attempt):
                send(request, from: number)
                queue.plan(
                    .silence(
                        worker: number, incarnation: incarnation, sequence: request.sequence,
                        attempt: attempt),
                    at: now + Self.answerSeconds)
                return
            case .wait(let until):
                workers[number].wakeToken += 1
                let wake = Event.wake(
                    worker: number, incarnation: incarnation, token: workers[number].wakeToken)
                if until < .infinity { queue.plan(wake, at: now + max(0.001, until - clock)) }
                return
            case .open:
                let isCached = random.chance(0.5)
                workers[number].machine?.opened(
                    missing: isCached ? [] : [Download(.weights, hash: plan.weightsHash, bytes: 1)])
            case .keep: workers[number].machine?.kept()
            case .prepare: workers[number].machine?.prepared()
            case .end(let outcome): return end(number, outcome)
            }
        }
    }

    private func end(_ number: Int, _ outcome: WorkerMachine.Outcome) {
        note("\(workers[number].name).\(workers[number].incarnation) ends: \(outcome)")
        stopProcess(number)
        switch outcome {
        case .failure(.refused): break
        case .success(.finished): break
        default: queue.plan(.startWorker(number), at: now + random.seconds(0.1...3))
        }
    }

    /// The process is gone, with all that it held.
    func stopProcess(_ number: Int) {
        workers[number].machine = nil
        workers[number].incarnation += 1
        workers[number].engines = Array(repeating: nil, count: workers[number].threads)
    }

    /// The process dies without a word. Its supervisor starts another one.
    func crash(_ number: Int, at lease: ShardLease? = nil) {
        guard workers[number].machine != nil else { return }
        note("\(workers[number].name).\(workers[number].incarnation) dies")
        // Now and then nothing of it is found: another machine took its place.
        if random.chance(0.9) {
            workers[number].deaths = [
                WorkerDeath(
                    instance: workers[number].instance, cause: lease == nil ? .killed : .crashed,
                    signal: lease == nil ? 0 : 11, lease: lease?.key,
                    scenarios: lease.map { $0.firstScenario..<$0.firstScenario + UInt64($0.scenarioCount) }
                        ?? 0..<1)
            ]
        } else {
            workers[number].deaths = []
        }
        stopProcess(number)
        if !isCalm, workers[number].error == 0, random.chance(0.2) { workers[number].name += "x" }
        queue.plan(.startWorker(number), at: now + random.seconds(0.05...2))
    }

    // MARK: Engines

    private func fillEngines(_ number: Int) {
        for engine in workers[number].engines.indices where workers[number].engines[engine] == nil {
            guard let lease = workers[number].machine?.jobs.take() else { return }
            workers[number].engines[engine] = SimulatedWorker.Engine(lease: lease, next: lease.firstScenario)
            plan(number, engine)
        }
    }

    private func plan(_ number: Int, _ engine: Int) {
        queue.plan(
            .rollout(worker: number, incarnation: workers[number].incarnation, engine: engine),
            at: now + workers[number].pace * (0.5 + random.unit()))
    }

    /// One more scenario of an engine's shard.
    func roll(_ number: Int, _ index: Int) {
        guard var engine = workers[number].engines[index] else { return }
        let key = engine.lease.key
        if workers[number].machine?.jobs.isCancelled(key) == true {
            workers[number].machine?.jobs.finish(key, digests: nil, wallSeconds: 0)
            workers[number].engines[index] = nil
            return act(number)
        }
        if engine.next == plan.poison {
            // A hung engine never comes back.
            if !plan.poisonHangs { crash(number, at: engine.lease) }
            return
        }
        var record = RolloutRecord()
        record.scenario = engine.next
        workers[number].machine?.jobs.count(record, of: key)
        engine.next += 1
        workers[number].engines[index] = engine
        let first = engine.lease.firstScenario
        let range = first..<first + UInt64(engine.lease.scenarioCount)
        guard engine.next == range.upperBound else { return plan(number, index) }
        let error = workers[number].error
        workers[number].machine?.jobs.add(SimulatedRollouts.block(range, error: error), to: key)
        workers[number].machine?.jobs.finish(
            key, digests: SimulatedRollouts.digests(range, error: error), wallSeconds: 1)
        workers[number].engines[index] = nil
        act(number)
    }
}
