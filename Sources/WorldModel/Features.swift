import ReproducibleMath
import RoadNetwork

/// What a driver perceives, as numbers: the network's input. One function writes it, for training and
/// for rollouts alike, so the two can't drift apart.
///
/// Scales are fixed constants that bring typical freeway values to about ±1; invariant to where the
/// road lies, and mirrored left to right by mirroring the scene.
public enum Features {
    public static let ownCount = 33
    public static let perNeighbour = 7
    /// How many numbers describe one agent's view.
    public static let count = ownCount + perNeighbour * Neighbour.perceived  // 96

    /// Writes agent `slot`'s features to `output[feature * stride]`.
    public static func write(
        slot: Int, agents: AgentArrays, corridor: CorridorView, lanes: UnsafePointer<Int32>,
        neighbours: UnsafePointer<Int32>, seesAll: Bool, to output: UnsafeMutablePointer<Float>, stride: Int
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Situation.rows) { memory in
            let column = memory.baseAddress.unsafelyUnwrapped
            Situation.gather(
                slot: slot, agents: agents, corridor: corridor, lanes: lanes, neighbours: neighbours,
                seesAll: seesAll, to: column,
                stride: 1)
            write(SituationColumns<Float>(column, stride: 1), to: output, stride: stride)
        }
    }

    /// Writes the features of one situation, or of sixteen, to `output[feature * stride]`.
    @inlinable @inline(always)
    public static func write<T: FloatLanes>(
        _ situation: SituationColumns<T>, to output: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let zero = T.constant(0), one = T.constant(1)
        let s = situation[0], d = situation[1], speed = situation[2], lateralSpeed = situation[3]
        let length = situation[7], width = situation[8], laneWidth = situation[16]
        let offset = d - situation[15]
        let reach = offset.magnitude() + width.times(0.5) - laneWidth.times(0.5)

        var row = FeatureRow<T>(next: output, stride: stride)
        row.put(speed.times(0.05))
        row.put(one / (one + speed))
        row.put((speed - situation[25]).limited(-40, 20).times(0.1))
        row.put(situation[5].times(0.5))
        row.put(situation[6].times(0.5))
        row.put(lateralSpeed.times(2))
        row.put(situation[4].times(2))
        row.put(offset)
        row.put((offset * offset).times(0.3))
        row.put((offset + lateralSpeed).limited(-3, 3))
        row.put(laneWidth.plus(-3.6).limited(-1.5, 1.5))
        row.put(situation[17])
        row.put(situation[18])
        row.put(situation[19].limited(0, 5).times(0.3))
        row.put(situation[20].limited(0, 5).times(0.3))
        row.put(situation[21])
        row.put(situation[22])
        row.put((situation[23] * speed * speed).times(0.5))
        row.put(situation[24].times(300))
        row.put(length.plus(-4.7).times(0.15))
        row.put(width.plus(-1.9).times(1.5))
        row.put(situation[10])
        row.put(situation[11])
        row.put(situation[12])
        row.put(situation[13])
        row.put(situation[14])
        row.put(reach.limited(-2, 2))
        row.put(zero.replaced(by: one, where: speed.isBelow(.constant(0.3))))
        row.put(situation[28].limited(-6, 6).times(0.5))
        row.put(situation[29].limited(-2, 2))
        row.put(situation[30])
        row.put(situation[31])
        // Time headway, 6 s where the road is free.
        let leader = Situation.firstNeighbour
        let distance = situation[leader &+ 1] - s - (length + situation[leader &+ 6]).times(0.5)
        let headway = (distance / speed.plus(1)).limited(0, 6)
        row.put(T.constant(6).replaced(by: headway, where: zero.isBelow(situation[leader])).times(0.33).plus(-1))

        for neighbour in 0..<Neighbour.perceived {
            let first = Situation.firstNeighbour &+ neighbour &* Situation.perNeighbour
            let present = situation[first]
            let gap = (situation[first &+ 1] - s).magnitude() - (length + situation[first &+ 6]).times(0.5)
            let closeness = gap.limited(-5, 500)
            let relative = situation[first &+ 3] - speed
            let isBehind = neighbour == Neighbour.follower.rawValue
                || neighbour == Neighbour.leftFollower.rawValue || neighbour == Neighbour.rightFollower.rawValue
            let approaching = isBehind ? relative : zero - relative
            // Nobody there: as somebody far away at the same speed.
            row.put(one + present * (closeness / closeness.plus(25) - one))
            row.put(present * closeness.times(0.08).limited(-0.4, 2))
            row.put(present * relative.limited(-15, 15).times(0.2))
            row.put(present * (approaching / gap.limited(1, 500)).limited(-1, 1).times(2))
            row.put(present * situation[first &+ 5].limited(-5, 5).times(0.3))
            row.put(present * (situation[first &+ 2] - d).limited(-6, 6).times(0.25))
            row.put(present * situation[first &+ 4].limited(-3, 3))
        }
    }
}

/// Where the next feature goes.
@usableFromInline
struct FeatureRow<T: FloatLanes> {
    @usableFromInline var next: UnsafeMutablePointer<Float>
    @usableFromInline let stride: Int

    @inlinable @inline(always)
    init(next: UnsafeMutablePointer<Float>, stride: Int) {
        self.next = next
        self.stride = stride
    }

    @inlinable @inline(always)
    mutating func put(_ value: T) {
        value.store(next)
        next += stride
    }
}
