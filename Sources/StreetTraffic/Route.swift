import RoadNetwork

/// One agent's own corridor: the chain of lanes that it follows, as one line.
///
/// Sampled every metre, `s` = 0 at the beginning of the first lane; straight beyond both ends, so that
/// whoever leaves the map drives on. Exact arithmetic only: the same bits on every CPU.
public final class Route: Sendable {
    /// Metres of straight line before the first lane and beyond the last.
    static let before = 40, beyond = 240
    private static let spacing = 1.0

    public let lanes: [LaneGraph.LaneID]
    let points: [Point]
    let tangents: [Point]
    /// Signed, 1/m, positive to the left.
    let curvatures: [Double]
    /// Where crossed lanes begin: stop lines, if there are any, in order of `s`.
    let stops: [Double]
    /// The stretches that others cross.
    let crossed: [ClosedRange<Double>]
    /// Where turns begin, and which way.
    let turns: [(s: Double, turn: StreetMap.Turn)]
    /// Room to the left and to the right of each sample's point up to the edge of the road, metres.
    private let room: [(left: Double, right: Double)]
    /// Offsets of the lanes beside each lane of the route, and where that lane ends.
    private let beside: [(end: Double, left: Double?, right: Double?)]

    init(lanes: [LaneGraph.LaneID], on map: StreetMap) {
        self.lanes = lanes
        var rough: [Point] = []
        var stops: [Double] = []
        var crossed: [ClosedRange<Double>] = []
        var turns: [(s: Double, turn: StreetMap.Turn)] = []
        var s = 0.0
        var before = false
        for lane in lanes {
            let line = map.lines[lane]
            if line.isCrossed {
                if !before { stops.append(s) }
                crossed.append(s...s + line.length)
            }
            if line.turn != .straight { turns.append((s, line.turn)) }
            before = line.isCrossed
            rough += rough.isEmpty ? line.points : Array(line.points.dropFirst())
            s += line.length
        }
        (self.stops, self.crossed, self.turns) = (stops, crossed, turns)
        (points, tangents, curvatures) = Self.sampled(rough)
        room = zip(points, tangents).map { point, tangent in
            (
                map.room(from: point, along: tangent.leftward, facing: tangent),
                map.room(from: point, along: -1 * tangent.leftward, facing: tangent)
            )
        }
        var end = 0.0
        beside = lanes.map { lane in
            end += map.lines[lane].length
            let graph = map.graph.lanes[lane], half = map.lines[lane].halfWidth
            return (
                end, graph.leftNeighbour.map { half + map.lines[$0].halfWidth },
                graph.rightNeighbour.map { -half - map.lines[$0].halfWidth }
            )
        }
    }

    /// A straight line through `place`: for agents beside the road.
    init(straightFrom place: Point, along direction: Point) {
        (lanes, stops, crossed, turns) = ([], [], [], [])
        (points, tangents, curvatures) = Self.sampled([place, place + direction])
        room = points.map { _ in (StreetMap.roomLimit, StreetMap.roomLimit) }
        beside = []
    }

    private static func sampled(_ rough: [Point]) -> ([Point], [Point], [Double]) {
        var even: [Point] = [rough[0]]
        var left = spacing
        for index in rough.indices.dropFirst() {
            var from = rough[index - 1]
            var size = (rough[index] - from).length
            while size >= left {
                from = from + (left / size) * (rough[index] - from)
                even.append(from)
                size -= left
                left = spacing
            }
            left -= size
        }
        if even.count == 1 { even.append(rough[rough.count - 1]) }
        let reach = 2
        let smooth = even.indices.map { index in
            let half = min(reach, index, even.count - 1 - index)
            let sum = (index - half...index + half).reduce(Point(x: 0, y: 0)) { $0 + even[$1] }
            return (1 / Double(2 * half + 1)) * sum
        }
        let tail = min(3, smooth.count - 1)
        let entry = (smooth[tail] - smooth[0]).unit()
        let exit = (smooth[smooth.count - 1] - smooth[smooth.count - 1 - tail]).unit()
        let points =
            (1...before).reversed().map { smooth[0] + (-Double($0) * spacing) * entry } + smooth
            + (1...beyond).map { smooth[smooth.count - 1] + (Double($0) * spacing) * exit }
        let tangents = points.indices.map { index in
            (points[min(index + 1, points.count - 1)] - points[max(index - 1, 0)]).unit()
        }
        let curvatures = points.indices.map { index in
            let (a, b) = (max(index - 1, 0), min(index + 1, points.count - 1))
            return tangents[a].across(tangents[b]) / (Double(b - a) * spacing)
        }
        return (points, tangents, curvatures)
    }

    /// Index of the sample before `s` and how far `s` is past it, from 0 to 1.
    private func sample(_ s: Double) -> (index: Int, share: Double) {
        let position = min(max(s + Double(Self.before), 0), Double(points.count) - 1.001)
        let index = Int(position)
        return (index, position - Double(index))
    }

    /// The point `d` metres left of the line at `s`, and the line's direction there.
    func place(s: Double, d: Double) -> (point: Point, direction: Point) {
        let (index, share) = sample(s)
        let direction =
            (tangents[index] + share * (tangents[index + 1] - tangents[index])).unit(or: tangents[index])
        let on = points[index] + share * (points[index + 1] - points[index])
        return (on + d * direction.leftward, direction)
    }

    /// How far left and right a box of half width `halfWidth` and length `length` may be at `s`, as a range of
    /// `d`; an empty range becomes its middle. Bends ask for more room: a box's corners swing out.
    func offsets(at s: Double, halfWidth: Double, length: Double) -> ClosedRange<Double> {
        let (index, _) = sample(s)
        let swing = length * length * abs(curvatures[index]) / 8
        let high = room[index].left - halfWidth - swing, low = halfWidth + swing - room[index].right
        return low <= high ? low...high : 0.5 * (low + high)...0.5 * (low + high)
    }

    /// Offsets of the lanes of the same direction to the left and right at `s`.
    func neighbours(at s: Double) -> (left: Double?, right: Double?) {
        beside.first { s < $0.end }.map { ($0.left, $0.right) } ?? (nil, nil)
    }

    func curvature(at s: Double) -> Double { curvatures[sample(s).index] }

    /// The largest curvature's magnitude within `distance` metres from `s` on, 1/m.
    func sharpest(from s: Double, distance: Double) -> Double {
        let (first, last) = (sample(s).index, sample(s + distance).index)
        return curvatures[first...max(first, last)].reduce(0) { max($0, abs($1)) }
    }

    /// Where `point` lies between `low` and `high`, metres; nil where the nearest point of that stretch is
    /// its end.
    func project(_ point: Point, from low: Double, to high: Double) -> (s: Double, d: Double, direction: Point)? {
        let (first, last) = (sample(low).index, sample(high).index)
        var nearest = first
        var least = Double.infinity
        func consider(_ index: Int) {
            let away = point - points[index]
            let square = away.along(away)
            if square < least { (nearest, least) = (index, square) }
        }
        for index in stride(from: first, through: last, by: 3) { consider(index) }
        for index in max(first, nearest - 2)...min(last, nearest + 2) { consider(index) }
        let direction = tangents[nearest]
        let away = point - points[nearest]
        let along = direction.along(away)
        if nearest == first && along < -1 || nearest == last && along > 1 { return nil }
        return (Double(nearest - Self.before) + along, direction.across(away), direction)
    }
}
