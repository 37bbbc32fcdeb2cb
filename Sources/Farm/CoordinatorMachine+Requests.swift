import RecordStore
import WorldModel

extension CoordinatorMachine {
    private static let workerLimit = 4_096

    /// Bytes came that are no request.
    package mutating func receive(rubbish error: WireError) {
        if case .version = error { attention.add("Somebody speaks another protocol: \(error)") }
    }

    /// Answers one request, or keeps it with the offers until they are stored.
    package mutating func receive(_ request: FarmRequest, ticket: Ticket, now: Double) {
        let now = ownTime(now)
        if case .hello(let hello) = request.body {
            emit(.reply(ticket, greet(hello, sequence: request.sequence, now: now)))
            return
        }
        guard var worker = workers[request.worker], worker.state != .left else {
            emit(.reply(ticket, .unknownWorker))
            return
        }
        if worker.state == .quarantined {
            emit(.reply(ticket, refusal(of: worker.hello.name)))
            return
        }
        if worker.state == .lost { attention.add("Worker \(worker.hello.name) is back.") }
        worker.lastSeen = now
        if worker.state == .lost { worker.state = .active }
        workers[request.worker] = worker
        if request.sequence == worker.lastSequence {
            if let reply = worker.lastReply {
                emit(.reply(ticket, reply))
            } else {
                replaceOffer(of: worker.id, by: ticket)
            }
        } else if request.sequence > worker.lastSequence {
            workers[worker.id]?.lastSequence = request.sequence
            workers[worker.id]?.lastReply = nil
            if case .commit(let results) = request.body {
                offers.append(CommitOffer(ticket: ticket, worker: worker.id, results: results))
            } else {
                answer(ticket, serve(request.body, of: worker, now: now), to: worker.id)
            }
        } else {
            emit(.drop(ticket))
        }
    }

    mutating func answer(_ ticket: Ticket, _ reply: FarmReply, to worker: UInt64) {
        workers[worker]?.lastReply = reply
        emit(.reply(ticket, reply))
    }

    private mutating func serve(
        _ body: FarmRequest.Body, of worker: ConnectedWorker, now: Double
    ) -> FarmReply {
        switch body {
        case .hello, .commit: return .failed("not expected here")
        case .fetchWeights(let offset): return chunk(of: settings.weights, from: offset)
        case .fetchPolicy(let hash, let offset):
            guard let file = settings.policyFiles[hash] else { return .failed("there is no file \(hash)") }
            return chunk(of: file, from: offset)
        case .lease(let count): return lease(count, to: worker, now: now)
        case .heartbeat(let heartbeat): return renew(heartbeat, of: worker, now: now)
        case .block(let key, let sequence, let bytes): return stage(bytes, sequence, key, of: worker)
        case .giveBack(let keys):
            for key in keys { end(key, of: worker, because: .preempted, now: now) }
            return .done
        case .goodbye:
            endAll(of: worker, because: .preempted, now: now)
            workers[worker.id]?.state = .left
            staging.removeAll(worker: worker.id)
            workers[worker.id]?.rate.stop()
            return .done
        }
    }

    /// A new worker, or one that comes again after its answer was lost or this coordinator restarted.
    private mutating func greet(_ hello: WorkerHello, sequence: UInt64, now: Double) -> FarmReply {
        if let token = settings.token, !token.isProven(by: hello.proof, instance: hello.instance) {
            attention.add("Somebody who doesn't know the join token was refused.")
            return .refused("the join token is missing or wrong; use the coordinator's --token-file")
        }
        for death in hello.deaths where death.instance != hello.instance {
            mourn(death, by: hello.name, now: now)
        }
        if let reason = misfit(of: hello) { return refuse(hello.name, reason) }
        if trust.quarantined[hello.name] != nil {
            attention.add("Worker \(hello.name) came back and was refused: it is in quarantine.")
            return refusal(of: hello.name)
        }
        if instances[hello.instance] == nil, workers.count >= Self.workerLimit { forgetOneWorker() }
        guard workers.count < Self.workerLimit || instances[hello.instance] != nil else {
            return refuse(
                hello.name, "there are \(Self.workerLimit) workers already; use fewer with more threads each")
        }
        let id = instances[hello.instance] ?? newNumber()
        instances[hello.instance] = id
        var worker =
            workers[id]
            ?? ConnectedWorker(id: id, order: joined, hello: hello, lastSequence: 0, lastSeen: now)
        // A hello that was delayed on its way must not bring back an older state.
        if sequence > worker.lastSequence || worker.state == .lost {
            worker.hello = hello
            worker.lastSequence = max(sequence, worker.lastSequence)
            worker.lastSeen = now
            worker.state = .active
            workers[id] = worker
            for key in hello.held.prefix(worker.shardLimit) {
                _ = table.renew(key, worker: id, progress: 0, now: now)
            }
        }
        var welcome = Welcome()
        welcome.worker = id
        welcome.campaign = settings.campaignJSON
        welcome.identity = settings.identity
        welcome.weightsHash = settings.weightsHash
        welcome.weightsBytes = UInt64(settings.weights.count)
        welcome.heartbeatMilliseconds = UInt32(heartbeatSeconds * 1e3)
        return .welcome(welcome)
    }

    /// The number by which a worker is known from its welcome on. It can't be guessed, not even from another
    /// worker's: whoever has a certificate but not the join token never learns one, and gets nothing.
    private mutating func newNumber() -> UInt64 {
        var number: UInt64 = 0
        while number == 0 || workers[number] != nil {
            joined += 1
            var message = ByteWriter()
            message.append(settings.numberSecret)
            message.append(start.session)
            message.append(joined)
            number = UInt64(ContentHash.sha256(message.bytes).prefix(16), radix: 16) ?? 0
        }
        return number
    }

