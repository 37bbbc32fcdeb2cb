import Policies
import Scenarios

extension PolicyParameters {
    /// The driver of a campaign: the defaults with what the campaign changes.
    ///
    /// - Throws: `RolloutEngine.Failure.policyParameter` for a name or value that no campaign file may hold.
    init(_ changes: [String: Double]) throws {
        self.init()
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            guard let parameter = DriverParameter(rawValue: name), parameter.range.contains(value) else {
                throw RolloutEngine.Failure.policyParameter(name, value)
            }
            self[keyPath: Self.path(of: parameter)] = Float(value)
        }
    }

    private static func path(of parameter: DriverParameter) -> WritableKeyPath<PolicyParameters, Float> {
        switch parameter {
        case .desiredSpeedFactor: \.desiredSpeedFactor
        case .timeHeadway: \.timeHeadway
        case .minimumGap: \.minimumGap
        case .maximumAcceleration: \.maximumAcceleration
        case .comfortableBraking: \.comfortableBraking
        case .maximumBraking: \.maximumBraking
        case .politeness: \.politeness
        case .changeThreshold: \.changeThreshold
        case .safeBraking: \.safeBraking
        }
    }
}
