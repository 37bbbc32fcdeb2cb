import Metrics
import RecordStore
import Scenarios

/// What a campaign's kilometres say, for people (`text`, `html`) and for programs (as JSON through `Codable`).
public struct CampaignReport: Sendable, Equatable, Codable {
    /// What was simulated.
    public struct Subject: Sendable, Equatable, Codable {
        public var name: String
        public var identity: String
        public var seed: UInt64
        public var policy: String
        /// What was changed about it.
        public var policyParameters: [String: Double]
        /// Content hash of the weights.
        public var worldModel: String

        init(_ folder: ResultFolder) {
            let stored = folder.journal.campaign
            name = stored.name
            identity = stored.identity
            seed = stored.seed
            policy = stored.policy
            policyParameters = folder.campaign.policyParameters
            worldModel = stored.worldModelHash
        }

        /// The policy with its changed parameters.
        public var driver: String {
            let changes = policyParameters.sorted { $0.key < $1.key }
                .map { "\($0.key) \(ReportText.number($0.value))" }
            return policy + (changes.isEmpty ? "" : " (\(changes.joined(separator: ", ")))")
        }
    }

    /// A part of the rollouts: a traffic family, or a band of densities.
    public struct Part: Sendable, Equatable, Codable {
        public var name: String
        public var rollouts: UInt64
        public var egoKilometers: Double
        public var agentKilometers: Double
        public var collisions: ReportedEvent?
        public var events: [ReportedEvent]

        init(_ name: String, _ slice: ReportTally.Slice) {
            self.name = name
            rollouts = slice.rollouts
            egoKilometers = slice.egoMeters / 1000
            agentKilometers = slice.agentMeters / 1000
            events = slice.events
            collisions = events.first { $0.key == CountedEvent.collisions.rawValue }
        }

        func event(_ event: CountedEvent) -> ReportedEvent? {
            events.first { $0.key == event.rawValue }
        }
    }

    /// A rollout worth looking at, with the command that replays it.
    public struct WorstRollout: Sendable, Equatable, Codable {
        public var incident: Incident
        /// The seed's number of the scenario, where the campaign lists its scenarios.
        public var number: UInt64?
        public var replayCommand: String
    }

    /// What it takes to show that `event` is rarer than some limits.
    public struct Demonstration: Sendable, Equatable, Codable {
        public var event: String
        public var name: String
        public var limits: [ExposureNeeded]
    }

    public var subject: Subject
    public var rollouts: UInt64
    public var egoKilometers: Double
    public var agentKilometers: Double
    public var simulatedHours: Double
    public var agentSteps: UInt64
    /// Wall-clock seconds that the campaign was worked on; 0 if unknown.
    public var activeSeconds: Double
    /// Nil where the time is unknown.
    public var egoKilometersPerDay: Double?
    public var agentKilometersPerDay: Double?
    public var events: [ReportedEvent]
    public var families: [Part]
    /// By vehicles per kilometre and lane around the ego at the start.
    public var densities: [Part]
    public var distributions: [Distribution]
    public var demonstration: Demonstration
    /// Worst first.
    public var worst: [WorstRollout]
    /// What needed attention, in words.
    public var attention: [String]

    /// What a report is asked for.
    public struct Options: Sendable {
        /// How many of the worst rollouts are listed.
        public var worst = 10
        /// Of which event it is said how far one has to drive to show that it is rare.
        public var event = CountedEvent.collisions
        /// Limits to show, per million km. The last default is what RAND's *Driving to Safety* takes for human
        /// drivers in the United States: 190 reported crashes per 100 million miles.
        public var limits = [1000.0, 100, 10, 1.18]

        public init() {}
    }

    /// Reads a result folder, also while a coordinator writes it.
    ///
    /// - Parameter progress: told now and then how many records were read.
    /// - Throws: `JournalError`.
    public init(
        _ folder: ResultFolder, options: Options = Options(), progress: (UInt64) -> Void = { _ in },
        replayCommand: ReplayCommand
    ) throws {
        var tally = ReportTally()
        try folder.forEachRecord { record, _ in
            tally.add(record)
            if tally.all.rollouts % 4096 == 0 { progress(tally.all.rollouts) }
        }
        subject = Subject(folder)
        rollouts = tally.all.rollouts
        egoKilometers = tally.all.egoMeters / 1000
        agentKilometers = tally.all.agentMeters / 1000
        simulatedHours = tally.simulatedSeconds / 3600
        agentSteps = tally.agentSteps
        activeSeconds = try folder.journal.activeSeconds()
        if activeSeconds > 0 {
            egoKilometersPerDay = egoKilometers / activeSeconds * 86_400
            agentKilometersPerDay = agentKilometers / activeSeconds * 86_400
        }
        events = tally.all.events
        families = zip(TrafficFamily.allCases, tally.families).map { Part($0.name, $1) }
        densities = zip(ReportTally.densityBands, tally.densities).map { Part($0.name, $1) }
        distributions = zip(Distribution.definitions, tally.distributions).compactMap { Distribution($0, $1) }
        demonstration = Self.demonstration(options, events: events)
        worst = try folder.journal.worst(options.worst, shards: folder.countedShards).map { incident in
            WorstRollout(
                incident: incident, number: folder.listedNumber(of: incident.scenario),
                replayCommand: replayCommand(folder, incident.shard, incident.scenario))
        }
        attention = try folder.quarantineNotes(replayCommand) + folder.journal.events(5).map(\.message)
    }

    private static func demonstration(_ options: Options, events: [ReportedEvent]) -> Demonstration {
        let event = events.first { $0.key == options.event.rawValue }
        return Demonstration(
            event: options.event.rawValue, name: event?.name ?? options.event.rawValue,
            limits: options.limits.map {
                ExposureNeeded(events: event?.count ?? 0, kilometers: event?.kilometers ?? 0, limit: $0)
            })
    }
}

extension ResultFolder {
    /// The seed's number of a scenario, where the campaign lists its scenarios.
    func listedNumber(of scenario: UInt64) -> UInt64? {
        campaign.scenarioList.isEmpty ? nil : campaign.number(ofScenario: scenario)
    }
}
