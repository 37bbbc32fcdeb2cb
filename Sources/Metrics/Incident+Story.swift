extension Incident {
    /// What happened, in a few words.
    public var story: String {
        let time = "after \(ReportText.number(Double(simulatedSeconds))) s"
        let speed = "\(ReportText.number(Double(collisionSpeed))) m/s"
        switch outcome {
        case .collision:
            switch collisionKind {
            case .egoRanIntoOther: return "ran into a \(collisionPartner.name), \(speed) faster, \(time)"
            case .otherRanIntoEgo:
                return "a \(collisionPartner.name) ran into the ego, \(speed) faster, \(time)"
            case .sideswipe: return "sideswipe with a \(collisionPartner.name), \(speed) apart, \(time)"
            case .none: return "collision with a \(collisionPartner.name), \(time)"
            }
        case .offRoad: return "left the road \(time)"
        case .policyCrashed: return "the policy crashed \(time)"
        case .policyHung: return "the policy gave no answer \(time)"
        case .policyBadAction: return "the policy asked for the impossible \(time)"
        case .policyNotDeterministic: return "the policy drove differently the second time"
        case .completed:
            return "time to collision fell to \(ReportText.number(Double(minimumTimeToCollision))) s"
        }
    }
}
