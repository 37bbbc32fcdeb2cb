/// What is counted per million kilometres, by the names that campaign files, options and reports use.
public enum CountedEvent: String, Sendable, CaseIterable, Codable {
    /// Rollouts that did not reach the horizon, whatever the reason.
    case failures
    case collisions = "ego-collisions"
    case egoRanIntoOther = "ego-ran-into-other"
    case otherRanIntoEgo = "other-ran-into-ego"
    case sideswipes
    case offRoad = "off-road"
    /// The policy crashed, hung, asked for the impossible or was not deterministic.
    case policyFaults = "policy-faults"
    case nearMisses = "near-misses"
    case hardBrakes = "hard-brakes"
    case discomforts = "discomfort"
    case stuck

    /// How many there are among rollouts.
    public func count(in sums: CampaignTotals.Sums) -> UInt64 {
        switch self {
        case .failures: sums.failures
        case .collisions: sums.collisions
        case .egoRanIntoOther: sums.egoRanIntoOther
        case .otherRanIntoEgo: sums.otherRanIntoEgo
        case .sideswipes: sums.sideswipes
        case .offRoad: sums.offRoad
        case .policyFaults: sums.policyFaults
        case .nearMisses: sums.nearMisses
        case .hardBrakes: sums.hardBrakes
        case .discomforts: sums.discomforts
        case .stuck: sums.stuck
        }
    }

    /// How many one rollout brings.
    public func count(in record: RolloutRecord) -> UInt64 { count(in: CampaignTotals.Sums(record)) }
}
