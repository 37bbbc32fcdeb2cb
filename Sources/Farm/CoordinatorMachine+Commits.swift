import Metrics
import RecordStore

/// Results that wait to be stored, with the request that waits for the answer.
struct CommitOffer: Sendable {
    /// So many requests at most share one transaction.
    static let limit = 96

    var ticket: CoordinatorMachine.Ticket
    let worker: UInt64
    let results: [ShardResult]
}

/// What the journal has at hand: one transaction.
struct WriteGroup: Sendable {
    /// Where a write came from.
    enum Origin: Sendable {
        case chore(JournalWrite)
        case offer(Int, result: Int)
    }

    var offers: [CommitOffer] = []
    /// Answers to the offers' results.
    var answers: [[FarmReply.CommitAnswer?]] = []
    /// Of each write.
    var origins: [Origin] = []
}

extension CoordinatorMachine {
    package var hasOffers: Bool { !offers.isEmpty }
    /// Enough has come for one transaction.
    package var isGroupFull: Bool { offers.count >= CommitOffer.limit }

    /// The same request came again, over a new connection: that one gets the answer.
    mutating func replaceOffer(of worker: UInt64, by ticket: Ticket) {
        guard let index = offers.firstIndex(where: { $0.worker == worker }) else {
            return emit(.drop(ticket))
        }
        emit(.drop(offers[index].ticket))
        offers[index].ticket = ticket
    }

    /// What is to be stored in one transaction. To be followed by `stored` or `storingFailed`.
    package mutating func takeWrites() -> [JournalWrite] {
        underWay = WriteGroup(
            offers: offers,
            answers: offers.map { [FarmReply.CommitAnswer?](repeating: nil, count: $0.results.count) },
            origins: chores.map { .chore($0) })
        var writes = chores
        offers = []
        chores = []
        for (offer, waiter) in underWay.offers.enumerated() {
            for (index, result) in waiter.results.enumerated() {
                switch prepare(result, of: waiter.worker) {
                case .ready(let write):
                    writes.append(write)
                    underWay.origins.append(.offer(offer, result: index))
                case .answer(let answer): underWay.answers[offer][index] = answer
                }
            }
        }
        return writes
    }

    /// What the journal made of each write, now that all are on the disk: answers the offers.
    package mutating func stored(_ outcomes: [JournalOutcome], now: Double) {
        let now = ownTime(now)
        let group = underWay
        underWay = WriteGroup()
        var answers = group.answers
        for (origin, outcome) in zip(group.origins, outcomes) {
            switch (origin, outcome) {
            case (.chore(let write), _): conclude(write, outcome, now: now)
            case (.offer(let offer, let index), .commit(let commit, let committer)):
                let waiter = group.offers[offer]
                answers[offer][index] = conclude(
                    waiter.results[index], commit, committer: committer, by: waiter.worker, now: now)
            case (.offer(let offer, let index), _): answers[offer][index] = .refused("not stored")
            }
        }
        for (waiter, answers) in zip(group.offers, answers) {
            answer(waiter.ticket, .commits(answers.compactMap(\.self)), to: waiter.worker)
        }
        checkGoal()
    }

    /// Nothing was stored: nothing is acknowledged, and the workers come again.
    package mutating func storingFailed(_ problem: String) {
        attention.add("Results can't be stored: \(problem)")
        let group = underWay
        underWay = WriteGroup()
        let undone = group.origins.compactMap { origin in
            if case .chore(let write) = origin { write } else { nil }
        }
        chores = undone + chores
        for waiter in group.offers {
            answer(waiter.ticket, .retry(afterMilliseconds: 2_000), to: waiter.worker)
        }
    }

    private enum Preparation {
        case ready(JournalWrite)
        case answer(FarmReply.CommitAnswer)
    }

