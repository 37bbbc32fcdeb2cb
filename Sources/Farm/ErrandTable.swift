/// Work beside the first rollout of whole shards: pieces of shards that workers failed at, and second
/// opinions on shards that are committed. A pure value, told the time like `LeaseTable`, whose generations it
/// uses. There are few errands at a time, so it looks through all of them.
struct ErrandTable: Sendable {
    enum Kind: Sendable, Equatable {
        case piece
        case opinion
    }

    struct Errand: Sendable {
        let kind: Kind
        let shard: Int
        let scenarios: Range<UInt64>
        /// When it was opened, or when its last holder failed.
        var since: Double
        /// Names of workers that shouldn't get it as long as there are others.
        var avoided: Set<String>
        /// Against a piece.
        var evidence = 0
        var causes: [LossCause: Int] = [:]
        var holder: LeaseTable.Holder?
    }

    /// A piece that can't be told apart any further, or that is too small, is set aside at this evidence.
    private static let evidenceUntilQuarantine = 8
    /// A piece is cut up further at this evidence.
    private static let evidenceUntilSplit = 4
    /// Into so many parts.
    private static let parts: UInt64 = 8
    /// So many waiting errands are looked at for one lease.
    private static let window = 64

    private let settings: LeaseTable.Settings
    private let soloSeconds: Double
    private(set) var errands: [Int: Errand] = [:]
    /// The order in which they were opened.
    private var order: [Int] = []
    private var byGeneration: [UInt64: Int] = [:]
    private var opinions: [Int: Int] = [:]
    private var nextNumber = 0

    /// - Parameter soloSeconds: a worker that is alone confirms its own shards after this time.
    init(settings: LeaseTable.Settings, soloSeconds: Double) {
        self.settings = settings
        self.soloSeconds = soloSeconds
    }

    var isEmpty: Bool { errands.isEmpty }
    var leasedCount: Int { byGeneration.count }

    // MARK: Opening and closing

    /// A second opinion on a shard that is committed.
    mutating func openOpinion(on shard: Int, scenarios: Range<UInt64>, avoiding: Set<String>, now: Double) {
        guard opinions[shard] == nil else { return }
        opinions[shard] = open(
            Errand(kind: .opinion, shard: shard, scenarios: scenarios, since: now, avoided: avoiding))
    }

    func hasOpinion(on shard: Int) -> Bool { opinions[shard] != nil }

    /// Shards below `end` whose second opinion is still wanted.
    func hasOpinions(below end: Int) -> Bool { opinions.keys.contains { $0 < end } }

    /// Shards that two or more workers disagree about and that nobody has taken for so long.
    func unsettledDisputes(now: Double, patience: Double) -> [Int] {
        opinions.filter { _, number in
            guard let errand = errands[number] else { return false }
            return errand.avoided.count > 1 && errand.holder == nil && errand.since + patience < now
        }.keys.sorted()
    }

    mutating func closeOpinion(on shard: Int) {
        if let number = opinions.removeValue(forKey: shard) { close(number) }
    }

    /// The parts of a shard that are to be rolled out on their own.
    ///
    /// - Parameter isWhole: nothing is known yet of its parts, so it is cut up.
    mutating func openPieces(_ ranges: [Range<UInt64>], of shard: Int, cutUp isWhole: Bool, now: Double) {
        for range in isWhole ? ranges.flatMap({ Self.parts(of: $0) }) : ranges {
            _ = open(Errand(kind: .piece, shard: shard, scenarios: range, since: now, avoided: []))
        }
    }

    /// The open piece with just this range.
    func piece(of shard: Int, scenarios: Range<UInt64>) -> Int? {
        order.first {
            guard let errand = errands[$0] else { return false }
            return errand.kind == .piece && errand.shard == shard && errand.scenarios == scenarios
        }
    }

    func hasPieces(of shard: Int) -> Bool {
        errands.values.contains { $0.kind == .piece && $0.shard == shard }
    }

    mutating func closePieces(of shard: Int) {
        for number in order where errands[number]?.kind == .piece && errands[number]?.shard == shard {
            close(number)
        }
    }

    mutating func close(_ number: Int) {
        guard let errand = errands.removeValue(forKey: number) else { return }
        if let holder = errand.holder { byGeneration[holder.generation] = nil }
        order.removeAll { $0 == number }
    }

    private mutating func open(_ errand: Errand) -> Int {
        defer { nextNumber += 1 }
        errands[nextNumber] = errand
        order.append(nextNumber)
        return nextNumber
    }

    /// Up to eight parts of nearly the same size.
    private static func parts(of range: Range<UInt64>) -> [Range<UInt64>] {
        let count = UInt64(range.count), parts = min(Self.parts, count)
        return (0..<parts).map {
            range.lowerBound + count * $0 / parts..<range.lowerBound + count * ($0 + 1) / parts
        }
    }

    // MARK: Leases

