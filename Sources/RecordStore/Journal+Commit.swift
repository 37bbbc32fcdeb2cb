import Foundation
import GRDB
import Metrics

/// A shard whose blocks have been decoded and found to be its own.
struct CheckedShard {
    let commit: ShardCommit
    let fingerprint: ShardFingerprint
    let totals: CampaignTotals
    let incidents: [Incident]

    /// - Parameter records: all of the shard's, in the scenarios' order.
    init(_ commit: ShardCommit, records: [RolloutRecord]) {
        self.commit = commit
        fingerprint = ShardFingerprint(
            stepDigests: commit.stepDigests, recordChecksum: Journal.checksum(records))
        totals = CampaignTotals(records)
        incidents = Journal.incidents(records, shard: commit.shard)
    }
}

extension Journal {
    /// Each shard keeps this many near misses as incidents; collisions and departures from the road, all.
    static let nearMissesPerShard = 8

    /// Stores shards, all in one transaction: when this returns, they are on the disk.
    ///
    /// - Returns: what became of each, in order.
    /// - Throws: `JournalError` where nothing could be stored.
    public func commit(_ shards: [ShardCommit]) throws(JournalError) -> [CommitOutcome] {
        try apply(shards.map { .commit($0) }).compactMap { outcome in
            if case .commit(let result, _) = outcome { result } else { nil }
        }
    }

    /// Makes changes, all in one transaction: when this returns, they are on the disk.
    ///
    /// Can be repeated: a shard that is there is compared, never counted twice. One bad shard doesn't keep
    /// the others out.
    ///
    /// - Returns: what became of each, in order.
    /// - Throws: `JournalError` where nothing could be stored.
    public func apply(_ writes: [JournalWrite]) throws(JournalError) -> [JournalOutcome] {
        guard lock != nil else { throw .readOnly(path: path) }
        // Outside of the transaction, which no reader waits for then.
        let checked = writes.map { write -> Result<CheckedShard, CommitRefusal>? in
            switch write {
            case .commit(let shard), .piece(let shard):
                Result { () throws(CommitRefusal) in try check(shard) }
            default: nil
            }
        }
        let (outcomes, totals) = try perform {
            try database.write { db in
                let now = Self.now()
                var totals = runningTotals.withLock { $0 }
                let outcomes = try zip(writes, checked).map { write, checked in
                    try apply(write, checked, totals: &totals, at: now, in: db)
                }
                return (outcomes, totals)
            }
        }
        runningTotals.withLock { $0 = totals }
        return outcomes
    }

    private func apply(
        _ write: JournalWrite, _ checked: Result<CheckedShard, CommitRefusal>?, totals: inout CampaignTotals,
        at now: Double, in db: Database
    ) throws -> JournalOutcome {
        switch write {
        case .commit(let shard), .piece(let shard):
            guard let checked else { return .done }
            return try settle(shard, checked, isPiece: write.isPiece, totals: &totals, at: now, in: db)
        case .assemble(let shard, let firstScenario, let scenarioCount):
            let whole = try assembled(
                shard: shard, firstScenario: firstScenario, scenarioCount: scenarioCount, in: db)
            let checked = Result { () throws(CommitRefusal) in try check(whole) }
            return try settle(whole, checked, isPiece: false, totals: &totals, at: now, in: db)
        case .quarantine(let entry): try quarantine(entry, at: now, in: db)
        case .agreed(let shard):
            try db.execute(
                sql: "UPDATE shard SET audit = ? WHERE shard = ?",
                arguments: [AuditState.agreed.rawValue, shard])
        case .quarantineWorker(let entry): try quarantine(entry, at: now, in: db)
        case .revoke(let shards, let worker):
            let outcome = try revoke(shards: shards, worker: worker, in: db)
            if case .revoked(_, let left) = outcome { totals = left }
            return outcome
        case .log(let message): try log(message, at: now, in: db)
        }
        return .done
    }

    private func settle(
        _ offered: ShardCommit, _ checked: Result<CheckedShard, CommitRefusal>, isPiece: Bool,
        totals: inout CampaignTotals, at now: Double, in db: Database
    ) throws -> JournalOutcome {
        switch checked {
        case .success(let shard) where isPiece:
            return .commit(try storePiece(shard, at: now, in: db), by: offered.worker)
        case .success(let shard):
            let committer = try storedFingerprint(shard: offered.shard, in: db)?.worker ?? offered.worker
            let outcome = try store(shard, at: now, in: db)
            switch outcome {
            case .committed(let added): totals.add(added)
            case .partedByPolicy(_, let all): totals = all
            default: break
            }
            return .commit(outcome, by: committer)
        case .failure(let refusal):
            return .commit(try refuse(offered, refusal, at: now, in: db), by: offered.worker)
        }
    }

