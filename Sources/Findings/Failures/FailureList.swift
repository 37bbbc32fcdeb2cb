import Metrics
import Scenarios

/// The failures in a result folder, grouped by cause: what happened, and with what kind of vehicle.
public struct FailureList: Sendable, Equatable, Codable {
    public struct Failure: Sendable, Equatable, Codable {
        public var kind: FailureKind
        public var incident: Incident
        /// The seed's number of the scenario.
        public var number: UInt64
        public var replayCommand: String
    }

    public struct Group: Sendable, Equatable, Codable {
        public var kind: FailureKind
        public var cause: String
        public var count: UInt64
        /// Per million ego-km, with the exact 95 % Poisson interval.
        public var rate: EventRate.Rate?
        /// Rollouts by traffic family.
        public var families: [String: UInt64]
        /// Of the speed differences at the collisions, m/s; nil where nobody collided.
        public var slowest: Float?
        public var median: Double?
        public var fastest: Float?
        /// The one to look at first: without faults of the world model if there is such a one, then the
        /// one that is over soonest.
        public var example: Failure
    }

    public var folder: String
    public var rollouts: UInt64
    public var egoKilometers: Double
    /// All that the filter lets through.
    public var count: UInt64
    /// Most frequent first.
    public var groups: [Group]
    /// Worst first, at most as many as were asked for.
    public var failures: [Failure]

    /// Reads all records of a folder once.
    ///
    /// - Parameter limit: how many single failures are kept, the worst.
    /// - Throws: `JournalError`.
    public init(
        _ folder: ResultFolder, filter: FailureFilter, limit: Int, replayCommand: ReplayCommand
    ) throws {
        var tallies: [Cause: Tally] = [:]
        var worst = WorstList(limit: limit)
        var meters = 0.0, rollouts: UInt64 = 0, count: UInt64 = 0
        try folder.forEachRecord { record, shard in
            rollouts += 1
            meters += Double(record.egoMeters)
            guard let kind = filter.kind(of: record) else { return }
            count += 1
            tallies[Cause(kind, record), default: Tally()].add(record, shard: shard)
            worst.add(Incident(record, shard: shard))
        }
        func failure(_ incident: Incident) -> Failure {
            Failure(
                kind: FailureKind(incident), incident: incident,
                number: folder.campaign.number(ofScenario: incident.scenario),
                replayCommand: replayCommand(folder, incident.shard, incident.scenario))
        }
        self.folder = folder.path
        (self.rollouts, self.count, egoKilometers) = (rollouts, count, meters / 1000)
        failures = worst.sorted.map(failure)
        groups = tallies.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.compactMap { cause, tally in
            guard let example = tally.cleanest else { return nil }
            let rate = EventRate(
                name: "", count: tally.count, exposure: .egoKilometers, kilometers: meters / 1000)
            let speeds = cause.kind.hasPartner ? tally.speeds : nil
            return Group(
                kind: cause.kind, cause: cause.kind.cause(cause.partner), count: tally.count, rate: rate.rate,
                families: tally.families, slowest: speeds?.minimum, median: speeds?.quantile(0.5),
                fastest: speeds?.maximum, example: failure(example.incident))
        }
    }
}

extension FailureKind {
    /// The kind of an incident, which can't be anything but one of them.
    fileprivate init(_ incident: Incident) {
        var record = RolloutRecord()
        record.outcome = incident.outcome
        record.collisionKind = incident.collisionKind
        record.minimumTimeToCollision = incident.minimumTimeToCollision
        self = FailureKind(record) ?? .stuck
    }
}

/// What makes failures alike.
private struct Cause: Hashable, Comparable {
    var kind: FailureKind
    var partner: AgentKind

    init(_ kind: FailureKind, _ record: RolloutRecord) {
        self.kind = kind
        partner = kind.hasPartner ? record.collisionPartner : .car
    }

    private var order: (String, UInt8) { (kind.rawValue, partner.rawValue) }
    static func < (a: Self, b: Self) -> Bool { a.order < b.order }
}

private struct Tally {
    struct Example {
        var incident: Incident
        var faults: UInt64

        /// Smaller is cleaner.
        var order: (UInt64, Float, UInt64) { (faults, incident.simulatedSeconds, incident.scenario) }
    }

    var count: UInt64 = 0
    var families: [String: UInt64] = [:]
    var speeds = ValueHistogram()
    var cleanest: Example?

    mutating func add(_ record: RolloutRecord, shard: Int) {
        count += 1
        families[record.family.name, default: 0] += 1
        speeds.add(record.collisionSpeed)
        let example = Example(
            incident: Incident(record, shard: shard),
            faults: UInt64(record.backgroundCollisions) + UInt64(record.backgroundOffRoad))
        if let best = cleanest, best.order <= example.order { return }
        cleanest = example
    }
}

/// The worst of many incidents, in memory for a few.
struct WorstList {
    let limit: Int
    private var incidents: [Incident] = []

    init(limit: Int) { self.limit = max(0, limit) }

    mutating func add(_ incident: Incident) {
        incidents.append(incident)
        if incidents.count > 2 * limit + 64 { incidents = sorted }
    }

    /// Worst first; of equally bad ones the lower scenario.
    var sorted: [Incident] {
        Array(incidents.sorted { ($1.severity, $0.scenario) < ($0.severity, $1.scenario) }.prefix(limit))
    }
}
