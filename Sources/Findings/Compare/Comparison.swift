import Metrics
import RecordStore
import Scenarios

/// Policy B against policy A on the same scenarios (common random numbers): every scenario is a pair, and what
/// both had in common cancels.
public struct Comparison: Sendable, Equatable, Codable {
    /// A scenario that fared differently.
    public struct Change: Sendable, Equatable, Codable {
        /// The seed's number of the scenario.
        public var number: UInt64
        public var family: TrafficFamily
        public var a: Incident
        public var b: Incident
        public var replayA: String
        public var replayB: String
    }

    public struct Outcome: Sendable, Equatable, Codable {
        public var a: String
        public var b: String
        public var count: UInt64
    }

    public var a: CampaignReport.Subject
    public var b: CampaignReport.Subject
    public var folderA: String
    public var folderB: String
    /// Scenarios that both have; only these are compared.
    public var pairs: UInt64
    public var onlyInA: UInt64
    public var onlyInB: UInt64
    public var egoKilometersA: Double
    public var egoKilometersB: Double
    /// How many scenarios had which outcome under A and under B, where there are any.
    public var outcomes: [Outcome]
    public var metrics: [ComparedMetric]
    /// What the lists of changed scenarios are about: failures, unless another event was asked for.
    public var event: CountedEvent
    /// Scenarios with that event under B and not under A.
    public var newFailures: UInt64
    /// Scenarios with that event under A and not under B.
    public var fixedFailures: UInt64
    /// The worst of each, worst first, at most as many as were asked for.
    public var newlyFailing: [Change]
    public var nowFixed: [Change]

    /// Every name that `--fail-if-worse` takes.
    public static let metricKeys: [String] =
        EventDefinition.policy.filter(isCompared).filter { !neutral.contains($0.key) }.map(\.key)
        + MeanPairs.all.map(\.key) + ["new-failures"]

    /// Neither good nor bad.
    static let neutral: Set = ["lane-changes"]

    private static func isCompared(_ definition: EventDefinition) -> Bool { definition.level < 2 }

    /// Reads both folders once, side by side.
    ///
    /// - Parameters:
    ///   - event: what the lists of changed scenarios are about.
    ///   - limit: how many of them are listed each way.
    /// - Throws: `NotComparable`; `JournalError`.
    public init(
        _ a: ResultFolder, _ b: ResultFolder, event: CountedEvent = .failures, limit: Int,
        progress: (UInt64) -> Void = { _ in }, replayCommand: ReplayCommand
    ) throws {
        try NotComparable.check(a, b)
        self.event = event
        var tally = PairTally(event: event, limit: limit)
        try tally.read(a, b, progress: progress)
        guard tally.pairs > 0 else {
            throw NotComparable(reasons: ["they have no scenario in common"])
        }
        func changes(_ list: ChangeList) -> [Change] {
            list.sorted.map {
                Change(
                    number: $0.number, family: $0.a.family, a: $0.a, b: $0.b,
                    replayA: replayCommand(a, $0.a.shard, $0.a.scenario),
                    replayB: replayCommand(b, $0.b.shard, $0.b.scenario))
            }
        }
        self.a = CampaignReport.Subject(a)
        self.b = CampaignReport.Subject(b)
        (folderA, folderB) = (a.path, b.path)
        (pairs, onlyInA, onlyInB) = (tally.pairs, tally.onlyInA, tally.onlyInB)
        (egoKilometersA, egoKilometersB) = (tally.metersA / 1000, tally.metersB / 1000)
        outcomes = tally.outcomes.sorted { $0.key < $1.key }.map {
            Outcome(a: PairTally.outcomeNames[$0.key / 64], b: PairTally.outcomeNames[$0.key % 64], count: $0.value)
        }
        metrics = tally.events.map { $0.metric(isHarmful: !Self.neutral.contains($0.definition.key)) }
            + tally.means.map(\.metric)
        (newFailures, fixedFailures) = (tally.new.count, tally.fixed.count)
        (newlyFailing, nowFixed) = (changes(tally.new), changes(tally.fixed))
    }

