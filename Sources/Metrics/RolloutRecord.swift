/// How a rollout ended.
public enum RolloutOutcome: UInt8, Sendable, CaseIterable, Codable {
    /// The ego drove to the horizon.
    case completed = 0
    /// The ego collided: the rollout ended there, and no kilometre counts after it.
    case collision = 1
    /// The ego left the road: the rollout ended there.
    case offRoad = 2
    /// The policy under test ended its process, by a signal, an exception or an exit. As with every
    /// fault of the policy the rollout ended there.
    case policyCrashed = 3
    /// The policy did not answer in time.
    case policyHung = 4
    /// The policy asked for something that is no number, or that no vehicle can do.
    case policyBadAction = 5
    /// The same scenario rolled out twice went two ways: the policy depends on more than its observations.
    case policyNotDeterministic = 6

    /// True where the policy under test failed as a program, whatever its driving was like.
    public var isPolicyFault: Bool { rawValue >= Self.policyCrashed.rawValue }
}

/// Who ran into whom, seen from the ego.
public enum CollisionKind: UInt8, Sendable, CaseIterable, Codable {
    case none = 0
    /// The ego's front hit somebody.
    case egoRanIntoOther = 1
    /// Somebody's front hit the ego's rear.
    case otherRanIntoEgo = 2
    /// Side against side.
    case sideswipe = 3
}

/// Kinds of agents.
public enum AgentKind: UInt8, Sendable, CaseIterable, Codable {
    case car = 0
    case truck = 1
    case motorcycle = 2
}

/// How dense a scenario's traffic is. Also the scenario mix's keys.
public enum TrafficFamily: UInt8, Sendable, CaseIterable, Codable {
    case freeFlow = 0
    case busy = 1
    case dense = 2
    case jam = 3

    /// Its name in campaign files, reports and database columns.
    public var name: String {
        switch self {
        case .freeFlow: "free-flow"
        case .busy: "busy"
        case .dense: "dense"
        case .jam: "jam"
        }
    }
}

/// One rollout's metrics: one row. SI units throughout.
public struct RolloutRecord: Sendable, Equatable {
    public var scenario: UInt64 = 0
    public var family: TrafficFamily = .freeFlow
    public var outcome: RolloutOutcome = .completed
    /// Distance driven by the policy under test, metres, up to a crash.
    public var egoMeters: Float = 0
    /// Distance driven by all simulated vehicles, the ego's included, metres.
    public var agentMeters: Float = 0
    public var simulatedSeconds: Float = 0
    /// Agents simulated times steps of 0.1 s.
    public var agentSteps: UInt32 = 0
    public var collisionKind: CollisionKind = .none
    /// What the ego collided with.
    public var collisionPartner: AgentKind = .car
    /// Speed difference at the ego's collision, m/s.
    public var collisionSpeed: Float = 0
    /// Smallest time to collision between the ego and the vehicle ahead in its lane, seconds, while their
    /// bodies overlap across the road; 100 if none came near.
    public var minimumTimeToCollision: Float = 100
    /// Smallest gap to the vehicle ahead in the ego's lane, metres, likewise; 1000 if there was none.
    public var minimumGap: Float = 1000
    /// Times that the ego began to brake harder than 3 m/s².
    public var hardBrakes: UInt16 = 0
    /// Times that the ego's motion began to be uncomfortable; see `Comfort`.
    public var discomforts: UInt16 = 0
    /// Steps that the ego stood although nobody was close ahead; see `Comfort`.
    public var stuckSteps: UInt16 = 0
    /// Largest change of the ego's acceleration, m/s³.
    public var maximumJerk: Float = 0
    /// Steps that a part of the ego was off the road.
    public var offRoadSteps: UInt16 = 0
    public var laneChanges: UInt16 = 0
    /// World-model faults: collisions between two agents neither of which is the ego.
    public var backgroundCollisions: UInt16 = 0
    /// World-model faults: agents (not the ego) that left the road.
    public var backgroundOffRoad: UInt16 = 0
    /// Decisions in which the collision guard barred the likeliest motion, along or across.
    public var guardedDecisions: UInt32 = 0
    /// Vehicles per kilometre and lane around the ego when the rollout began, the ego included; at most 255.
    public var density: UInt8 = 0
    /// Hash over every state of the rollout.
    public var digest: UInt64 = 0

    public init() {}
}
