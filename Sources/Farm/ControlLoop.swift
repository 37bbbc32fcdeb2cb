import Foundation

/// What a worker's control thread does: leases, heartbeats, blocks, commits, one request at a time.
struct ControlLoop {
    /// How often the loop looks whether it should drain.
    private static let attentionSeconds = 0.1

    let link: CoordinatorLink
    let bench: Workbench
    let welcome: Welcome
    let drainSeconds: Double
    let isDrainWanted: () -> Bool
    let hello: () throws -> Welcome?
    let notify: (WorkerEvent) -> Void
    private var heartbeatSeconds: Double
    private var nextHeartbeat = Date.distantPast
    private var nextLease = Date.distantPast
    private var nextUpload = Date.distantPast
    private var drainEnd: Date?
    private var isFinished = false

    init(
        link: CoordinatorLink, bench: Workbench, welcome: Welcome, drainSeconds: Double,
        isDrainWanted: @escaping () -> Bool, hello: @escaping () throws -> Welcome?,
        notify: @escaping (WorkerEvent) -> Void
    ) {
        self.link = link
        self.bench = bench
        self.welcome = welcome
        heartbeatSeconds = Double(welcome.heartbeatMilliseconds) / 1e3
        self.drainSeconds = drainSeconds
        self.isDrainWanted = isDrainWanted
        self.hello = hello
        self.notify = notify
    }

    mutating func run() throws -> WorkerEnding {
        while true {
            if let problem = bench.failure {
                _ = try ask(.goodbye)
                throw WorkerError.noRunner(problem)
            }
            if isFinished {
                _ = try ask(.goodbye)
                return drainEnd == nil ? .finished : .drained
            }
            let now = Date()
            if let drainEnd {
                if bench.isEmpty {
                    _ = try ask(.goodbye)
                    return .drained
                }
                if now > drainEnd { try giveBack(bench.cancelRunning()) }
            } else if isDrainWanted() {
                notify(.draining)
                drainEnd = now + drainSeconds
                try giveBack(bench.drain())
                nextHeartbeat = now
            }
            if now >= nextHeartbeat {
                nextHeartbeat = now + heartbeatSeconds
                try handle(ask(.heartbeat(bench.heartbeat())), of: .nothing)
            } else if now < nextUpload {
                Thread.sleep(forTimeInterval: min(Self.attentionSeconds, nextUpload.timeIntervalSince(now)))
            } else {
                try runErrand(now: now)
            }
        }
    }

    private mutating func runErrand(now: Date) throws {
        let deadline = min(nextHeartbeat, now + Self.attentionSeconds)
        let errand = bench.errand(until: deadline, mayLease: now >= nextLease)
        switch errand {
        case .lease(let count): try handle(ask(.lease(count: count)), of: errand)
        case .send(let key, let sequence, let bytes):
            try handle(ask(.block(key, sequence: sequence, bytes: bytes)), of: errand)
        case .commit(let results): try handle(ask(.commit(results)), of: errand)
        case .nothing: break
        }
    }

    /// Nil: no answer, and the time to drain is over.
    private func ask(_ body: FarmRequest.Body) throws -> FarmReply? {
        let end = drainEnd
        let notify = notify, address = link.address, isDrainWanted = isDrainWanted
        return try link.ask(
            body, giveUp: { end.map { Date() > $0 } ?? isDrainWanted() },
            onSilence: { notify(.waiting(address: address, reason: $0)) })
    }

    private mutating func handle(_ reply: FarmReply?, of errand: Workbench.Errand) throws {
        switch (reply, errand) {
        case (nil, _):
            // The coordinator is silent and the worker is to end: its leases will expire by themselves.
            if drainEnd.map({ Date() > $0 }) == true { isFinished = true }
        case (.unknownWorker, _): try join()
        case (.finished, _): isFinished = true
        case (.alive(let revoked, let milliseconds), _):
            bench.revoke(revoked)
            heartbeatSeconds = Double(milliseconds) / 1e3
        case (.leases(let leases), .lease): bench.add(leases)
        case (.retry(let milliseconds), .lease): nextLease = Date() + Double(milliseconds) / 1e3
        case (.retry(let milliseconds), _): nextUpload = Date() + Double(milliseconds) / 1e3
        case (.blockTaken, .send(let key, _, _)): bench.markSent(key)
        case (.failed(let reason), .send(let key, _, _)):
            notify(.refused(shard: key.shard, reason: reason))
            bench.forget(key)
        case (.commits(let answers), .commit(let results)) where answers.count == results.count:
            for (result, answer) in zip(results, answers) { conclude(result.key, answer) }
        default: throw WorkerError.unexpectedAnswer(address: link.address, to: "a request")
        }
    }

    private func conclude(_ key: LeaseKey, _ answer: FarmReply.CommitAnswer) {
        switch answer {
        case .resend: return bench.resend(key)
        case .committed, .duplicate: break
        case .mismatch: notify(.mismatch(shard: key.shard))
        case .refused(let reason): notify(.refused(shard: key.shard, reason: reason))
        }
        bench.forget(key)
    }

    /// After a restart of the coordinator: the same campaign, a new number, and all blocks again.
    private mutating func join() throws {
        guard let again = try hello() else { return }
        guard again.identity == welcome.identity else {
            throw WorkerError.campaignChanged(from: welcome.identity, to: again.identity)
        }
        bench.resend()
        nextHeartbeat = Date()
        notify(.reconnected)
    }

    private mutating func giveBack(_ keys: [LeaseKey]) throws {
        if !keys.isEmpty, case .unknownWorker = try ask(.giveBack(keys)) { try join() }
    }
}
