import ReproducibleMath
import RoadNetwork

/// Which motions would run into somebody, or off the road, within the next second or so.
///
/// A decision stands for half a second, so a driver must be able to stop behind a leader who brakes as
/// hard as he can from now on (Gipps 1981, with one decision interval as reaction time), and must not
/// steer into a body beside him. Tokens outside the bounds are barred before sampling.
public struct CollisionGuard {
    /// Highest acceleration over the next half second, m/s².
    public var acceleration: Float
    /// Bounds of the speed across the lane at the end of the next half second, m/s.
    public var lateralLow: Float
    public var lateralHigh: Float

    /// Braking that anybody may reach, m/s².
    @inlinable @inline(always) public static var braking: Float { 5 }
    @inlinable @inline(always) public static var reaction: Float { 0.5 }
    /// Gap that stays, metres.
    @inlinable @inline(always) public static var margin: Float { 0.4 }
    /// How far ahead a steering motion must stay clear, seconds.
    @inlinable @inline(always) public static var horizon: Float { 1.2 }

    @inlinable @inline(always)
    public init(
        slot: Int, agents: AgentArrays, corridor: CorridorView, lanes: UnsafePointer<Int32>,
        neighbours: UnsafePointer<Int32>
    ) {
        acceleration = 10
        lateralLow = -10
        lateralHigh = 10
        let s = agents.s[slot], d = agents.d[slot]
        let speed = agents.speed[slot], lateral = agents.lateralSpeed[slot]
        let length = agents.length[slot]
        let width = Self.sweptWidth(agents, slot)
        let row = neighbours + slot &* Neighbour.count
        for neighbour in 0..<Neighbour.count {
            let other = Int(row[neighbour])
            if other < 0 { continue }
            let halfLengths = 0.5 * (length + agents.length[other])
            let halfWidths = 0.5 * (width + Self.sweptWidth(agents, other))
            let ahead = agents.s[other] - s
            let gap = ahead.magnitude() - halfLengths
            let across = agents.d[other] - d
            let otherLateral = agents.lateralSpeed[other]
            let closing = agents.speed[other] - speed
            let acrossNow = across.magnitude() - halfWidths
            let acrossSoon = (across + 0.6 * (otherLateral - lateral)).magnitude() - halfWidths
            let inTheWay = acrossNow < 0.15 || acrossSoon < 0.15

            if inTheWay && ahead > 0 && gap > -0.5 * halfLengths {
                let bound = Self.stoppingBound(gap: gap, speed: speed, leaderSpeed: agents.speed[other])
                if bound < acceleration { acceleration = bound }
            }
            // Beside, or soon to be: keep the bodies apart sideways.
            let gapSoon = (ahead + closing * Self.horizon).magnitude() - halfLengths
            let gapMidway = (ahead + closing * (0.5 * Self.horizon)).magnitude() - halfLengths
            let crossing = ahead * (ahead + closing * Self.horizon) < 0
            var beside = gap < 1 || gapSoon < 1 || gapMidway < 1 || crossing
            if !beside && acrossNow > 0 {
                // Moving over in front of or behind somebody: he, or this driver, must be able to stop.
                let bound = ahead > 0
                    ? Self.stoppingBound(gap: gap, speed: speed, leaderSpeed: agents.speed[other])
                    : Self.stoppingBound(gap: gap, speed: agents.speed[other], leaderSpeed: speed)
                beside = bound < -2
            }
            if beside && acrossNow > -0.3 {
                let room = (acrossNow - 0.25) * (1 / Self.horizon)
                if across > 0 {
                    let high = room + (otherLateral < 0 ? otherLateral : 0)
                    if high < lateralHigh { lateralHigh = high }
                } else {
                    let low = -room + (otherLateral > 0 ? otherLateral : 0)
                    if low > lateralLow { lateralLow = low }
                }
            }
        }
        boundByRoad(d: d, width: width, lane: Int(lanes[slot]), sample: corridor.sample(at: s + speed), corridor)
        if lateralLow > lateralHigh {
            let middle = 0.5 * (lateralLow + lateralHigh)
            lateralLow = middle
            lateralHigh = middle
        }
    }

    /// How wide a body lies across the road, metres: its width, and what its heading adds.
    @inlinable @inline(always)
    public static func sweptWidth(_ agents: AgentArrays, _ slot: Int) -> Float {
        agents.width[slot] + agents.length[slot] * agents.heading[slot].magnitude()
    }

    /// The highest acceleration over one decision that still lets a driver stop behind his leader.
    @inlinable @inline(always)
    public static func stoppingBound(gap: Float, speed: Float, leaderSpeed: Float) -> Float {
        let room = gap - margin + leaderSpeed * leaderSpeed * (0.5 / braking)
        let inner = 0.25 * reaction * reaction + (2 / braking) * (room - 0.5 * speed * reaction)
        let next = inner > 0 ? braking * (inner.squareRoot() - 0.5 * reaction) : 0
        return ((next > 0 ? next : 0) - speed) * (1 / reaction)
    }

    /// The lanes' outer edges, as far as lanes adjoin the driver's own.
    @inlinable @inline(always)
    public mutating func boundByRoad(d: Float, width: Float, lane: Int, sample: Int, _ corridor: CorridorView) {
        let edges = corridor.edges(beside: lane, sample: sample)
        let high = (edges.left - (d + 0.5 * width)) * (1 / Self.horizon)
        let low = (edges.right - (d - 0.5 * width)) * (1 / Self.horizon)
        if high < lateralHigh { lateralHigh = high }
        if low > lateralLow { lateralLow = low }
    }
}
