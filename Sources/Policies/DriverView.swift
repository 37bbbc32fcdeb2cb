import ReproducibleMath
import RoadNetwork
import WorldModel

/// What a rule-based driver knows about himself and the road ahead, gathered once per step.
/// Hot code: a plain value; no allocation, no class, no libm.
public struct DriverView {
    public var slot: Int
    public var lane: Int
    public var s: Float
    public var d: Float
    public var speed: Float
    public var desiredSpeed: Float
    public var timeHeadway: Float

    /// Lateral acceleration up to which a driver takes a bend without slowing down, m/s².
    @inlinable @inline(always)
    public static var comfortInBends: Float { 2 }

    @inlinable @inline(always)
    public init(
        slot: Int, agents: AgentArrays, corridor: CorridorView, lanes: UnsafePointer<Int32>,
        parameters: PolicyParameters
    ) {
        self.slot = slot
        lane = Int(lanes[slot])
        s = agents.s[slot]
        d = agents.d[slot]
        speed = agents.speed[slot]
        let spread = parameters.traitSpread
        let eagerness = (parameters.desiredSpeedFactor + spread * agents.speedTrait[slot]).limited(0.3, 2)
        let here = corridor.curvature[corridor.sample(at: s)].magnitude()
        let ahead = corridor.curvature[corridor.sample(at: s + 10 + 2 * speed)].magnitude()
        let bend = (here > ahead ? here : ahead).limited(1e-5, 1)
        let inBend = (Self.comfortInBends / bend).squareRoot()
        desiredSpeed = (corridor.speedLevel * eagerness).limited(1, inBend)
        timeHeadway = parameters.timeHeadway * (1 + spread * agents.headwayTrait[slot]).limited(0.4, 2)
    }

    /// Distance to where a lane ends, metres, or `IntelligentDriver.freeGap` where it goes on for the
    /// next six seconds.
    @inlinable @inline(always)
    public func distanceToEnd(ofLane lane: Int, corridor: CorridorView) -> Float {
        let last = corridor.sample(at: s + 40 + 6 * speed)
        if corridor.width(lane: lane, sample: last) > 0 { return IntelligentDriver.freeGap }
        var sample = corridor.sample(at: s)
        while sample < last && corridor.width(lane: lane, sample: sample) > 0 { sample = sample &+ 1 }
        // A width is that of the nearest sample, so the lane ends half a spacing before it.
        let end = corridor.start + (Float(sample) - 0.5) / corridor.inverseSpacing
        return end > s ? end - s : 0
    }

    /// Gap, bumper to bumper, between two vehicles, metres: negative while they are side by side.
    @inlinable @inline(always)
    public static func gap(_ a: Int, _ b: Int, agents: AgentArrays) -> Float {
        (agents.s[a] - agents.s[b]).magnitude() - 0.5 * (agents.length[a] + agents.length[b])
    }

    /// Sideways clearance to another vehicle, metres, the smaller of now and `Self.foresight` later.
    @inlinable @inline(always)
    public func clearance(to other: Int, agents: AgentArrays) -> Float {
        let across = agents.d[other] - d
        let later = across + Self.foresight * (agents.lateralSpeed[other] - agents.lateralSpeed[slot])
        let nearest = across.magnitude() < later.magnitude() ? across : later
        return nearest.magnitude() - 0.5 * (agents.sweptWidth(slot) + agents.sweptWidth(other))
    }

    /// How far a driver looks into the future to see who moves into his way, s.
    @inlinable @inline(always)
    public static var foresight: Float { 0.8 }
}
