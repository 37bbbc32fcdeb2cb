import Policies
import Rollout
import RolloutState

/// Who drives everybody in a scored simulation.
public enum Contender: String, Sendable, CaseIterable, Codable {
    case worldModel = "world-model"
    case constantVelocity = "constant-velocity"
    case idm
    case idmMobil = "idm-mobil"
    /// The recording itself: the best that can be reached.
    case recording

    /// Its name in tables.
    public var title: String {
        switch self {
        case .worldModel: "world model"
        case .constantVelocity: "constant velocity"
        case .idm: "IDM"
        case .idmMobil: "IDM + MOBIL"
        case .recording: "the recording itself"
        }
    }

    /// nil for the recording, which nobody drives.
    var controller: Controller? {
        switch self {
        case .worldModel: .worldModel
        case .constantVelocity: .constantVelocity
        case .idm: .idm
        case .idmMobil: .idmMobil
        case .recording: nil
        }
    }

    /// How the rule-based drivers drive. The textbook's 1.5 s of headway is more than most people in these
    /// recordings keep, and who wants that much brakes hard at every start; 1 s is nearer.
    var parameters: PolicyParameters {
        var parameters = PolicyParameters()
        parameters.timeHeadway = 1
        return parameters
    }
}
