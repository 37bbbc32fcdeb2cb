import Metrics

/// Receives every state of a rollout: for replays, never in a campaign.
public protocol RolloutObserver: AnyObject {
    /// - Parameters:
    ///   - step: 1 for the first measured step of 0.1 s.
    ///   - seconds: time since measuring began.
    func observe(scenario: UInt64, step: Int, seconds: Float, agents: [ObservedAgent])
}

/// One agent at one step. Metres, radians, seconds.
public struct ObservedAgent: Sendable, Equatable {
    /// Number of the driver in his rollout; the ego is 0.
    public var identity: UInt32
    public var isEgo: Bool
    public var kind: AgentKind
    /// 0 is the leftmost lane.
    public var lane: Int
    /// Along and to the left of the reference line; `heading` is relative to it.
    public var s: Float
    public var d: Float
    /// In the plane; for corridors without plane geometry the road is drawn straight.
    public var x: Float
    public var y: Float
    public var heading: Float
    public var speed: Float
    public var acceleration: Float
    public var length: Float
    public var width: Float
    /// Number of the driver ahead in the same lane, if there is one: at every step for the ego, as seen at
    /// the last decision for everybody else.
    public var leader: UInt32?
}
