import RoadNetwork

/// An agent at one moment, in the plane of its map. Metres, m/s, m/s².
public struct StreetAgent: Sendable, Equatable {
    /// Centre of the box.
    public var place: Point
    /// Direction of the box's length, a unit vector.
    public var facing: Point
    public var speed: Double
    /// Over the last half second.
    public var acceleration: Double
    public var length: Double
    public var width: Double
    /// How sharply it turns, 1/m, positive to the left.
    public var curvature: Double
    /// For how long it has stood still, seconds; 0 while it moves.
    public var standing: Double

    public init(
        place: Point, facing: Point, speed: Double, acceleration: Double, length: Double, width: Double,
        curvature: Double = 0, standing: Double = 0
    ) {
        self.place = place
        self.facing = facing
        self.speed = speed
        self.acceleration = acceleration
        self.length = length
        self.width = width
        self.curvature = curvature
        self.standing = standing
    }

    /// Slower is standing, m/s.
    static let stillness = 0.15
    var stands: Bool { speed < Self.stillness }
}

/// What an agent has to look out for on its route.
struct Obstacle: Sendable, Equatable {
    /// From the agent's front bumper to whatever it must not reach, metres.
    var gap: Double
    /// How fast that moves along the route, m/s; negative if it comes nearer.
    var speed: Double
    var acceleration: Double
    /// Its number in the scene; -1 for a place where somebody will cross.
    var agent: Int
}
