/// Names in reports and database columns.
extension RolloutOutcome {
    public var name: String {
        switch self {
        case .completed: "completed"
        case .collision: "collision"
        case .offRoad: "off-road"
        case .policyCrashed: "policy-crashed"
        case .policyHung: "policy-hung"
        case .policyBadAction: "policy-bad-action"
        case .policyNotDeterministic: "policy-not-deterministic"
        }
    }
}

extension CollisionKind {
    public var name: String {
        switch self {
        case .none: "none"
        case .egoRanIntoOther: "ego-ran-into-other"
        case .otherRanIntoEgo: "other-ran-into-ego"
        case .sideswipe: "sideswipe"
        }
    }
}

extension AgentKind {
    public var name: String {
        switch self {
        case .car: "car"
        case .truck: "truck"
        case .motorcycle: "motorcycle"
        }
    }
}
