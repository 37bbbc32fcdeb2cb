import Farm
import Metrics
import RecordStore

/// The journal as the coordinator sees it: whole transactions that are there or not. (What SQLite and the
/// file system make of torn writes is for the journal's own tests, on real files.)
struct SimulatedDisk {
    struct Shard {
        var worker: String
        var fingerprint: ShardFingerprint
        var scenarios: [UInt64]
        var scenarioCount: Int
        var audit: AuditState
    }

    struct Piece {
        var worker: String
        var scenarios: Range<UInt64>
        var fingerprint: ShardFingerprint
    }

    var session: UInt64 = 0
    var shards: [Int: Shard] = [:]
    var pieces: [Int: [Piece]] = [:]
    var quarantine: [UInt64: QuarantinedScenario] = [:]
    var workers: [String: QuarantinedWorker] = [:]
    /// Kept beside the shards, as the journal does: has to be their sum.
    var totals = CampaignTotals()
    var defect: Defect?

    mutating func start() -> CoordinatorMachine.Start {
        session += 1
        var start = CoordinatorMachine.Start(session: defect == .generationsStartAgain ? 1 : session)
        start.committed = left
        start.totals = totals
        start.pieces = pieces.mapValues { $0.map(\.scenarios) }
        start.quarantined = Array(quarantine.values)
        start.quarantinedWorkers = Array(workers.values)
        return start
    }

    private var left: [CommittedShard] {
        shards.sorted { $0.key < $1.key }.map { shard, stored in
            CommittedShard(
                shard: shard, generation: 0, worker: stored.worker, scenarioCount: stored.scenarioCount,
                egoMillimeters: SimulatedRollouts.totals(stored.scenarios).all.egoMillimeters,
                audit: stored.audit)
        }
    }

    mutating func apply(_ writes: [JournalWrite]) -> [JournalOutcome] { writes.map { apply($0) } }

    private mutating func apply(_ write: JournalWrite) -> JournalOutcome {
        switch write {
        case .commit(let commit): return store(commit)
        case .piece(let commit):
            guard shards[commit.shard] == nil else {
                return .commit(.refused(.scenarios("the shard is complete")), by: commit.worker)
            }
            let piece = Piece(
                worker: commit.worker, scenarios: range(commit), fingerprint: fingerprint(commit))
            pieces[commit.shard, default: []].removeAll { $0.scenarios.overlaps(piece.scenarios) }
            pieces[commit.shard, default: []].append(piece)
            return .commit(.committed(CampaignTotals()), by: commit.worker)
        case .assemble(let shard, let first, let count): return assemble(shard, first..<first + UInt64(count))
        case .quarantine(let entry): quarantine[entry.scenario] = entry
        case .agreed(let shard): shards[shard]?.audit = .agreed
        case .quarantineWorker(let entry): workers[entry.name] = entry
        case .revoke(let wanted, let worker): return revoke(wanted, worker)
        case .log: break
        }
        return .done
    }

    private func range(_ commit: ShardCommit) -> Range<UInt64> {
        commit.firstScenario..<commit.firstScenario + UInt64(commit.scenarioCount)
    }

    private func fingerprint(_ commit: ShardCommit) -> ShardFingerprint {
        ShardFingerprint(
            stepDigests: commit.stepDigests, recordChecksum: commit.blocks.reduce(0) { $0 &+ UInt64($1[0]) })
    }

    private mutating func store(_ commit: ShardCommit) -> JournalOutcome {
        let found = commit.blocks.reduce(0) { $0 + Int($1[1]) }
        guard found == commit.scenarioCount else {
            return .commit(.refused(.scenarios("\(found) of \(commit.scenarioCount)")), by: commit.worker)
        }
        let offered = fingerprint(commit)
        if let stored = shards[commit.shard] {
            if defect == .duplicatesCount { totals.add(SimulatedRollouts.totals(stored.scenarios)) }
            let isSame = stored.fingerprint == offered || defect == .mismatchesPass
            return .commit(
                isSame ? .duplicate : .mismatch(stored: stored.fingerprint, offered: offered),
                by: stored.worker)
        }
        for scenario in range(commit) { quarantine[scenario] = nil }
        return insert(
            commit.shard,
            Shard(
                worker: commit.worker, fingerprint: offered, scenarios: Array(range(commit)),
                scenarioCount: commit.scenarioCount, audit: commit.isToBeAudited ? .wanted : .notChosen))
    }

    private mutating func assemble(_ shard: Int, _ range: Range<UInt64>) -> JournalOutcome {
        let parts = pieces[shard] ?? []
        let aside = range.filter { quarantine[$0] != nil }
        let there = parts.flatMap { Array($0.scenarios) }.sorted()
        guard (there + aside).sorted() == Array(range), shards[shard] == nil else {
            return .commit(.refused(.scenarios("pieces of shard \(shard) don't fit")), by: "")
        }
        var sum: UInt32 = 0, checksum: UInt64 = 0
        for part in parts {
            sum &+= part.fingerprint.stepDigests.sums[0]
            checksum &+= part.fingerprint.recordChecksum
        }
        let fingerprint = ShardFingerprint(stepDigests: StepDigests(sums: [sum]), recordChecksum: checksum)
        return insert(
            shard,
            Shard(
                worker: Set(parts.map(\.worker)).sorted().joined(separator: ", "), fingerprint: fingerprint,
                scenarios: there, scenarioCount: range.count, audit: .notChosen))
    }

    private mutating func insert(_ shard: Int, _ stored: Shard) -> JournalOutcome {
        let added = SimulatedRollouts.totals(stored.scenarios)
        shards[shard] = stored
        pieces[shard] = nil
        totals.add(added)
        return .commit(.committed(added), by: stored.worker)
    }

    private mutating func revoke(_ wanted: [Int], _ worker: String?) -> JournalOutcome {
        var revoked = Set(wanted)
        if let worker {
            for (shard, stored) in shards
            where stored.audit != .agreed && stored.worker.split(separator: ", ").contains(Substring(worker)) {
                revoked.insert(shard)
            }
        }
        let present = revoked.filter { shards[$0] != nil }.sorted()
        for shard in revoked {
            shards[shard] = nil
            pieces[shard] = nil
            for (scenario, entry) in quarantine where entry.shard == shard { quarantine[scenario] = nil }
        }
        totals = shards.values.reduce(into: CampaignTotals()) { $0.add(SimulatedRollouts.totals($1.scenarios)) }
        return .revoked(shards: present, totals: totals)
    }
}
