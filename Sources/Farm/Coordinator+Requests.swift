import Messaging
import RecordStore

extension Coordinator {
    private static let workerLimit = 4_096

    /// Answers one request, or keeps it with the offers until they are stored.
    func receive(_ message: ReplyRequest, now: Double) {
        let request: FarmRequest
        do {
            request = try FarmRequest(decoding: message.bytes)
        } catch {
            if case .version = error { attention.add("Somebody speaks another protocol: \(error)") }
            answer(message, .refused("\(error)"))
            return
        }
        if case .hello(let hello) = request.body {
            answer(message, greet(hello, sequence: request.sequence, now: now))
            return
        }
        guard var worker = workers[request.worker], worker.state != .left else {
            answer(message, .unknownWorker)
            return
        }
        if worker.state == .lost { attention.add("Worker \(worker.hello.name) is back.") }
        worker.lastSeen = now
        if worker.state == .lost { worker.state = .active }
        workers[request.worker] = worker
        if request.sequence == worker.lastSequence {
            if worker.lastReply.isEmpty {
                replaceOffer(of: worker.id, by: message)
            } else {
                send(message, worker.lastReply)
            }
        } else if request.sequence > worker.lastSequence {
            workers[worker.id]?.lastSequence = request.sequence
            workers[worker.id]?.lastReply = []
            if case .commit(let results) = request.body {
                offers.append(CommitOffer(message: message, worker: worker.id, results: results))
            } else {
                answer(message, serve(request.body, of: worker, now: now), to: worker.id)
            }
        }
    }

    func answer(_ message: ReplyRequest, _ reply: FarmReply, to worker: UInt64? = nil) {
        let bytes = reply.encoded()
        if let worker { workers[worker]?.lastReply = bytes }
        send(message, bytes)
    }

    private func send(_ message: ReplyRequest, _ bytes: [UInt8]) {
        do { try message.reply(bytes) } catch { attention.add("An answer could not be sent: \(error)") }
    }

    private func serve(_ body: FarmRequest.Body, of worker: ConnectedWorker, now: Double) -> FarmReply {
        switch body {
        case .hello, .commit: return .failed("not expected here")
        case .fetchWeights(let offset): return chunk(of: configuration.weights, from: offset)
        case .fetchPolicy(let hash, let offset):
            guard let file = configuration.policyFiles[hash] else { return .failed("there is no file \(hash)") }
            return chunk(of: file, from: offset)
        case .lease(let count): return lease(count, to: worker, now: now)
        case .heartbeat(let heartbeat): return renew(heartbeat, of: worker, now: now)
        case .block(let key, let sequence, let bytes): return stage(bytes, sequence, key, of: worker)
        case .giveBack(let keys):
            for key in keys {
                table.giveBack(key, worker: worker.id)
                staging.remove(key, worker: worker.id)
            }
            return .done
        case .goodbye:
            table.leave(worker: worker.id)
            workers[worker.id]?.state = .left
            staging.removeAll(worker: worker.id)
            workers[worker.id]?.rate.stop()
            return .done
        }
    }

    /// A new worker, or one that comes again after its answer was lost or this coordinator restarted.
    private func greet(_ hello: WorkerHello, sequence: UInt64, now: Double) -> FarmReply {
        if let token = configuration.token, !token.isProven(by: hello.proof, instance: hello.instance) {
            attention.add("Somebody who doesn't know the join token was refused.")
            return .refused("the join token is missing or wrong; use the coordinator's --token-file")
        }
        guard (1...4_096).contains(hello.threads) else { return .refused("a worker has 1 to 4096 threads") }
        if instances[hello.instance] == nil, workers.count >= Self.workerLimit { forgetOneWorker() }
        guard workers.count < Self.workerLimit || instances[hello.instance] != nil else {
            return .refused("there are \(Self.workerLimit) workers already; use fewer with more threads each")
        }
        let id = instances[hello.instance] ?? nextWorker
        if id == nextWorker { nextWorker += 1 }
        instances[hello.instance] = id
        var worker =
            workers[id] ?? ConnectedWorker(id: id, hello: hello, lastSequence: sequence, lastSeen: now)
        worker.hello = hello
        worker.lastSequence = sequence
        worker.lastSeen = now
        worker.state = .active
        workers[id] = worker
        for key in hello.held.prefix(worker.shardLimit) {
            _ = table.renew(key, worker: id, progress: 0, now: now)
        }
        var welcome = Welcome()
        welcome.worker = id
        welcome.campaign = campaignJSON
        welcome.identity = configuration.identity
        welcome.weightsHash = configuration.weightsHash
        welcome.weightsBytes = UInt64(configuration.weights.count)
        welcome.heartbeatMilliseconds = UInt32(heartbeatSeconds * 1e3)
        return .welcome(welcome)
    }

    /// Makes room: the worker that has been gone for longest.
    private func forgetOneWorker() {
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

    private func lease(_ count: Int, to worker: ConnectedWorker, now: Double) -> FarmReply {
        if isFinished { return .finished }
        let wanted = min(count, worker.shardLimit - table.leases(of: worker.id), WireLimit.leases)
        while table.pendingCount < wanted, table.count < Self.shardLimit,
            progress.needsMore(open: table.openCount)
        {
            table.grow(to: table.count + 1)
        }
        let keys = wanted > 0 ? table.lease(worker: worker.id, now: now, count: wanted, below: progress.goalPrefix ?? .max) : []
        if keys.isEmpty { return .retry(afterMilliseconds: 200) }
        return .leases(
            keys.map { key in
                let scenarios = progress.scenarios(of: key.shard)
                return ShardLease(
                    key: key, firstScenario: scenarios.lowerBound, scenarioCount: scenarios.count,
                    milliseconds: UInt32(configuration.leases.leaseSeconds * 1e3))
            })
    }

    private func renew(_ heartbeat: Heartbeat, of worker: ConnectedWorker, now: Double) -> FarmReply {
        workers[worker.id]?.rate.update(heartbeat.counters, now: now)
        workers[worker.id]?.state = heartbeat.isDraining ? .draining : .active
        if isFinished { return .finished }
        var revoked: [LeaseKey] = []
        for held in heartbeat.held
        where !table.renew(held.key, worker: worker.id, progress: held.progress, now: now) {
            revoked.append(held.key)
        }
        return .alive(revoked: revoked, nextMilliseconds: UInt32(heartbeatSeconds * 1e3))
    }

    private func stage(
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