    /// Turns a worker away that never was a member, and says so where a person looks.
    private mutating func refuse(_ name: String, _ reason: String) -> FarmReply {
        attention.add("Worker \(name) was refused: \(reason).")
        return .refused(reason)
    }

    /// What a worker is told whose name is in quarantine.
    private func refusal(of name: String) -> FarmReply {
        let cause = trust.quarantined[name]?.cause ?? "it failed"
        return .refused(
            "worker \(name) is in quarantine: \(cause); run `longhaul doctor` on that machine, and start the"
                + " worker under another name once it is repaired")
    }

    /// Why this worker can't take part, and what to change.
    private func misfit(of hello: WorkerHello) -> String? {
        guard (1...4_096).contains(hello.threads) else { return "a worker has 1 to 4096 threads" }
        if !settings.build.isEmpty, hello.build != settings.build {
            return "this worker is of release \(hello.build), the coordinator of \(settings.build): results"
                + " are comparable within one release only; install \(settings.build) on the worker's machine"
        }
        if !settings.kernels.isEmpty, !settings.kernels.contains(hello.kernel) {
            return "kernel class \(hello.kernel) is unknown here; install the coordinator's release on the"
                + " worker's machine (known: \(settings.kernels.sorted().joined(separator: ", ")))"
        }
        if !hello.weightsHash.isEmpty, hello.weightsHash != settings.weightsHash {
            return "this worker holds weights \(hello.weightsHash.prefix(12)), the campaign uses"
                + " \(settings.weightsHash.prefix(12)); start the worker again, it then fetches them"
        }
        return nil
    }

    /// Makes room: the worker that has been gone for longest.
    private mutating func forgetOneWorker() {
        let gone = workers.values.filter { $0.state == .left || $0.state == .lost }
        guard let oldest = gone.min(by: { ($0.lastSeen, $0.id) < ($1.lastSeen, $1.id) }) else { return }
        workers[oldest.id] = nil
        staging.removeAll(worker: oldest.id)
        instances[oldest.hello.instance] = nil
    }

    private func chunk(of file: [UInt8], from offset: UInt64) -> FarmReply {
        guard let start = Int(exactly: offset), start < file.count else {
            return .failed("the file has \(file.count) bytes")
        }
        return .weights(
            offset: offset, bytes: Array(file[start..<min(start + WireLimit.weightsChunk, file.count)]))
    }

    private mutating func lease(_ count: Int, to worker: ConnectedWorker, now: Double) -> FarmReply {
        if isFinished { return .finished }
        if isSick { return laterAgain }
        let held = table.leases(of: worker.id) + errands.leases(of: worker.id)
        let wanted = min(count, worker.shardLimit - held, WireLimit.leases)
        var leases: [ShardLease] = []
        if !errands.isEmpty {
            while leases.count < wanted,
                let errand = errands.lease(
                    worker: worker.id, name: worker.hello.name, now: now, generation: table.newGeneration(),
                    present: { Set(workers.values.filter(\.isHere).map(\.hello.name)) })
            {
                leases.append(shardLease(errand.key, errand.scenarios))
            }
        }
        let missing = wanted - leases.count
        while table.pendingCount < missing, table.count < Self.shardLimit,
            progress.needsMore(open: table.count - table.committedCount)
        {
            table.grow(to: table.count + 1)
        }
        let limit = progress.goalPrefix ?? .max
        if missing > 0 {
            leases += table.lease(worker: worker.id, now: now, count: missing, below: limit).map {
                shardLease($0, progress.scenarios(of: $0.shard))
            }
        }
        return leases.isEmpty ? laterAgain : .leases(leases)
    }

    private var laterAgain: FarmReply { .retry(afterMilliseconds: UInt32(settings.idleSeconds * 1e3)) }

    private func shardLease(_ key: LeaseKey, _ scenarios: Range<UInt64>) -> ShardLease {
        ShardLease(
            key: key, firstScenario: scenarios.lowerBound, scenarioCount: scenarios.count,
            milliseconds: UInt32(settings.leases.leaseSeconds * 1e3))
    }

    private mutating func renew(
        _ heartbeat: Heartbeat, of worker: ConnectedWorker, now: Double
    ) -> FarmReply {
        workers[worker.id]?.rate.update(heartbeat.counters, now: now)
        workers[worker.id]?.state = heartbeat.isDraining ? .draining : .active
        if isFinished { return .finished }
        var revoked: [LeaseKey] = []
        for held in heartbeat.held
        where !renew(held, of: worker.id, now: now) {
            revoked.append(held.key)
        }
        return .alive(revoked: revoked, nextMilliseconds: UInt32(heartbeatSeconds * 1e3))
    }

    private mutating func renew(_ held: Heartbeat.Held, of worker: UInt64, now: Double) -> Bool {
        errands.renew(held.key, worker: worker, progress: held.progress, now: now)
            ?? table.renew(held.key, worker: worker, progress: held.progress, now: now)
    }

    private mutating func stage(
        _ block: [UInt8], _ sequence: Int, _ key: LeaseKey, of worker: ConnectedWorker
    ) -> FarmReply {
        guard table.verdict(key) != .unknown else { return .failed("shard \(key.shard) was never leased so") }
        guard block.count <= BlockCodec.maximumBytes else {
            return .failed("a block of \(block.count) bytes, at most \(BlockCodec.maximumBytes)")
        }
        let isKept = staging.add(
            block, sequence: sequence, of: key, worker: worker.id, shardLimit: worker.shardLimit)
        return isKept ? .blockTaken : .retry(afterMilliseconds: 500)
    }
}
