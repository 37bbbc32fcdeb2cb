import Metrics

/// Something that the world model did and people hardly ever do: a collision, or leaving the road; with what
/// one needs to understand it. SI units.
public struct TrafficFault: Sendable, Codable {
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// Two agents, neither of which is the ego.
        case collision
        /// The ego, which the world model drives too here, and another. It ends the rollout.
        case egoCollision = "ego-collision"
        case offRoad = "off-road"
    }

    public var kind: Kind
    public var scenario: UInt64
    public var family: TrafficFamily
    /// Since measuring began.
    public var seconds: Float
    /// The faster one's speed just before.
    public var speed: Float
    /// Road: lanes, and their width.
    public var laneCount: Int
    public var laneWidth: Float
    /// The one behind first; for `offRoad` one only.
    public var agents: [Agent]

    public struct Agent: Sendable, Codable {
        public var identity: UInt32
        public var isEgo: Bool
        public var kind: AgentKind
        public var length: Float
        public var width: Float
        /// Entered after the rollout began; how long ago, burn-in included.
        public var isNewcomer: Bool
        public var secondsInScene: Float
        /// How far inside the window that moves with the ego; negative beyond its edge.
        public var insideWindow: Float
        public var headwayTrait: Float
        public var speedTrait: Float
        /// The last three seconds, oldest first.
        public var states: [State]
        /// His decisions in that time, oldest first.
        public var decisions: [Decision]
    }

    public struct State: Sendable, Codable {
        /// Before the fault: 0 is the step at which it was noted.
        public var seconds: Float
        public var s: Float
        public var d: Float
        public var speed: Float
        public var lateralSpeed: Float
        public var heading: Float
        public var acceleration: Float
        /// The lane he belongs to, the offset from its centre, and the lane he also reaches into, or -1.
        public var lane: Int
        public var offset: Float
        public var lanesBeside: Int
    }

    public struct Decision: Sendable, Codable {
        public var seconds: Float
        /// What the guard allowed: highest mean acceleration, lowest and highest lateral speed at the end.
        public var accelerationBound: Float
        public var lateralLow: Float
        public var lateralHigh: Float
        /// What was chosen.
        public var acceleration: Float
        public var lateralSpeed: Float
        /// Whether the likeliest motion was barred, along or across.
        public var barredAlong: Bool
        public var barredAcross: Bool
        /// Share of the network's probability that the guard left.
        public var allowedAlong: Float
        public var allowedAcross: Float
        /// The places among his neighbours that the other one had; empty: he did not see him.
        public var seesOtherAs: [String]
        /// Who leads him: gap between the bodies and speed; 1,000 and 0 for nobody.
        public var leaderGap: Float
        public var leaderSpeed: Float
    }
}

/// Bands of speed that faults and distance are divided into, m/s.
public enum SpeedBand: Int, Sendable, CaseIterable, Codable {
    case walking = 0, creeping, slow, medium, fast

    static let limits: [Float] = [1.5, 5, 10, 20]

    public init(speed: Float) {
        self = SpeedBand(rawValue: Self.limits.firstIndex { speed < $0 } ?? Self.limits.count) ?? .fast
    }

    public var name: String {
        switch self {
        case .walking: "under 1.5 m/s"
        case .creeping: "1.5 to 5 m/s"
        case .slow: "5 to 10 m/s"
        case .medium: "10 to 20 m/s"
        case .fast: "over 20 m/s"
        }
    }
}
