import Messaging
import RecordStore

/// Results that wait to be stored, with the request that waits for the answer.
struct CommitOffer {
    /// So many requests at most share one transaction.
    static let limit = 96

    var message: ReplyRequest
    let worker: UInt64
    let results: [ShardResult]
}

extension Coordinator {
    /// The same request came again, over a new connection: that one gets the answer.
    func replaceOffer(of worker: UInt64, by message: ReplyRequest) {
        guard let index = offers.firstIndex(where: { $0.worker == worker }) else { return }
        offers[index].message = message
    }

    /// Stores all offers in one transaction, then answers them.
    func commitOffers(now: Double) {
        if offers.isEmpty { return }
        let waiting = offers
        offers = []
        var answers = waiting.map { [FarmReply.CommitAnswer?](repeating: nil, count: $0.results.count) }
        var commits: [ShardCommit] = []
        var places: [(offer: Int, result: Int)] = []
        for (offer, waiter) in waiting.enumerated() {
            for (index, result) in waiter.results.enumerated() {
                switch prepare(result, of: waiter.worker) {
                case .ready(let commit):
                    commits.append(commit)
                    places.append((offer, index))
                case .answer(let answer): answers[offer][index] = answer
                }
            }
        }
        do {
            let outcomes = commits.isEmpty ? [] : try journal.commit(commits)
            for (place, outcome) in zip(places, outcomes) {
                let waiter = waiting[place.offer]
                answers[place.offer][place.result] = conclude(
                    waiter.results[place.result].key, outcome, by: waiter.worker)
            }
        } catch {
            attention.add("Results can't be stored: \(error)")
            for waiter in waiting {
                answer(waiter.message, .retry(afterMilliseconds: 2_000), to: waiter.worker)
            }
            return
        }
        for (waiter, answers) in zip(waiting, answers) {
            answer(waiter.message, .commits(answers.compactMap(\.self)), to: waiter.worker)
        }
        checkGoal()
    }

    private enum Preparation {
        case ready(ShardCommit)
        case answer(FarmReply.CommitAnswer)
    }

    private func prepare(_ result: ShardResult, of id: UInt64) -> Preparation {
        guard let worker = workers[id], table.verdict(result.key) != .unknown else {
            return .answer(.refused("shard \(result.key.shard) was never leased so"))
        }
        guard result.blockCount > 0 else {
            return .answer(fail(result.key, by: worker, because: "the worker can't make records of it"))
        }
        guard let blocks = staging.blocks(of: result.key, worker: id, count: result.blockCount) else {
            staging.remove(result.key, worker: id)
            return .answer(.resend)
        }
        let scenarios = progress.scenarios(of: result.key.shard)
        return .ready(
            ShardCommit(
                shard: result.key.shard, generation: Int(clamping: result.key.generation),
                worker: worker.hello.name, firstScenario: scenarios.lowerBound,
                scenarioCount: scenarios.count, blocks: blocks, stepDigests: result.stepDigests,
                wallSeconds: result.wallSeconds))
    }

    /// Takes note of what the journal did with a result.
    private func conclude(
        _ key: LeaseKey, _ outcome: CommitOutcome, by id: UInt64
    ) -> FarmReply.CommitAnswer {
        guard let worker = workers[id] else { return .refused("the worker has left") }
        switch outcome {
        case .committed(let added):
            blockBytes += staging.remove(key, worker: id)
            _ = table.commit(key)
            progress.add(shard: key.shard, sums: added.all, settledPrefix: table.settledPrefix)
            totals.add(added)
            workers[id]?.shardsCommitted += 1
            return .committed
        case .duplicate:
            staging.remove(key, worker: id)
            return .duplicate
        case .mismatch(let stored, let offered):
            staging.remove(key, worker: id)
            workers[id]?.mismatches += 1
            attention.add(
                "Shard \(key.shard): worker \(worker.hello.name) on \(worker.hello.host) got other results"
                    + " than the journal holds, first at \(stored.difference(from: offered)); check that machine.")
            return .mismatch
        case .refused(let refusal):
            staging.remove(key, worker: id)
            return fail(key, by: worker, because: "\(refusal)")
        }
    }

    private func fail(
        _ key: LeaseKey, by worker: ConnectedWorker, because reason: String
    ) -> FarmReply.CommitAnswer {
        attention.add("Shard \(key.shard) from worker \(worker.hello.name) refused: \(reason)")
        if let loss = table.fail(key) { note([loss]) }
        return .refused(reason)
    }
}
