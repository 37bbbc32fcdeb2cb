import Metrics

/// What to simulate. The campaign's file is YAML (see `CampaignFile`); this is what it says.
public struct Campaign: Sendable, Equatable, Codable {
    public var name: String
    public var seed: UInt64
    public var goal: Goal
    /// What ends it before the goal.
    public var stop = StopRule()
    /// Where not empty, the campaign has just these scenarios of its seed, in ascending order: its scenario
    /// `i` is the seed's scenario `scenarioList[i]`. The goal is then `.scenarios` of as many, or of fewer.
    public var scenarioList: [UInt64] = []
    /// Share of each traffic family; sums to 1. In the order of `TrafficFamily.allCases`.
    public var mix: [Double]
    /// Simulated seconds per rollout: a multiple of 0.5.
    public var horizonSeconds: Double
    /// Seconds that a scene settles in before the rollout begins: a multiple of 0.5.
    public var burnInSeconds: Double
    /// Path of the world model's weights, or `shipped`.
    public var worldModel: String
    public var policy: PolicyUnderTest
    /// The policy under test where `policy` is `external`; nil otherwise.
    public var externalPolicy: ExternalPolicy?
    /// What is changed about the built-in driver `idm-mobil`: values by the names of `DriverParameter`.
    public var policyParameters: [String: Double] = [:]
    /// Scenarios per shard.
    public var shardSize: Int

    /// The most scenarios that a campaign may list.
    public static let maximumListedScenarios = 10_000

    /// The seed's number of the campaign's scenario `index`: the same, but in a campaign that lists its
    /// scenarios.
    public func number(ofScenario index: UInt64) -> UInt64 {
        index < scenarioList.count ? scenarioList[Int(index)] : index
    }

    /// When the campaign is done at the latest.
    public enum Goal: Sendable, Equatable, Codable {
        case scenarios(UInt64)
        /// Done at the first committed prefix of shards that holds this many kilometres driven by the
        /// policy under test.
        case egoKilometers(Double)

        /// Of a campaign that only a `StopRule` ends: farther than anybody drives.
        public static let openEnded = Goal.egoKilometers(1e12)
    }

    public init(
        name: String = "default", seed: UInt64 = 1, goal: Goal = .scenarios(10_000),
        mix: [Double] = [0.4, 0.3, 0.2, 0.1], horizonSeconds: Double = 60, burnInSeconds: Double = 4,
        worldModel: String = "shipped", policy: PolicyUnderTest = .idmMobil, shardSize: Int = 64
    ) {
        self.name = name
        self.seed = seed
        self.goal = goal
        self.mix = mix
        self.horizonSeconds = horizonSeconds
        self.burnInSeconds = burnInSeconds
        self.worldModel = worldModel
        self.policy = policy
        self.shardSize = shardSize
    }
}

extension Campaign {
    /// The policy as people read it.
    public var policyName: String { externalPolicy?.name ?? policy.rawValue }
}

/// The policies that can drive the ego.
public enum PolicyUnderTest: String, Sendable, CaseIterable, Codable {
    case idmMobil = "idm-mobil"
    case worldModel = "world-model"
    case constantVelocity = "constant-velocity"
    /// A shared library or a Python class: see `Campaign.externalPolicy`.
    case external = "external"
}