    private func refuse(
        _ shard: ShardCommit, _ refusal: CommitRefusal, at now: Double, in db: Database
    ) throws -> CommitOutcome {
        try log("shard \(shard.shard) of worker \(shard.worker.prefix(64)) refused: \(refusal)", at: now, in: db)
        return .refused(refusal)
    }

    private func check(_ commit: ShardCommit) throws(CommitRefusal) -> CheckedShard {
        try checkLimits(commit)
        return CheckedShard(commit, records: try records(of: commit))
    }

    /// The records of all blocks in the scenarios' order.
    func records(of commit: ShardCommit) throws(CommitRefusal) -> [RolloutRecord] {
        var records = [RolloutRecord](repeating: RolloutRecord(), count: commit.scenarioCount)
        var isFilled = [Bool](repeating: false, count: commit.scenarioCount)
        var found = 0
        for (sequence, block) in commit.blocks.enumerated() {
            let decoded: [RolloutRecord]
            do { decoded = try BlockCodec.decode(block) } catch { throw .block(sequence: sequence, error) }
            for record in decoded {
                let place = record.scenario &- commit.firstScenario
                guard place < UInt64(commit.scenarioCount), !isFilled[Int(place)] else {
                    throw .scenarios("\(record.scenario) comes twice or is another shard's")
                }
                records[Int(place)] = record
                isFilled[Int(place)] = true
            }
            found += decoded.count
        }
        if commit.quarantined.isEmpty {
            guard found == commit.scenarioCount else {
                throw .scenarios("\(found) records for \(commit.scenarioCount) scenarios")
            }
            return records
        }
        let absent = commit.quarantined.map { Int(truncatingIfNeeded: $0 &- commit.firstScenario) }
        guard absent.allSatisfy({ isFilled.indices.contains($0) && !isFilled[$0] }),
            found + Set(absent).count == commit.scenarioCount
        else { throw .scenarios("\(found) records and \(absent.count) set aside for \(commit.scenarioCount)") }
        return zip(records, isFilled).filter(\.1).map(\.0)
    }

    private func checkLimits(_ commit: ShardCommit) throws(CommitRefusal) {
        let size = campaign.shardSize
        guard (0..<Int.max / Self.maximumShardSize).contains(commit.shard),
            case let place = commit.firstScenario &- UInt64(commit.shard) * UInt64(size), place < size
        else {
            throw .range("shard \(commit.shard) can't begin at scenario \(commit.firstScenario)")
        }
        guard (1...size - Int(place)).contains(commit.scenarioCount) else {
            throw .range("\(commit.scenarioCount) scenarios where a shard has at most \(size)")
        }
        guard commit.blocks.count <= commit.scenarioCount else {
            throw .limit("\(commit.blocks.count) blocks for \(commit.scenarioCount) scenarios")
        }
        let steps = max(commit.stepDigests.sums.count, commit.stepDigests.policyTrace.count / 2)
        guard steps <= Self.maximumSteps else {
            throw .limit("digests of \(steps) steps, at most \(Self.maximumSteps)")
        }
        guard commit.worker.utf8.count <= Self.maximumWorkerNameBytes else {
            throw .limit("a worker's name of \(commit.worker.utf8.count) bytes")
        }
        guard commit.wallSeconds.isFinite, commit.wallSeconds >= 0, commit.generation >= 0 else {
            throw .limit("wall time \(commit.wallSeconds) s, generation \(commit.generation)")
        }
    }

    private func store(_ shard: CheckedShard, at now: Double, in db: Database) throws -> CommitOutcome {
        let commit = shard.commit
        guard commit.firstScenario == UInt64(commit.shard) * UInt64(campaign.shardSize) else {
            return try refuse(commit, .range("it begins at scenario \(commit.firstScenario)"), at: now, in: db)
        }
        if let stored = try storedFingerprint(shard: commit.shard, in: db) {
            if stored.fingerprint == shard.fingerprint { return .duplicate }
            if let parted = try settlePolicy(shard, stored: stored, at: now, in: db) { return parted }
            try log(
                "shard \(commit.shard): worker \(commit.worker) (generation \(commit.generation)) and worker"
                    + " \(stored.worker) disagree, first in"
                    + " \(stored.fingerprint.difference(from: shard.fingerprint))", at: now, in: db)
            return .mismatch(stored: stored.fingerprint, offered: shard.fingerprint)
        }
        try deletePieces(of: commit.shard, in: db)
        if commit.quarantined.isEmpty {
            try db.cachedStatement(sql: "DELETE FROM quarantine WHERE shard = ?").execute(arguments: [commit.shard])
        }
        try insert(shard, at: now, in: db)
        return .committed(shard.totals)
    }

