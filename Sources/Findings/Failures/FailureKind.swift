import Metrics

/// What went wrong in a rollout, by the names of the option `--kind`.
public enum FailureKind: String, Sendable, CaseIterable, Codable {
    case egoRanIntoOther = "ego-ran-into-other"
    case otherRanIntoEgo = "other-ran-into-ego"
    case sideswipe
    /// A collision of no known kind.
    case collision
    case offRoad = "off-road"
    case policyCrashed = "policy-crashed"
    case policyHung = "policy-hung"
    case policyBadAction = "policy-bad-action"
    case policyNotDeterministic = "policy-not-deterministic"
    /// Reached the horizon, but stood although it could have driven.
    case stuck
    /// Reached the horizon, but came close to the vehicle ahead.
    case nearMiss = "near-miss"

    /// Those that ended a rollout before its horizon: what is meant by failures where nobody says more.
    public static let failures = allCases.filter { $0 != .stuck && $0 != .nearMiss }

    /// Nil where nothing went wrong.
    public init?(_ record: RolloutRecord) {
        switch record.outcome {
        case .collision:
            switch record.collisionKind {
            case .egoRanIntoOther: self = .egoRanIntoOther
            case .otherRanIntoEgo: self = .otherRanIntoEgo
            case .sideswipe: self = .sideswipe
            case .none: self = .collision
            }
        case .offRoad: self = .offRoad
        case .policyCrashed: self = .policyCrashed
        case .policyHung: self = .policyHung
        case .policyBadAction: self = .policyBadAction
        case .policyNotDeterministic: self = .policyNotDeterministic
        case .completed:
            if record.isStuck { self = .stuck } else if record.isNearMiss { self = .nearMiss } else { return nil }
        }
    }

    /// In words; `partner` is whom the ego met.
    func cause(_ partner: AgentKind) -> String {
        switch self {
        case .egoRanIntoOther: "the ego ran into a \(partner.name)"
        case .otherRanIntoEgo: "a \(partner.name) ran into the ego"
        case .sideswipe: "sideswipe with a \(partner.name)"
        case .collision: "collision with a \(partner.name)"
        case .offRoad: "the ego left the road"
        case .policyCrashed: "the policy crashed"
        case .policyHung: "the policy gave no answer in time"
        case .policyBadAction: "the policy asked for the impossible"
        case .policyNotDeterministic: "the policy is not deterministic"
        case .stuck: "the ego stood on a free road"
        case .nearMiss: "near miss"
        }
    }

    var hasPartner: Bool {
        switch self {
        case .egoRanIntoOther, .otherRanIntoEgo, .sideswipe, .collision: true
        default: false
        }
    }
}

/// Which failures are wanted.
public struct FailureFilter: Sendable, Equatable {
    public var kinds: Set<FailureKind> = Set(FailureKind.failures)
    public var families: Set<TrafficFamily> = Set(TrafficFamily.allCases)
    /// See `RolloutRecord.severity`.
    public var minimumSeverity = 0.0

    public init() {}

    /// The record's kind of failure where it is wanted.
    func kind(of record: RolloutRecord) -> FailureKind? {
        guard let kind = FailureKind(record), kinds.contains(kind), families.contains(record.family),
            record.severity >= minimumSeverity
        else { return nil }
        return kind
    }
}