    /// Whether B is worse than A in a metric, as `--fail-if-worse` has it.
    public func isWorse(_ key: String) -> Bool {
        if key == "new-failures" {
            return metrics.contains { $0.key == CountedEvent.failures.rawValue && $0.mcnemar?.onlyB ?? 0 > 0 }
        }
        return metrics.contains { $0.key == key && $0.verdict == .worse }
    }
}

/// What a comparison adds up, pair by pair.
private struct PairTally {
    var pairs: UInt64 = 0
    var onlyInA: UInt64 = 0
    var onlyInB: UInt64 = 0
    var metersA = 0.0
    var metersB = 0.0
    /// By outcome of A times 64 plus outcome of B.
    var outcomes: [Int: UInt64] = [:]
    var events = EventDefinition.policy.filter { $0.level < 2 }.map(EventPairs.init)
    var means = MeanPairs.all
    var new: ChangeList
    var fixed: ChangeList

    static let outcomeNames = ["completed"] + FailureKind.failures.map(\.rawValue)

    private let event: CountedEvent

    init(event: CountedEvent, limit: Int) {
        self.event = event
        new = ChangeList(limit: limit)
        fixed = ChangeList(limit: limit)
    }

    /// Both cursors ascend, so one pass finds every pair.
    mutating func read(_ a: ResultFolder, _ b: ResultFolder, progress: (UInt64) -> Void) throws {
        var cursorA = try RecordCursor(a), cursorB = try RecordCursor(b)
        var nextA = try cursorA.next(), nextB = try cursorB.next()
        while nextA != nil || nextB != nil {
            let numberA = nextA?.number ?? .max, numberB = nextB?.number ?? .max
            if let pairA = nextA, let pairB = nextB, numberA == numberB {
                add(pairA, pairB)
                if pairs % 4096 == 0 { progress(pairs) }
            } else if numberA < numberB {
                onlyInA += 1
            } else {
                onlyInB += 1
            }
            if numberA <= numberB { nextA = try cursorA.next() }
            if numberB <= numberA { nextB = try cursorB.next() }
        }
    }

    private mutating func add(_ a: RecordCursor.Element, _ b: RecordCursor.Element) {
        pairs += 1
        metersA += Double(a.record.egoMeters)
        metersB += Double(b.record.egoMeters)
        outcomes[Self.outcome(a.record) * 64 + Self.outcome(b.record), default: 0] += 1
        for index in events.indices { events[index].add(a.record, b.record) }
        for index in means.indices { means[index].add(a.record, b.record) }
        let hasA = event.count(in: a.record) > 0, hasB = event.count(in: b.record) > 0
        if hasB && !hasA { new.add(a, b, severity: b.record.severity) }
        if hasA && !hasB { fixed.add(a, b, severity: a.record.severity) }
    }

    private static func outcome(_ record: RolloutRecord) -> Int {
        guard record.isFailure, let kind = FailureKind(record) else { return 0 }
        return 1 + (FailureKind.failures.firstIndex(of: kind) ?? 0)
    }
}

/// The worst of many changed scenarios, in memory for a few.
private struct ChangeList {
    struct Change {
        var number: UInt64
        var a: Incident
        var b: Incident
        var severity: Double
    }

    let limit: Int
    private(set) var count: UInt64 = 0
    private var changes: [Change] = []

    init(limit: Int) { self.limit = max(0, limit) }

    mutating func add(_ a: RecordCursor.Element, _ b: RecordCursor.Element, severity: Double) {
        count += 1
        changes.append(
            Change(
                number: a.number, a: Incident(a.record, shard: a.shard), b: Incident(b.record, shard: b.shard),
                severity: severity))
        if changes.count > 2 * limit + 64 { changes = sorted }
    }

    var sorted: [Change] {
        Array(changes.sorted { ($1.severity, $0.number) < ($0.severity, $1.number) }.prefix(limit))
    }
}
