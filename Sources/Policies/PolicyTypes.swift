import ReproducibleMath

/// What a policy wants for the next step of 0.1 s.
public struct PolicyAction: Equatable, Sendable {
    /// Along the heading, m/s².
    public var acceleration: Float
    /// Of the driven path, 1/m, positive to the left.
    public var curvature: Float

    @inlinable @inline(always)
    public init(acceleration: Float, curvature: Float) {
        self.acceleration = acceleration
        self.curvature = curvature
    }
}

/// What a driver remembers from step to step. One per driven agent; a plain value.
public struct PolicyMemory: Equatable, Sendable {
    /// The lane that the driver holds or changes to; -1 until the first step.
    public var targetLane: Int32
    /// Seconds since the last lane change began.
    public var secondsSinceChange: Float
    /// How much of the present lane change is done, 0...1; 1 while keeping a lane.
    public var changeProgress: Float
    /// Offset from the target lane's centre at which the present lane change began, metres.
    public var changeOffset: Float

    @inlinable @inline(always)
    public init() {
        targetLane = -1
        secondsSinceChange = 10
        changeProgress = 1
        changeOffset = 0
    }
}

/// The character of an `IdmMobil` driver. SI units.
public struct PolicyParameters: Equatable, Sendable {
    /// Desired speed as a share of the corridor's speed level.
    public var desiredSpeedFactor: Float = 1
    /// Desired time gap to the vehicle ahead, s. Kesting, Treiber & Helbing 2007, table 1.
    public var timeHeadway: Float = 1.5
    /// Gap to the vehicle ahead at standstill, m. The same table.
    public var minimumGap: Float = 2
    /// Largest acceleration a, m/s². Kesting, Treiber & Helbing 2010, table 1.
    public var maximumAcceleration: Float = 1.4
    /// Comfortable deceleration b, m/s². The 2007 table.
    public var comfortableBraking: Float = 2
    /// Hardest braking that is ever asked for, m/s²: about a dry road's friction.
    public var maximumBraking: Float = 8
    /// How much other drivers' loss counts beside one's own gain (MOBIL's p). 2007: 0 to 0.5.
    public var politeness: Float = 0.3
    /// Least gain that is worth a lane change (MOBIL's Δa), m/s². 2007: 0.1; more here, for calm driving.
    public var changeThreshold: Float = 0.2
    /// Hardest braking that a lane change may force on the new follower (MOBIL's b_safe), m/s². 2007: 4.
    public var safeBraking: Float = 4
    /// Duration of a lane change, s. Toledo & Zohar 2007 measured a mean of 4.6 s on US freeways.
    public var changeSeconds: Float = 4.5
    /// Rest between the beginnings of two lane changes, s.
    public var changeInterval: Float = 8
    /// How far a driver trusts that the vehicle ahead brakes no harder than now, 0...1. Kesting, Treiber
    /// & Helbing 2010: 0.99.
    public var coolness: Float = 0.99
    /// How much one unit of a driver's speed or headway trait changes the desired speed or time gap, as
    /// a share. 0 for a policy under test: it has no moods.
    public var traitSpread: Float = 0
    /// False: keeps its lane for ever; plain IDM lane following.
    public var changesLanes = true

    @inlinable
    public init() {}

    /// The rule-based driver that learned traffic is compared with, people differing as in the recordings.
    public static var trafficBaseline: PolicyParameters {
        var parameters = PolicyParameters()
        parameters.traitSpread = 0.1
        return parameters
    }
}