    private mutating func prepare(_ result: ShardResult, of id: UInt64) -> Preparation {
        let key = result.key
        guard let worker = workers[id], worker.state != .quarantined else {
            return .answer(.refused("this worker's results are not wanted"))
        }
        guard table.verdict(key) != .unknown else {
            return .answer(.refused("shard \(key.shard) was never leased so"))
        }
        let whole = progress.scenarios(of: key.shard)
        let isWhole = result.scenarios == whole
        guard isWhole || errands.piece(of: key.shard, scenarios: result.scenarios) != nil else {
            staging.remove(key, worker: id)
            let what = "scenarios \(result.scenarios) of shard \(key.shard)"
            return .answer(.refused("\(what) are no longer wanted"))
        }
        guard result.blockCount > 0 else {
            return .answer(fail(key, by: worker, because: "the worker can't make records of it"))
        }
        guard let blocks = staging.blocks(of: key, worker: id, count: result.blockCount) else {
            staging.remove(key, worker: id)
            return .answer(.resend)
        }
        var commit = ShardCommit(
            shard: key.shard, generation: Int(clamping: key.generation), worker: worker.hello.name,
            firstScenario: result.scenarios.lowerBound, scenarioCount: result.scenarios.count, blocks: blocks,
            stepDigests: result.stepDigests, wallSeconds: result.wallSeconds)
        commit.isToBeAudited = isWhole && audits.isChosen(key.shard)
        return .ready(isWhole ? .commit(commit) : .piece(commit))
    }

    /// Takes note of what the journal did with a result.
    private mutating func conclude(
        _ result: ShardResult, _ outcome: CommitOutcome, committer: String, by id: UInt64, now: Double
    ) -> FarmReply.CommitAnswer {
        guard let worker = workers[id] else { return .refused("the worker has left") }
        let key = result.key
        let bytes = staging.remove(key, worker: id)
        switch outcome {
        case .refused(let refusal): return fail(key, by: worker, because: "\(refusal)")
        case .committed(let added):
            blockBytes += bytes
            let isWhole = result.scenarios == progress.scenarios(of: key.shard)
            if isWhole {
                count(key.shard, added.all)
                totals.add(added)
                workers[id]?.shardsCommitted += 1
                settle(key.shard, by: worker.hello.name, now: now)
            } else if let number = errands.piece(of: key.shard, scenarios: result.scenarios) {
                errands.close(number)
                assembleIfComplete(key.shard)
            }
            return .committed
        case .duplicate:
            confirm(key, committer: committer, by: worker, now: now)
            return .duplicate
        case .partedByPolicy(let scenarios, let all):
            settlePolicy(key.shard, scenarios: scenarios, totals: all, by: committer, and: worker.hello.name)
            return .duplicate
        case .mismatch(let stored, let offered):
            // A shard with scenarios in quarantine is not what a worker gets that rolls out all of them.
            if quarantine[key.shard] != nil { return .duplicate }
            dispute(key.shard, stored: stored, by: committer, offered: offered, worker: worker, now: now)
            return .mismatch
        }
    }

    /// A whole shard is in the journal.
    private mutating func settle(_ shard: Int, by worker: String, now: Double) {
        errands.closePieces(of: shard)
        quarantine[shard] = nil
        for name in trust.finished(shard, by: worker) {
            exclude(name, because: "it failed several times at shards that others finished", now: now)
        }
        if audits.isChosen(shard) {
            errands.openOpinion(
                on: shard, scenarios: progress.scenarios(of: shard), avoiding: [worker], now: now)
        }
    }

    private mutating func count(_ shard: Int, _ sums: CampaignTotals.Sums) {
        table.complete(shard)
        // While the sums are counted anew, this one comes with the others.
        if !wantsSums { progress.add(shard: shard, sums: sums, settledPrefix: table.settledPrefix) }
    }

    private mutating func fail(
        _ key: LeaseKey, by worker: ConnectedWorker, because reason: String
    ) -> FarmReply.CommitAnswer {
        attention.add("Shard \(key.shard) from worker \(worker.hello.name) refused: \(reason)")
        end(key, of: worker, because: .unusable)
        return .refused(reason)
    }

    /// Takes note of a chore that is done.
    private mutating func conclude(_ write: JournalWrite, _ outcome: JournalOutcome, now: Double) {
        switch (write, outcome) {
        case (.assemble(let shard, _, _), .commit(.committed(let added), _)):
            count(shard, added.all)
            totals.add(added)
            trust.pardon(at: shard)
        case (.assemble(let shard, _, _), .commit(.refused(let refusal), _)):
            attention.add("Shard \(shard) can't be put together (\(refusal)); it is rolled out again.")
            chores.append(.revoke(shards: [shard], worker: nil))
        case (.revoke(let wanted, _), .revoked(let shards, let totals)):
            revoked(Set(wanted).union(shards), totals: totals)
        case (.quarantine(let entry), _): quarantine[entry.shard, default: []].insert(entry.scenario)
        default: break
        }
    }
}
