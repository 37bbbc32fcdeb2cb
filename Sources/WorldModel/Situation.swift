import ReproducibleMath
import RoadNetwork

/// One driver's situation, as raw numbers: his own state, his lane, his neighbours. Gathered agent by
/// agent; from it `Features` and `CollisionGuard` compute for one agent, or for sixteen side by side.
///
/// Laid out in rows of `stride` numbers; a driver is a column. SI units.
public enum Situation {
    /// Rows of a driver's own numbers.
    public enum Own: Int {
        case s = 0, d, speed, lateralSpeed, olderLateralSpeed, recentAcceleration, olderAcceleration
        case length, width, turn, isTruck, isMotorcycle, headwayTrait, speedTrait, traitsKnown
        case laneCentre, laneWidth, hasLeftLane, hasRightLane, lanesLeft, lanesRight, laneEnds, laneEndsSoon
        case curvatureAhead, curvatureHere, speedLevel, leftEdge, rightEdge, acceleration, lateralAcceleration
        case roadAheadUnseen, someUnseen
    }

    /// Rows of each neighbour's numbers, beginning at `firstNeighbour + neighbour * perNeighbour`.
    public enum Other: Int {
        case present = 0, s, d, speed, lateralSpeed, recentAcceleration, length, sweptWidth
    }

    @inlinable @inline(always) public static var firstNeighbour: Int { 32 }
    @inlinable @inline(always) public static var perNeighbour: Int { 8 }
    @inlinable @inline(always) public static var rows: Int { 32 + 8 * 12 }

    /// Gathers agent `slot`'s situation into the column that begins at `column`.
    ///
    /// - Parameter seesAll: whether everybody who is there is known. Not so in recordings: they end somewhere, and
    ///   cameras miss vehicles, so that whoever has nobody ahead, or drives more slowly than he would have to,
    ///   may follow somebody whom nobody recorded.
    @inlinable @inline(always)
    public static func gather(
        slot: Int, agents: AgentArrays, corridor: CorridorView, lanes: UnsafePointer<Int32>,
        neighbours: UnsafePointer<Int32>, seesAll: Bool, to column: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let s = agents.s[slot], speed = agents.speed[slot]
        let lane = Int(lanes[slot])
        let here = corridor.sample(at: s), ahead = corridor.sample(at: s + 30 + speed)
        let laneWidth = corridor.width(lane: lane, sample: here)
        var lanesLeft: Float = 0, lanesRight: Float = 0, hasLeft: Float = 0, hasRight: Float = 0
        for other in 0..<Int(corridor.laneCount) where corridor.width(lane: other, sample: here) > 0 {
            if other < lane { lanesLeft += 1 }
            if other > lane { lanesRight += 1 }
            if other == lane &- 1 { hasLeft = 1 }
            if other == lane &+ 1 { hasRight = 1 }
        }
        let later = corridor.sample(at: s + 15 + 3 * speed)
        let edges = corridor.edges(beside: lane, sample: corridor.sample(at: s + speed))
        let kind = agents.kind[slot]
        column[0] = s
        column[stride] = agents.d[slot]
        column[2 &* stride] = speed
        column[3 &* stride] = agents.lateralSpeed[slot]
        column[4 &* stride] = agents.olderLateralSpeed[slot]
        column[5 &* stride] = agents.recentAcceleration[slot]
        column[6 &* stride] = agents.olderAcceleration[slot]
        column[7 &* stride] = agents.length[slot]
        column[8 &* stride] = agents.width[slot]
        // How far the nose lies to the left of the tail, metres.
        column[9 &* stride] = agents.length[slot] * agents.heading[slot]
        column[10 &* stride] = kind == 1 ? 1 : 0
        column[11 &* stride] = kind == 2 ? 1 : 0
        column[12 &* stride] = agents.headwayTrait[slot]
        column[13 &* stride] = agents.speedTrait[slot]
        column[14 &* stride] = agents.traitsKnown[slot]
        column[15 &* stride] = corridor.centre(lane: lane, sample: here)
        column[16 &* stride] = laneWidth
        column[17 &* stride] = hasLeft
        column[18 &* stride] = hasRight
        column[19 &* stride] = lanesLeft
        column[20 &* stride] = lanesRight
        column[21 &* stride] = corridor.width(lane: lane, sample: ahead) > 0 ? 0 : 1
        column[22 &* stride] = corridor.width(lane: lane, sample: later) > 0 ? 0 : 1
        column[23 &* stride] = corridor.curvature[ahead]
        column[24 &* stride] = corridor.curvature[here]
        column[25 &* stride] = corridor.speedLevel
        column[26 &* stride] = edges.left
        column[27 &* stride] = edges.right
        column[28 &* stride] = agents.acceleration[slot]
        column[29 &* stride] = agents.lateralAcceleration[slot]
        column[30 &* stride] = !seesAll && neighbours[slot &* Neighbour.count] < 0 ? 1 : 0
        column[31 &* stride] = seesAll ? 0 : 1

        let row = neighbours + slot &* Neighbour.count
        var next = column + firstNeighbour &* stride
        for neighbour in 0..<Neighbour.count {
            // Where nobody is, the driver himself stands in, marked as not present.
            let isPresent = row[neighbour] >= 0
            let other = isPresent ? Int(row[neighbour]) : slot
            next[0] = isPresent ? 1 : 0
            next[stride] = agents.s[other]
            next[2 &* stride] = agents.d[other]
            next[3 &* stride] = agents.speed[other]
            next[4 &* stride] = agents.lateralSpeed[other]
            next[5 &* stride] = agents.recentAcceleration[other]
            next[6 &* stride] = agents.length[other]
            next[7 &* stride] = agents.sweptWidth(other)
            next += perNeighbour &* stride
        }
    }
}

/// A column of a `Situation`, or sixteen side by side, read row by row.
public struct SituationColumns<T: FloatLanes> {
    @usableFromInline let start: UnsafePointer<Float>
    @usableFromInline let stride: Int

    @inlinable @inline(always)
    public init(_ start: UnsafePointer<Float>, stride: Int) {
        self.start = start
        self.stride = stride
    }

    @inlinable @inline(always)
    subscript(row: Int) -> T { T.load(start + row &* stride) }
}
