import ReproducibleMath
import RoadNetwork

/// What a driver perceives, as numbers: the network's input. One function writes it, for training and
/// for rollouts alike, so the two can't drift apart.
///
/// Scales are fixed constants that bring typical freeway values to about ±1; invariant to where the
/// road lies, and mirrored left to right by mirroring the scene.
public enum Features {
    public static let ownCount = 28
    public static let perNeighbour = 6
    /// How many numbers describe one agent's view: a multiple of 2.
    public static let count = ownCount + perNeighbour * Neighbour.count  // 82

    /// Writes agent `slot`'s features to `output[feature * stride]`.
    @inlinable @inline(always)
    public static func write(
        slot: Int, agents: AgentArrays, corridor: CorridorView, lanes: UnsafePointer<Int32>,
        neighbours: UnsafePointer<Int32>, to output: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let s = agents.s[slot]
        let speed = agents.speed[slot]
        let lane = Int(lanes[slot])
        let here = corridor.sample(at: s)
        let laneCentre = corridor.centre(lane: lane, sample: here)
        let offset = agents.d[slot] - laneCentre
        let lateralSpeed = agents.lateralSpeed[slot]
        let laneWidth = corridor.width(lane: lane, sample: here)
        let ahead = corridor.sample(at: s + 30 + speed)
        var leftWidth: Float = 0, rightWidth: Float = 0
        var lanesLeft: Float = 0, lanesRight: Float = 0
        if lane > 0 { leftWidth = corridor.width(lane: lane &- 1, sample: here) }
        if lane &+ 1 < Int(corridor.laneCount) { rightWidth = corridor.width(lane: lane &+ 1, sample: here) }
        for other in 0..<Int(corridor.laneCount) where corridor.width(lane: other, sample: here) > 0 {
            if other < lane { lanesLeft += 1 }
            if other > lane { lanesRight += 1 }
        }
        let ends: Float = corridor.width(lane: lane, sample: ahead) > 0 ? 0 : 1
        let endsSoon: Float = corridor.width(lane: lane, sample: corridor.sample(at: s + 15 + 3 * speed)) > 0 ? 0 : 1
        let kind = agents.kind[slot]

        var row = FeatureRow(next: output, stride: stride)
        row.put(speed * 0.05)
        row.put(1 / (1 + speed))
        row.put((speed - corridor.speedLevel).limited(-40, 20) * 0.1)
        row.put(agents.recentAcceleration[slot] * 0.5)
        row.put(agents.olderAcceleration[slot] * 0.5)
        row.put(lateralSpeed * 2)
        row.put(agents.olderLateralSpeed[slot] * 2)
        row.put(offset)
        row.put(offset * offset * 0.3)
        row.put((offset + lateralSpeed).limited(-3, 3))
        row.put((laneWidth - 3.6).limited(-1.5, 1.5))
        row.put(leftWidth > 0 ? 1 : 0)
        row.put(rightWidth > 0 ? 1 : 0)
        row.put(lanesLeft.limited(0, 5) * 0.3)
        row.put(lanesRight.limited(0, 5) * 0.3)
        row.put(ends)
        row.put(endsSoon)
        row.put(corridor.curvature[ahead] * speed * speed * 0.5)
        row.put(corridor.curvature[here] * 300)
        row.put((agents.length[slot] - 4.7) * 0.15)
        row.put((agents.width[slot] - 1.9) * 1.5)
        row.put(kind == 1 ? 1 : 0)
        row.put(kind == 2 ? 1 : 0)
        row.put(agents.headwayTrait[slot])
        row.put(agents.speedTrait[slot])
        row.put(agents.traitsKnown[slot])
        row.put(((offset > 0 ? offset : -offset) + 0.5 * agents.width[slot] - 0.5 * laneWidth).limited(-2, 2))
        row.put((speed < 0.3 ? 1 : 0))

        let known = neighbours + slot &* Neighbour.count
        for neighbour in 0..<Neighbour.count {
            let other = Int(known[neighbour])
            if other < 0 {
                // Nobody there: as somebody far away at the same speed.
                row.put(1)
                row.put(0)
                row.put(0)
                row.put(0)
                row.put(0)
                row.put(0)
                continue
            }
            let distance = (agents.s[other] - s).magnitude()
            let gap = distance - 0.5 * (agents.length[slot] + agents.length[other])
            let closeness = gap.limited(-5, 500)
            let behind = neighbour == Neighbour.follower.rawValue
                || neighbour == Neighbour.leftFollower.rawValue || neighbour == Neighbour.rightFollower.rawValue
            let relative = agents.speed[other] - speed
            let approaching = behind ? relative : -relative
            row.put(closeness / (closeness + 25))
            row.put((closeness * 0.08).limited(-0.4, 2))
            row.put(relative.limited(-15, 15) * 0.2)
            row.put((approaching / (gap.limited(1, 500))).limited(-1, 1) * 2)
            row.put(agents.recentAcceleration[other].limited(-5, 5) * 0.3)
            row.put((agents.d[other] - agents.d[slot]).limited(-6, 6) * 0.25)
        }
    }
}

/// Where the next feature goes.
public struct FeatureRow {
    @usableFromInline var next: UnsafeMutablePointer<Float>
    @usableFromInline let stride: Int

    @inlinable @inline(always)
    init(next: UnsafeMutablePointer<Float>, stride: Int) {
        self.next = next
        self.stride = stride
    }

    @inlinable @inline(always)
    mutating func put(_ value: Float) {
        next.pointee = value
        next += stride
    }
}
