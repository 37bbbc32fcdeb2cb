import Metrics

/// What the coordinator publishes a few times a second and the dashboard shows. Codable as JSON.
public struct FarmSnapshot: Sendable, Equatable, Codable {
    public var campaignName = ""
    public var campaignIdentity = ""
    public var seed: UInt64 = 0
    public var policy = ""
    public var worldModel = ""
    /// Seconds since the coordinator started this campaign (over restarts: this run only).
    public var elapsedSeconds = 0.0
    public var state: CampaignState = .waitingForWorkers
    public var shardsTotal = 0
    public var shardsCommitted = 0
    public var shardsLeased = 0
    public var scenariosCommitted: UInt64 = 0
    /// Scenarios that no worker got through.
    public var scenariosQuarantined = 0
    /// 0...1 of the campaign's goal (scenarios or ego-km).
    public var progress = 0.0
    public var etaSeconds: Double?
    public var egoKilometers = 0.0
    public var agentKilometers = 0.0
    public var egoKilometersPerDay = 0.0
    public var agentKilometersPerDay = 0.0
    public var agentStepsPerSecond = 0.0
    public var sceneStepsPerSecond = 0.0
    public var bytesPerRecord = 0.0
    public var workers: [Worker] = []
    public var events: [Event] = []
    /// What needs attention, newest first: short sentences.
    public var attention: [String] = []
    /// The worst rollouts so far, worst first, at most `maximumIncidents`.
    public var incidents: [Incident] = []
    /// Path of the result folder on the coordinator's machine.
    public var resultFolder = ""

    public static let maximumIncidents = 50

    public enum CampaignState: String, Sendable, Codable {
        case waitingForWorkers = "waiting for workers"
        case running
        case finishing
        case finished
        case stopped
        /// Too many scenarios failed: stopped, or done but not well.
        case sick

        /// The coordinator has ended, or is about to.
        public var isOver: Bool { [.finished, .stopped, .sick].contains(self) }
    }

    public struct Worker: Sendable, Equatable, Codable {
        public var name = ""
        public var host = ""
        public var state = State.active
        public var threads = 0
        public var leases = 0
        public var egoKilometersPerDay = 0.0
        public var shardsCommitted = 0
        public var lastSeenSeconds = 0.0
        public var mismatches = 0
        public enum State: String, Sendable, Codable {
            case active, draining, lost, left
            /// It gets no more work: it failed where others didn't.
            case quarantined
        }
        public init() {}
    }

    /// An event rate with its exact Poisson interval.
    public struct Event: Sendable, Equatable, Codable {
        public var name = ""
        public var count: UInt64 = 0
        public var perMillionKilometers = 0.0
        public var low = 0.0
        public var high = 0.0
        /// True for a fault of the world model rather than of the policy under test.
        public var isWorldModelFault = false
        public init() {}
    }

    public init() {}
}
