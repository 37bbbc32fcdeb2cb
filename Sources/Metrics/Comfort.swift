/// Where a ride stops being comfortable, and where standing stops being part of driving.
public enum Comfort {
    /// Limits of a comfortable ride, m/s² and m/s³: nuPlan's closed-loop comfort metric (Caesar et al. 2021,
    /// `ego_is_comfortable`: acceleration -4.05 to 2.40 along, 4.89 across, jerk 8.37), applied to each step
    /// of 0.1 s without smoothing.
    @inlinable @inline(__always) public static var accelerationLow: Float { -4.05 }
    @inlinable @inline(__always) public static var accelerationHigh: Float { 2.40 }
    @inlinable @inline(__always) public static var lateralAcceleration: Float { 4.89 }
    @inlinable @inline(__always) public static var jerk: Float { 8.37 }

    /// An ego slower than this, m/s, with nobody in its lane within `freeMeters` ahead, doesn't wait: it is
    /// stuck.
    @inlinable @inline(__always) public static var standingSpeed: Float { 0.5 }
    @inlinable @inline(__always) public static var freeMeters: Float { 20 }
    /// A rollout with so many such steps of 0.1 s counts as stuck.
    public static let stuckSteps: UInt16 = 100
}

extension RolloutRecord {
    /// The ego stood for `Comfort.stuckSteps` or longer although it could have driven.
    public var isStuck: Bool { stuckSteps >= Comfort.stuckSteps }

    /// The rollout did not reach the horizon.
    public var isFailure: Bool { outcome != .completed }
}
