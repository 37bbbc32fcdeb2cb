import Metrics
import RecordStore

/// Shards that are rolled out again by somebody else, and what follows where the results differ.
extension CoordinatorMachine {
    /// A worker got what the journal holds.
    mutating func confirm(_ key: LeaseKey, committer: String, by worker: ConnectedWorker, now: Double) {
        let shard = key.shard
        guard errands.hasOpinion(on: shard) else { return }
        // The same worker offers its result again after a lost answer: that is no second opinion, unless it
        // was asked for one because nobody else is there.
        let wasAsked = errands.number(of: key) != nil
        guard worker.hello.name != committer || wasAsked else { return }
        if audits.isDisputed(shard) {
            decide(shard, audits.agree(shard, by: worker.hello.name), committer: committer, now: now)
        } else {
            errands.closeOpinion(on: shard)
            chores.append(.agreed(shard: shard))
        }
    }

    /// A worker got something else than the journal holds.
    mutating func dispute(
        _ shard: Int, stored: ShardFingerprint, by committer: String, offered: ShardFingerprint,
        worker: ConnectedWorker, now: Double
    ) {
        workers[worker.id]?.mismatches += 1
        attention.add(
            "Shard \(shard): workers \(worker.hello.name) and \(committer) got different results, first at"
                + " \(stored.difference(from: offered)); others are asked.")
        let verdict = audits.differ(
            shard, committed: stored, by: committer, offered: offered, by: worker.hello.name)
        decide(shard, verdict, committer: committer, now: now)
    }

    /// A worker got something else because the policy under test acted differently: that is the scenarios' outcome
    /// now, and nobody's machine is to blame.
    mutating func settlePolicy(
        _ shard: Int, scenarios: Int, totals: CampaignTotals, by committer: String, and worker: String
    ) {
        errands.closeOpinion(on: shard)
        audits.close(shard)
        attention.add(
            "Shard \(shard): the policy is not deterministic. In \(scenarios) scenarios it acted differently for"
                + " workers \(committer) and \(worker) after the same states; that is their outcome.")
        recount(totals)
    }

    /// What is stored has changed: how far the campaign is has to be counted anew.
    private mutating func recount(_ totals: CampaignTotals) {
        self.totals = totals
        progress = CampaignProgress(campaign: settings.campaign)
        wantsSums = true
    }

    private mutating func decide(_ shard: Int, _ verdict: AuditBook.Verdict, committer: String, now: Double) {
        errands.closeOpinion(on: shard)
        guard case .decided(let committedIsRight, let odd) = verdict else {
            errands.openOpinion(
                on: shard, scenarios: progress.scenarios(of: shard), avoiding: audits.workers(on: shard),
                now: now)
            return
        }
        audits.close(shard)
        if committedIsRight {
            chores.append(.agreed(shard: shard))
        } else {
            chores.append(.revoke(shards: [shard], worker: nil))
        }
        for name in odd {
            exclude(
                name, because: "its result of shard \(shard) differs from what other workers got", now: now)
            // Whatever nobody has confirmed is done again, pieces included.
            chores.append(.revoke(shards: table.split.sorted(), worker: name))
        }
    }

    /// A worker gets no more work, now or later.
    mutating func exclude(_ name: String, because reason: String, now: Double) {
        guard trust.quarantined[name] == nil else { return }
        let present = workers.values.filter { $0.hello.name == name }.sorted { $0.id < $1.id }
        let host = present.last?.hello.host ?? ""
        let entry = QuarantinedWorker(name: name, host: host, cause: reason)
        trust.quarantine(entry)
        attention.add(
            "Worker \(name) on \(host) gets no more work: \(reason). Run `longhaul doctor` on that machine.")
        chores.append(.quarantineWorker(entry))
        chores.append(.log("worker \(name) on \(host) is in quarantine: \(reason)"))
        for worker in present where worker.state != .left {
            endAll(of: worker, because: .mismatch, now: now)
            staging.removeAll(worker: worker.id)
            workers[worker.id]?.rate.stop()
            workers[worker.id]?.state = .quarantined
        }
    }

    /// The journal has taken shards back: they wait again.
    mutating func revoked(_ shards: Set<Int>, totals: CampaignTotals) {
        for shard in shards.sorted() {
            errands.closeOpinion(on: shard)
            errands.closePieces(of: shard)
            audits.close(shard)
            quarantine[shard] = nil
            table.reopen(shard)
        }
        recount(totals)
        if !shards.isEmpty { attention.add("Rolled out again: \(shards.count) shards that were taken back.") }
    }

    /// Disputes that nobody is left to settle end with the shard set aside.
    mutating func giveUpDisputes(now: Double) {
        for shard in errands.unsettledDisputes(now: now, patience: settings.disputeSeconds) {
            let names = audits.workers(on: shard)
            if workers.values.contains(where: { $0.isHere && !names.contains($0.hello.name) }) { continue }
            errands.closeOpinion(on: shard)
            audits.close(shard)
            let scenarios = progress.scenarios(of: shard)
            attention.add(
                "Shard \(shard): workers \(names.sorted().joined(separator: " and ")) disagree and nobody else is"
                    + " there to decide; its scenarios are set aside. Run `longhaul doctor` on each machine.")
            chores.append(.revoke(shards: [shard], worker: nil))
            for scenario in scenarios {
                chores.append(
                    .quarantine(
                        QuarantinedScenario(
                            scenario: scenario, shard: shard, cause: LossCause.mismatch.rawValue,
                            workers: names.sorted().joined(separator: ", "))))
            }
            chores.append(
                .assemble(shard: shard, firstScenario: scenarios.lowerBound, scenarioCount: scenarios.count))
        }
    }
}
