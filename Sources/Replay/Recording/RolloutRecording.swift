import Metrics
import Scenarios

/// One rollout, every state of it: what the page, the MCAP file, the terminal and the table are made from.
/// SI units. Steps are of 0.1 s; the first measured one has number 1.
public struct RolloutRecording: Sendable, Equatable {
    public var origin: RecordingOrigin
    public var road: RecordedRoad
    /// In the order of their appearance; the ego comes first.
    public var agents: [RecordedAgent]
    /// Everybody's states, step after step.
    public var states: [RecordedState]
    /// Where each step's states lie in `states`.
    public var steps: [Range<Int>]
    /// The ego's distance to the vehicle ahead in its lane, per step, metres; nil where there is none, and
    /// while it is beside the ego's path rather than on it.
    public var gaps: [Float?]
    /// The ego's time to collision with that vehicle, per step, seconds; nil where it doesn't come nearer.
    public var timesToCollision: [Float?]
    /// In the order of their steps.
    public var events: [RecordedEvent]
    /// What the campaign keeps of the rollout.
    public var record: RolloutRecord

    /// Seconds between two steps.
    public static let stepSeconds = 0.1

    /// Time of step `index`, counted from 0 in `steps`, seconds.
    public func seconds(_ index: Int) -> Double { Double(index + 1) * Self.stepSeconds }

    /// The states of step `index`, counted from 0; the ego's is the first.
    public func states(at index: Int) -> ArraySlice<RecordedState> { states[steps[index]] }

    /// The ego at step `index`, counted from 0.
    public func ego(at index: Int) -> RecordedState { states[steps[index].lowerBound] }
}

/// Where a recording comes from, and how to make it again.
public struct RecordingOrigin: Sendable, Equatable {
    public var campaignName: String
    public var campaignIdentity: String
    public var seed: UInt64
    public var policy: String
    /// Content hash of the weights.
    public var worldModel: String
    public var shard: Int
    /// The shell command that rolls it out again.
    public var command: String

    public init(
        campaignName: String, campaignIdentity: String, seed: UInt64, policy: String, worldModel: String,
        shard: Int, command: String
    ) {
        self.campaignName = campaignName
        self.campaignIdentity = campaignIdentity
        self.seed = seed
        self.policy = policy
        self.worldModel = worldModel
        self.shard = shard
        self.command = command
    }
}

/// Who took part.
public struct RecordedAgent: Sendable, Equatable {
    /// Number of the driver in his rollout; the ego is 0.
    public var identity: UInt32
    public var isEgo: Bool
    public var kind: AgentKind
    public var length: Float
    public var width: Float

    /// `ego`, or kind and number: `truck 12`.
    public var name: String { isEgo ? "ego" : "\(kind.name) \(identity)" }
}

/// One agent at one step.
public struct RecordedState: Sendable, Equatable {
    /// Index into the recording's agents.
    public var agent: Int
    /// 0 is the leftmost lane.
    public var lane: Int
    /// Along and to the left of the reference line, metres; `heading` is relative to it, radians.
    public var s: Float
    public var d: Float
    /// In the plane, metres.
    public var x: Float
    public var y: Float
    public var heading: Float
    public var speed: Float
    public var acceleration: Float
    /// Index of the agent ahead in the same lane.
    public var leader: Int?

    /// Deceleration that lights brake lights, m/s²: UN Regulation 13-H lights them from 0.7 (may) to 1.3
    /// (must) m/s² where a car slows down without its friction brake.
    public static let brakeLightDeceleration: Float = 0.7
    /// Who stands, or nearly so, keeps a foot on the brake, m/s.
    public static let standstill: Float = 0.3

    public var showsBrakeLights: Bool {
        acceleration <= -Self.brakeLightDeceleration || speed < Self.standstill
    }
}

/// Something worth jumping to.
public struct RecordedEvent: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case hardBrake = "hard-brake"
        case laneChange = "lane-change"
        case nearMiss = "near-miss"
        /// A part of the ego is off the road.
        case roadEdge = "road-edge"
        /// Two others touched, or another left the road: never the policy's fault.
        case modelFault = "model-fault"
        /// The rollout's end, whatever its outcome.
        case ending = "ending"
    }

    public var kind: Kind
    /// Index into the recording's steps.
    public var step: Int
    /// Indices of the agents concerned.
    public var agents: [Int]
    /// What happened, in a few words.
    public var text: String

    public init(kind: Kind, step: Int, agents: [Int] = [0], text: String) {
        self.kind = kind
        self.step = step
        self.agents = agents
        self.text = text
    }
}
