/// What a campaign can change about the built-in driver `idm-mobil`, by its name in campaign files. SI units;
/// defaults and their sources stand at `Policies.PolicyParameters`.
public enum DriverParameter: String, Sendable, CaseIterable {
    /// Desired speed as a share of the corridor's speed level.
    case desiredSpeedFactor = "desired-speed-factor"
    /// Desired time gap to the vehicle ahead, s.
    case timeHeadway = "time-headway"
    /// Gap to the vehicle ahead at standstill, m.
    case minimumGap = "minimum-gap"
    /// m/s².
    case maximumAcceleration = "maximum-acceleration"
    /// m/s².
    case comfortableBraking = "comfortable-braking"
    /// The hardest braking that is ever asked for, m/s².
    case maximumBraking = "maximum-braking"
    /// How much other drivers' loss counts beside one's own gain in a lane change.
    case politeness
    /// Least gain that is worth a lane change, m/s².
    case changeThreshold = "change-threshold"
    /// Hardest braking that a lane change may force on the new follower, m/s².
    case safeBraking = "safe-braking"

    /// The values that a campaign may give.
    public var range: ClosedRange<Double> {
        switch self {
        case .desiredSpeedFactor: 0.1...2
        case .timeHeadway: 0.1...10
        case .minimumGap: 0.1...20
        case .maximumAcceleration: 0.1...4
        case .comfortableBraking, .maximumBraking, .safeBraking: 0.1...8
        case .politeness: 0...1
        case .changeThreshold: 0...4
        }
    }
}