    func storedFingerprint(
        shard: Int, in db: Database
    ) throws -> (fingerprint: ShardFingerprint, worker: String)? {
        let row = try Row.fetchOne(
            db, sql: "SELECT \(fingerprintColumns), worker FROM shard WHERE shard = ?", arguments: [shard])
        return try row.map { (try fingerprint(of: $0), try $0.decode(atIndex: 3)) }
    }

    /// - Parameter audit: where it stands if not at the beginning.
    func insert(_ shard: CheckedShard, audit: AuditState? = nil, at now: Double, in db: Database) throws {
        let commit = shard.commit
        try db.cachedStatement(sql: "UPDATE session SET last_commit_unix_seconds = ? WHERE id = ?")
            .execute(arguments: [now, session])
        try db.cachedStatement(sql: "INSERT INTO shard VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(
            arguments: [
                commit.shard, commit.generation, commit.worker, commit.firstScenario, commit.scenarioCount,
                now,
                commit.wallSeconds, Self.data(commit.stepDigests.sums),
                Self.hexadecimal(shard.fingerprint.recordChecksum),
                shard.totals.all.egoMillimeters,
                (audit ?? (commit.isToBeAudited ? .wanted : .notChosen)).rawValue,
                Self.data(commit.stepDigests.policyTrace),
            ])
        for (sequence, block) in commit.blocks.enumerated() {
            try db.cachedStatement(sql: "INSERT INTO block VALUES (?, ?, ?)")
                .execute(arguments: [commit.shard, sequence, Data(block)])
        }
        let marks = String(repeating: ", ?", count: JournalSchema.totalColumns.count)
        for family in TrafficFamily.allCases where shard.totals[family].rollouts > 0 {
            let sums = CampaignTotals.Sums.fields.map { shard.totals[family][keyPath: $0.path] }
            try db.cachedStatement(sql: "INSERT INTO total VALUES (?, ?\(marks))")
                .execute(arguments: [commit.shard, family.name] + StatementArguments(sums))
        }
        for incident in shard.incidents {
            try db.cachedStatement(sql: "INSERT INTO incident VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .execute(arguments: [
                    incident.scenario, incident.shard, incident.family.name, incident.outcome.name,
                    incident.collisionKind.name, incident.collisionPartner.name, incident.collisionSpeed,
                    incident.minimumTimeToCollision, incident.simulatedSeconds, incident.severity,
                    Self.hexadecimal(incident.digest),
                ])
        }
    }

    /// Adds a message to the event log.
    public func log(_ message: String) throws(JournalError) {
        guard lock != nil else { throw .readOnly(path: path) }
        try perform { try database.write { try log(message, at: Self.now(), in: $0) } }
    }

    func log(_ message: String, at now: Double, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO event VALUES (NULL, ?, ?)", arguments: [now, String(message.prefix(1000))])
        try db.execute(
            sql: "DELETE FROM event WHERE id <= ?",
            arguments: [db.lastInsertedRowID - Int64(Self.maximumEvents)])
    }

    /// Hash over every field of records that stand in their scenarios' order, a field after the other.
    static func checksum(_ records: [RolloutRecord]) -> UInt64 {
        var hash = WordHash()
        var values = [UInt64](repeating: 0, count: records.count)
        records.withUnsafeBufferPointer { records in
            values.withUnsafeMutableBufferPointer { values in
                for column in BlockColumn.all {
                    column.read(records, values)
                    hash.add(UnsafeRawBufferPointer(values))
                }
            }
        }
        return hash.value
    }

    static func incidents(_ records: [RolloutRecord], shard: Int) -> [Incident] {
        let ended = records.filter { $0.outcome != .completed }
        let nearMisses = records.filter { $0.outcome == .completed && $0.isNearMiss }
            .sorted { ($1.severity, $0.scenario) < ($0.severity, $1.scenario) }
        return (ended + nearMisses.prefix(nearMissesPerShard)).map { Incident($0, shard: shard) }
    }
}

extension JournalWrite {
    fileprivate var isPiece: Bool { if case .piece = self { true } else { false } }
}
