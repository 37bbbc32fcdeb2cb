import WorldModel

/// Motions that no vehicle can make, counted agent-step by agent-step.
public struct Plausibility: Sendable, Equatable, Codable {
    public var steps: UInt64 = 0
    /// Speed below zero, or the body moved backwards by more than a centimetre.
    public var backwards: UInt64 = 0
    /// Moved otherwise than its speed says, by more than `jumpMeters`.
    public var jumps: UInt64 = 0
    /// Turned on a circle tighter than `tightestTurn`.
    public var turnsOnTheSpot: UInt64 = 0
    /// Along and across together beyond `tyreLimit`.
    public var beyondTyres: UInt64 = 0
    /// Sped up by more than `engineLimit`.
    public var beyondEngine: UInt64 = 0
    /// The greatest of each that was seen.
    public var largestJump: Float = 0
    public var largestGrip: Float = 0
    public var largestAcceleration: Float = 0
    /// Per metre.
    public var sharpestTurn: Float = 0

    /// Metres between where an agent is and where its speed takes it in a step.
    static let jumpMeters: Float = 0.05
    /// Radius of the tightest circle that a car can drive, to its middle, metres.
    static let tightestTurn: Float = 4
    /// Dry asphalt, m/s².
    static let tyreLimit: Float = 9
    /// m/s²; a strong car at low speed.
    static let engineLimit: Float = 5

    public init() {}

    /// One agent at the ends of one step of 0.1 s, in road coordinates.
    public struct Motion {
        public var s, d, heading, speed: Float

        public init(s: Float, d: Float, heading: Float, speed: Float) {
            self.s = s
            self.d = d
            self.heading = heading
            self.speed = speed
        }
    }

    /// - Parameter curvature: of the road there, 1/m.
    public mutating func note(_ before: Motion, _ after: Motion, curvature: Float) {
        let dt = MotionVocabulary.stepSeconds
        steps += 1
        let along = (after.s - before.s) * (1 - curvature * before.d), across = after.d - before.d
        let mean = 0.5 * (before.speed + after.speed)
        if after.speed < 0 || along < -0.01 { backwards += 1 }
        let moved = (along * along + across * across).squareRoot()
        let jump = (moved - mean * dt).magnitude
        if jump > Self.jumpMeters { jumps += 1 }
        largestJump = max(largestJump, jump)
        let turned = after.heading - before.heading
        if turned.magnitude > 0.002 {
            let sharpness = turned.magnitude / max(moved, 0.001)
            if sharpness > 1 / Self.tightestTurn { turnsOnTheSpot += 1 }
            sharpestTurn = max(sharpestTurn, sharpness)
        }
        let acceleration = (after.speed - before.speed) / dt
        let sideways = mean * (turned / dt + curvature * mean)
        let grip = (acceleration * acceleration + sideways * sideways).squareRoot()
        if grip > Self.tyreLimit { beyondTyres += 1 }
        if acceleration > Self.engineLimit { beyondEngine += 1 }
        largestGrip = max(largestGrip, grip)
        largestAcceleration = max(largestAcceleration, acceleration)
    }

    public mutating func add(_ other: Plausibility) {
        steps += other.steps
        backwards += other.backwards
        jumps += other.jumps
        turnsOnTheSpot += other.turnsOnTheSpot
        beyondTyres += other.beyondTyres
        beyondEngine += other.beyondEngine
        largestJump = max(largestJump, other.largestJump)
        largestGrip = max(largestGrip, other.largestGrip)
        largestAcceleration = max(largestAcceleration, other.largestAcceleration)
        sharpestTurn = max(sharpestTurn, other.sharpestTurn)
    }
}
