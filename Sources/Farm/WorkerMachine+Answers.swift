import WorldModel

extension WorkerMachine {
    /// What the coordinator said to the request that is out.
    package mutating func answered(_ reply: FarmReply, now: Double) {
        guard let request = outstanding?.request else { return }
        outstanding = nil
        switch (reply, request.body) {
        case (.welcome(let welcome), .hello): join(welcome, now: now)
        case (.refused(let reason), _):
            fail(.refused(address: profile.address, reason: reason))
        case (.weights(let offset, let bytes), .fetchWeights(let wanted))
        where offset == wanted && !bytes.isEmpty: fetched(bytes)
        case (.weights(let offset, let bytes), .fetchPolicy(_, let wanted))
        where offset == wanted && !bytes.isEmpty: fetched(bytes)
        case (_, .goodbye):
            if case .leaving(let outcome) = phase { phase = .ended(outcome) }
        case (.unknownWorker, _):
            if case .working = phase { phase = .greeting }
            if case .fetching = phase { phase = .greeting }
        case (.finished, _): leave(.success(drainEnd == nil ? .finished : .drained))
        case (.alive(let revoked, let milliseconds), .heartbeat):
            jobs.cancel(revoked, now: now)
            heartbeatSeconds = Double(milliseconds) / 1e3
        case (.leases(let leases), .lease):
            jobs.add(leases)
            if drainEnd != nil { unwanted += jobs.cancelWaiting() }
        case (.retry(let milliseconds), .lease): nextLease = now + Double(milliseconds) / 1e3
        case (.retry(let milliseconds), _): nextUpload = now + Double(milliseconds) / 1e3
        case (.blockTaken, .block(let key, _, _)): jobs.markSent(key)
        case (.failed(let reason), .block(let key, _, _)):
            report(.refused(shard: key.shard, reason: reason))
            jobs.forget(key)
        case (.commits(let answers), .commit(let results)) where answers.count == results.count:
            for (result, answer) in zip(results, answers) { conclude(result.key, answer) }
        case (.done, .giveBack): break
        default:
            fail(.unexpectedAnswer(address: profile.address, to: request.body.name))
        }
    }

    /// What came back is no answer of this protocol.
    package mutating func misunderstood(_ error: WireError) {
        fail(.protocolBroken(address: profile.address, error))
    }

    /// What has to be fetched before the engines can begin.
    package mutating func opened(missing: [Download]) {
        guard case .opening = phase else { return }
        hasFetchedWeights = missing.contains { $0.kind == .weights }
        fetch(missing)
    }

    /// What was fetched is where the engines will look for it.
    package mutating func kept() {
        guard case .keeping(let downloads, _) = phase else { return }
        fetch(Array(downloads.dropFirst()))
    }

    /// The engine threads run.
    package mutating func prepared() {
        guard case .preparing = phase else { return }
        phase = .working
        report(.joined(identity: welcome?.identity ?? "", weightsFromCache: !hasFetchedWeights))
    }

    private mutating func fetch(_ downloads: [Download]) {
        phase = downloads.isEmpty ? .preparing : .fetching(downloads, [])
        if downloads.first?.bytes == 0 { fetched([]) }
    }

    private mutating func join(_ fresh: Welcome, now: Double) {
        number = fresh.worker
        heartbeatSeconds = Double(fresh.heartbeatMilliseconds) / 1e3
        guard let known = welcome else {
            welcome = fresh
            phase = .opening(fresh)
            return
        }
        // After a restart of the coordinator: the same campaign, a new number, and all blocks again.
        guard known.identity == fresh.identity else {
            fail(.campaignChanged(from: known.identity, to: fresh.identity))
            return
        }
        welcome = fresh
        phase = .working
        jobs.resend()
        nextHeartbeat = now
        report(.reconnected)
    }

    private mutating func fetched(_ part: [UInt8]) {
        guard case .fetching(let downloads, var bytes) = phase else { return }
        let download = downloads[0]
        bytes += part
        guard bytes.count >= download.bytes else {
            phase = .fetching(downloads, bytes)
            return
        }
        let found = ContentHash.sha256(bytes)
        guard found == download.hash else { return leave(.failure(download.mismatch(found: found))) }
        phase = .keeping(downloads, bytes)
    }

    private mutating func conclude(_ key: LeaseKey, _ answer: FarmReply.CommitAnswer) {
        switch answer {
        case .resend: return jobs.resend(key)
        case .committed, .duplicate: break
        case .mismatch: report(.mismatch(shard: key.shard))
        case .refused(let reason): report(.refused(shard: key.shard, reason: reason))
        }
        jobs.forget(key)
    }
}

extension FarmRequest.Body {
    /// For errors.
    var name: String {
        switch self {
        case .hello: "hello"
        case .fetchWeights: "fetch weights"
        case .fetchPolicy: "fetch policy"
        case .lease: "lease"
        case .heartbeat: "heartbeat"
        case .block: "block"
        case .commit: "commit"
        case .giveBack: "give back"
        case .goodbye: "goodbye"
        }
    }
}
