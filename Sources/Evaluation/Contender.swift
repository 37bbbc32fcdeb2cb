import Policies
import RoadNetwork
import Rollout
import RolloutState
import StreetTraffic
import WorldModel

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

    /// Lane changes by MOBIL need a carriageway.
    var drivesOnStreets: Bool { self != .idmMobil }

    /// Who drives on streets; nil for the recording.
    func streetController(_ driver: StreetDriver?) -> StreetSimulator.Controller? {
        switch self {
        case .worldModel: driver.map { .learned($0) }
        case .constantVelocity: .constantVelocity
        case .idm, .idmMobil: .intelligentDriver
        case .recording: nil
        }
    }

    /// How the rule-based drivers drive, fitted to what each driver was doing at the start: the textbook's
    /// drivers all want the same speed and headway, and would leave the recorded traffic at once.
    ///
    /// A driver with nobody close ahead wants the speed that it has; a follower wants a little more than it
    /// gets, and the headway that it keeps, from 0.5 to 2.5 s.
    func parameters(_ agents: [InitialAgent], _ corridor: Corridor) -> [PolicyParameters] {
        agents.map { agent in
            var parameters = PolicyParameters()
            parameters.timeHeadway = 1
            var gap = Float.infinity
            for other in agents where other.s > agent.s && (other.d - agent.d).magnitude < 1.8 {
                gap = min(gap, other.s - agent.s - 0.5 * (other.length + agent.length))
            }
            let speed = max(agent.speed, 2)
            let follows = gap < 3 * speed
            if follows { parameters.timeHeadway = min(max((gap - parameters.minimumGap) / speed, 0.5), 2.5) }
            parameters.desiredSpeedFactor = speed * (follows ? 1.15 : 1) / max(corridor.speedLevel, 1)
            return parameters
        }
    }
}
