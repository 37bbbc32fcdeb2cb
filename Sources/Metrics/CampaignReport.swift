/// What a campaign found, for people (`text`) and for programs (as JSON through `Codable`).
public struct CampaignReport: Sendable, Equatable, Codable {
    /// What was simulated.
    public struct Subject: Sendable, Equatable, Codable {
        public var name: String
        public var identity: String
        public var seed: UInt64
        public var policy: String
        /// Name or content hash of the weights.
        public var worldModel: String

        public init(name: String, identity: String, seed: UInt64, policy: String, worldModel: String) {
            self.name = name
            self.identity = identity
            self.seed = seed
            self.policy = policy
            self.worldModel = worldModel
        }
    }

    /// One traffic family's share.
    public struct Family: Sendable, Equatable, Codable {
        public var name: String
        public var rollouts: UInt64
        public var egoKilometers: Double
        public var agentKilometers: Double
        public var collisions: EventRate
    }

    /// A rollout worth looking at, with the command that replays it.
    public struct WorstRollout: Sendable, Equatable, Codable {
        public var incident: Incident
        public var replayCommand: String
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
    public var events: [EventRate]
    public var families: [Family]
    /// Worst first.
    public var worst: [WorstRollout]
    /// What needed attention, in words.
    public var attention: [String]

    /// - Parameters:
    ///   - activeSeconds: wall-clock time that the campaign was worked on.
    ///   - worst: worst first.
    ///   - replayCommand: the exact shell command that replays an incident.
    public init(
        subject: Subject, totals: CampaignTotals, activeSeconds: Double, worst: [Incident],
        attention: [String] = [],
        replayCommand: (Incident) -> String
    ) {
        let all = totals.all
        self.subject = subject
        rollouts = all.rollouts
        egoKilometers = all.egoKilometers
        agentKilometers = all.agentKilometers
        simulatedHours = Double(all.simulatedMilliseconds) / 3.6e6
        agentSteps = all.agentSteps
        self.activeSeconds = activeSeconds
        if activeSeconds > 0 {
            egoKilometersPerDay = all.egoKilometers / activeSeconds * 86_400
            agentKilometersPerDay = all.agentKilometers / activeSeconds * 86_400
        }
        events = EventRate.all(of: totals)
        families = TrafficFamily.allCases.map { family in
            let sums = totals[family]
            return Family(
                name: family.name, rollouts: sums.rollouts, egoKilometers: sums.egoKilometers,
                agentKilometers: sums.agentKilometers,
                collisions: EventRate(
                    name: "ego collisions", count: sums.collisions, exposure: .egoKilometers,
                    kilometers: sums.egoKilometers))
        }
        self.worst = worst.map { WorstRollout(incident: $0, replayCommand: replayCommand($0)) }
        self.attention = attention
    }
}
