import Messaging
import Metrics
import WorldModel

/// What a worker decides: what it asks next, what an answer means, when it repeats itself, waits or leaves.
/// A pure value: told answers, silences, what its engines do, and the time (seconds from any origin, never
/// backwards). It never reads a clock, a socket or a file, so a test can drive the very same code through any
/// schedule of faults.
///
/// One request is out at a time. It is repeated, unchanged, until it is answered; the coordinator recognises
/// repeats by their sequence.
package struct WorkerMachine: Sendable {
    package enum Action: Sendable {
        /// To be sent; then `answered` or `unanswered`. Attempts count from 1.
        case ask(FarmRequest, attempt: Int)
        /// Nothing to do before this time, unless an engine or a person reports something.
        case wait(until: Double)
        /// What does this campaign need that isn't on this machine? Then `opened`.
        case open(Welcome)
        /// What was fetched; then `kept`.
        case keep(Download, [UInt8])
        /// The engines can begin; then `prepared`.
        case prepare(Welcome)
        case end(Outcome)
    }

    package typealias Outcome = Result<WorkerEnding, WorkerError>

    enum Phase: Sendable {
        case greeting
        case opening(Welcome)
        /// Of the first of these, so many bytes are there.
        case fetching([Download], [UInt8])
        case keeping([Download], [UInt8])
        case preparing
        case working
        /// Says goodbye.
        case leaving(Outcome)
        case ended(Outcome)
    }

    /// A request that waits for its answer.
    struct Outstanding: Sendable {
        var request: FarmRequest
        var attempts = 0
        var began: Double
        /// Of the next attempt; nil while one is under way.
        var retryAt: Double?
        var backOff = WorkerMachine.backOffSeconds.least
        /// The reason that was reported.
        var told: ConnectionProblem?
    }

    private static let backOffSeconds = (least: 0.1, most: 5.0)

    let profile: WorkerProfile
    package var jobs: JobTable
    var phase = Phase.greeting
    var outstanding: Outstanding?
    var number: UInt64 = 0
    var sequence: UInt64 = 0
    var welcome: Welcome?
    var hasFetchedWeights = false
    var heartbeatSeconds = 0.5
    var nextHeartbeat = -Double.infinity
    var nextLease = -Double.infinity
    var nextUpload = -Double.infinity
    /// When draining has to be over.
    var drainEnd: Double?
    /// How the draining ends.
    private var drainOutcome = Outcome.success(.drained)
    /// Since when there has been nothing to do.
    private var idleSince: Double?
    private var began: Double?
    /// Shards that are to be given back.
    var unwanted: [LeaseKey] = []
    private var news: [WorkerEvent] = []
    private var random: SplitMix

    package init(_ profile: WorkerProfile) {
        self.profile = profile
        jobs = JobTable(threads: profile.threads)
        random = SplitMix(seed: profile.instance)
    }

    /// What a person may want to know, since the last call.
    package mutating func takeNews() -> [WorkerEvent] {
        defer { news = [] }
        return news
    }

    mutating func report(_ event: WorkerEvent) { news.append(event) }

    /// Asks the worker to end: running shards are finished, the others given back.
    package mutating func drain(now: Double) { drain(now: now, for: profile.drainSeconds) }

    private mutating func drain(now: Double, for seconds: Double) {
        guard drainEnd == nil else { return }
        drainEnd = now + seconds
        switch phase {
        case .greeting where welcome == nil: phase = .ended(.success(.drained))
        case .opening, .fetching, .keeping, .preparing: leave(.success(.drained))
        default:
            report(.draining)
            unwanted += jobs.cancelWaiting()
            nextHeartbeat = now
        }
    }

    /// This campaign can't be worked on.
    package mutating func give(up error: WorkerError) { leave(.failure(error)) }

    /// The engines can't go on.
    package mutating func engineFailed(_ problem: String) { leave(.failure(.noRunner(problem))) }

    /// Says goodbye and ends; what came first stays the reason.
    mutating func leave(_ outcome: Outcome) {
        switch phase {
        case .leaving, .ended: break
        default: phase = .leaving(outcome)
        }
    }

    mutating func fail(_ error: WorkerError) { phase = .ended(.failure(error)) }

    // MARK: Actions

    /// What to do now.
    package mutating func next(now: Double) -> Action {
        watchTime(now: now)
        switch phase {
        case .ended(let outcome): return .end(outcome)
        case .opening(let welcome): return .open(welcome)
        case .keeping(let downloads, let bytes): return .keep(downloads[0], bytes)
        case .preparing: return .prepare(welcome ?? Welcome())
        default: break
        }
        if let waiting = outstanding { return repeated(waiting, now: now) }
        switch phase {
        case .greeting: return ask(.hello(hello), now: now)
        case .fetching(let downloads, let bytes):
            return ask(downloads[0].request(from: bytes.count), now: now)
        case .leaving: return ask(.goodbye, now: now)
        default: return work(now: now)
        }
    }

    /// What the clock asks for.
    private mutating func watchTime(now: Double) {
        let began = began ?? now
        self.began = began
        if let limit = profile.walltimeSeconds, now >= began + limit - profile.drainSeconds {
            drain(now: now)
        }
        guard case .working = phase else { return }
        idleSince = jobs.isEmpty ? idleSince ?? now : nil
        if let limit = profile.idleTimeoutSeconds, let idleSince, now >= idleSince + limit { drain(now: now) }
        while let lease = jobs.hung(for: profile.hangSeconds, now: now) {
            jobs.forget(lease.key)
            report(.hung(shard: lease.key.shard))
            // What else is finished is still handed over; the process can't be used any further.
            drainOutcome = .failure(.engineHung(shard: lease.key.shard, scenarios: lease.scenarios))
            drain(now: now, for: profile.hangSeconds)
        }
    }

    private mutating func work(now: Double) -> Action {
        if let drainEnd {
            if now >= drainEnd { unwanted += jobs.cancelRunning(now: now) }
            if !unwanted.isEmpty {
                defer { unwanted = [] }
                return ask(.giveBack(Array(unwanted.prefix(WireLimit.leases))), now: now)
            }
            if jobs.isEmpty {
                leave(drainOutcome)
                return ask(.goodbye, now: now)
            }
        }
        if now >= nextHeartbeat {
            nextHeartbeat = now + heartbeatSeconds
            return ask(.heartbeat(heartbeat), now: now)
        }
        switch jobs.errand(mayLease: drainEnd == nil && now >= nextLease, mayUpload: now >= nextUpload) {
        case .lease(let count): return ask(.lease(count: count), now: now)
        case .send(let key, let sequence, let bytes):
            return ask(.block(key, sequence: sequence, bytes: bytes), now: now)
        case .commit(let results): return ask(.commit(results), now: now)
        case nil: return .wait(until: nextDeadline(now: now))
        }
    }

    /// When the clock alone asks for something.
    private func nextDeadline(now: Double) -> Double {
        var times = [nextHeartbeat]
        if drainEnd == nil && jobs.wanted > 0 { times.append(nextLease) }
        if jobs.hasUploads { times.append(nextUpload) }
        if let drainEnd, drainEnd > now { times.append(drainEnd) }
        if let first = jobs.firstCancelled { times.append(first + profile.hangSeconds) }
        if let began, let limit = profile.walltimeSeconds, drainEnd == nil {
            times.append(began + limit - profile.drainSeconds)
        }
        if let idleSince, let limit = profile.idleTimeoutSeconds { times.append(idleSince + limit) }
        return times.min() ?? nextHeartbeat
    }

    private mutating func ask(_ body: FarmRequest.Body, now: Double) -> Action {
        sequence += 1
        var worker = number
        if case .hello = body { worker = 0 }
        let request = FarmRequest(worker: worker, sequence: sequence, body: body)
        outstanding = Outstanding(request: request, attempts: 1, began: now)
        return .ask(request, attempt: 1)
    }

    private mutating func repeated(_ waiting: Outstanding, now: Double) -> Action {
        guard let retryAt = waiting.retryAt, now >= retryAt else {
            return .wait(until: waiting.retryAt ?? .infinity)
        }
        outstanding?.retryAt = nil
        outstanding?.attempts += 1
        return .ask(waiting.request, attempt: waiting.attempts + 1)
    }

    /// The request that is out got no answer in time: it is repeated after a while, unless that is of no use.
    ///
    /// - Parameter problem: the reason, where it is known.
    package mutating func unanswered(now: Double, because problem: ConnectionProblem? = nil) {
        guard var waiting = outstanding, waiting.retryAt == nil else { return }
        if waiting.attempts == 1 || problem != waiting.told {
            report(.waiting(address: profile.address, reason: problem))
        }
        waiting.told = problem
        let silence = now - waiting.began
        if let limit = profile.giveUpAfterSeconds, silence > limit {
            fail(.gone(address: profile.address, seconds: silence))
        } else if case .leaving(let outcome) = phase, now >= drainEnd ?? now {
            phase = .ended(outcome)
        } else if let drainEnd, now >= drainEnd {
            // The coordinator is silent and the worker is to end: its leases will expire by themselves.
            phase = .ended(.success(.drained))
        }
        waiting.retryAt = now + waiting.backOff * (0.5 + 0.5 * random.unit())
        waiting.backOff = min(2 * waiting.backOff, Self.backOffSeconds.most)
        outstanding = waiting
    }

    private var hello: WorkerHello {
        var hello = profile.hello
        hello.held = jobs.keys
        hello.weightsHash = welcome?.weightsHash ?? ""
        return hello
    }

    private var heartbeat: Heartbeat {
        var heartbeat = Heartbeat()
        heartbeat.held = jobs.held
        heartbeat.counters = jobs.counters
        heartbeat.isDraining = drainEnd != nil
        return heartbeat
    }
}