    /// An errand for this worker.
    ///
    /// - Parameter present: the names of all workers that are here; only asked for where it matters.
    mutating func lease(
        worker: UInt64, name: String, now: Double, generation: UInt64, present: () -> Set<String>
    ) -> (key: LeaseKey, scenarios: Range<UInt64>)? {
        var seen = 0
        for number in order where seen < Self.window {
            guard let errand = errands[number], errand.holder == nil else { continue }
            seen += 1
            if errand.avoided.contains(name) {
                // A dispute is settled by somebody else, or not at all.
                let isDispute = errand.kind == .opinion && errand.avoided.count > 1
                if isDispute || !present().isSubset(of: errand.avoided) { continue }
                let patience = errand.kind == .piece ? settings.speculateAfterSeconds : soloSeconds
                if now < errand.since + patience { continue }
            }
            errands[number]?.holder = LeaseTable.Holder(
                worker: worker, generation: generation, issued: now, deadline: now + settings.leaseSeconds,
                progressed: now)
            byGeneration[generation] = number
            return (LeaseKey(shard: errand.shard, generation: generation), errand.scenarios)
        }
        return nil
    }

    /// Renews what `worker` holds; nil if this lease is none of this table's.
    mutating func renew(_ key: LeaseKey, worker: UInt64, progress: UInt32, now: Double) -> Bool? {
        guard let number = byGeneration[key.generation] else { return nil }
        guard errands[number]?.shard == key.shard, errands[number]?.holder?.worker == worker
        else { return false }
        errands[number]?.holder?.renew(progress: progress, now: now, settings: settings)
        return true
    }

    func number(of key: LeaseKey) -> Int? { byGeneration[key.generation] }

    func leases(of worker: UInt64) -> Int {
        byGeneration.values.count { errands[$0]?.holder?.worker == worker }
    }

    /// The lease ends without a result.
    ///
    /// - Returns: the scenario that is to be set aside because of it, with the causes that were seen.
    mutating func end(_ key: LeaseKey, worker: UInt64, name: String, because cause: LossCause, now: Double)
        -> QuarantineVerdict?
    {
        guard let number = byGeneration[key.generation], let holder = errands[number]?.holder,
            holder.worker == worker
        else { return nil }
        byGeneration[key.generation] = nil
        errands[number]?.holder = nil
        errands[number]?.since = now
        if holder.progress == 0 && cause != .unusable && cause != .crashed { return nil }
        return accuse(number, of: cause, by: name, now: now)
    }

    /// Somebody found out later why a worker failed at these scenarios.
    mutating func accuse(
        shard: Int, scenarios: Range<UInt64>, of cause: LossCause, by name: String, now: Double
    ) -> QuarantineVerdict? {
        guard let number = piece(of: shard, scenarios: scenarios) else { return nil }
        if let holder = errands[number]?.holder { byGeneration[holder.generation] = nil }
        errands[number]?.holder = nil
        return accuse(number, of: cause, by: name, now: now)
    }

    private mutating func accuse(
        _ number: Int, of cause: LossCause, by name: String, now: Double
    ) -> QuarantineVerdict? {
        guard cause.evidence > 0, var errand = errands[number] else { return nil }
        if cause != .lost { errand.avoided.insert(name) }
        guard errand.kind == .piece else {
            errands[number] = errand
            return nil
        }
        errand.evidence += cause.evidence
        errand.causes[cause, default: 0] += 1
        errands[number] = errand
        if errand.scenarios.count > 1 {
            guard errand.evidence >= Self.evidenceUntilSplit else { return nil }
            close(number)
            for part in Self.parts(of: errand.scenarios) {
                var smaller = Errand(
                    kind: .piece, shard: errand.shard, scenarios: part, since: now, avoided: errand.avoided)
                smaller.causes = errand.causes
                _ = open(smaller)
            }
            return nil
        }
        guard errand.evidence >= Self.evidenceUntilQuarantine else { return nil }
        close(number)
        return QuarantineVerdict(
            shard: errand.shard, scenario: errand.scenarios.lowerBound, causes: errand.causes,
            workers: errand.avoided)
    }

    /// Leases of a worker, in order.
    func keys(of worker: UInt64) -> [LeaseKey] {
        byGeneration.filter { errands[$1]?.holder?.worker == worker }
            .map { LeaseKey(shard: errands[$1]?.shard ?? 0, generation: $0) }
            .sorted { $0.generation < $1.generation }
    }

    /// Leases whose deadline is over, with their holders and the reason.
    func due(now: Double) -> [(key: LeaseKey, worker: UInt64, cause: LossCause)] {
        byGeneration.sorted { $0.key < $1.key }.compactMap { generation, number in
            guard let errand = errands[number], let holder = errand.holder, holder.deadline <= now else {
                return nil
            }
            let hasStalled = now >= holder.progressed + settings.stallSeconds && holder.progress > 0
            let key = LeaseKey(shard: errand.shard, generation: generation)
            return (key, holder.worker, hasStalled ? .timedOut : .lost)
        }
    }
}

/// A scenario that is to be set aside.
struct QuarantineVerdict: Sendable, Equatable {
    let shard: Int
    let scenario: UInt64
    let causes: [LossCause: Int]
    let workers: Set<String>

    /// The weightiest cause first, in words.
    var cause: String {
        causes.filter { $0.key.evidence > 0 }
            .sorted { ($1.key.evidence, $0.key.rawValue) < ($0.key.evidence, $1.key.rawValue) }
            .map { $0.value == 1 ? $0.key.rawValue : "\($0.key.rawValue) (\($0.value) times)" }
            .joined(separator: ", ")
    }
}
