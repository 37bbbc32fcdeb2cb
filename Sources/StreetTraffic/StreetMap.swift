import ReproducibleMath
import RoadNetwork

/// A general lanelet map as drivers on it need it: where lanes lead, where they turn and cross.
public struct StreetMap: Sendable {
    /// Which way a lane leads.
    public enum Turn: Int, Sendable, CaseIterable {
        case straight = 0
        case left, right
    }

    struct Line: Sendable {
        var points: [Point]
        /// Arc length at each point, metres.
        var distance: [Double]
        var turn: Turn
        /// True if another lane leads across this one: between the stop lines of an intersection.
        var isCrossed = false
        var halfWidth: Double

        var length: Double { distance[distance.count - 1] }
        var entry: Point { (points[1] - points[0]).unit() }
        var exit: Point { (points[points.count - 1] - points[points.count - 2]).unit() }
    }

    /// A lane in which an agent may be.
    public struct Placement: Sendable, Equatable {
        public var lane: LaneGraph.LaneID
        /// Metres along the lane's centre line and to its left.
        public var s: Double
        public var d: Double
        /// How plausible, relative to the others.
        public var weight: Double
    }

    public let graph: LaneGraph
    public let area: DrivableArea
    let lines: [Line]
    private let routes = RouteBook()

    public init(_ graph: LaneGraph) {
        self.graph = graph
        var lines = graph.lanes.map(Self.line)
        for crossed in Self.crossings(lines, graph) { lines[crossed].isCrossed = true }
        self.lines = lines
        area = DrivableArea(graph)
    }

    /// The route along `lanes`; built once.
    func route(along lanes: [LaneGraph.LaneID]) -> Route { routes.route(along: lanes, on: self) }

    /// Room is looked for up to here, metres.
    static let roomLimit = 8.0

    /// Metres from `point` in direction `way` (a unit vector) to where a driver with direction `facing` has
    /// no business: beside the road, or on lanes that come towards it; at least 0.
    func room(from point: Point, along way: Point, facing: Point) -> Double {
        func isOpen(_ distance: Double) -> Bool {
            let lanes = area.lanes(at: point + distance * way)
            return lanes.contains { lines[$0].turn != .straight || lines[$0].entry.along(facing) > -0.5 }
        }
        var reached = 0.0
        for step in [1.0, 0.25] {
            while reached + step <= Self.roomLimit, isOpen(reached + step) { reached += step }
        }
        return reached
    }

    /// The lanes that an agent at `place` with direction `facing` (a unit vector) may be driving on. An
    /// intersection has several; a point beside the road none.
    public func placements(of place: Point, facing: Point) -> [Placement] {
        for (slack, leastCosine) in [(0.6, 0.8), (2.5, 0.5)] {
            let found = lines.indices.compactMap { lane in
                placement(of: place, facing: facing, on: lane, slack: slack, leastCosine: leastCosine)
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    private func placement(
        of place: Point, facing: Point, on lane: Int, slack: Double, leastCosine: Double
    ) -> Placement? {
        let line = lines[lane]
        var best: Placement?
        for index in line.points.indices.dropLast() {
            let piece = line.points[index + 1] - line.points[index]
            let size = piece.length
            guard size > 1e-6 else { continue }
            let direction = piece.unit(), to = place - line.points[index]
            let along = direction.along(to), across = direction.across(to)
            let cosine = direction.along(facing)
            guard along >= -0.5, along <= size + 0.5, abs(across) <= line.halfWidth + slack,
                cosine >= leastCosine, abs(across) < abs(best?.d ?? .infinity)
            else { continue }
            // Standard deviations of 1 m across and 0.2 rad between lane and vehicle.
            let doubt = 0.5 * across * across + (1 - cosine) / 0.04
            best = Placement(
                lane: lane, s: line.distance[index] + min(max(along, 0), size), d: across,
                weight: Double(Elementary.exp(Float(-min(doubt, 80)))))
        }
        return best
    }

    private static func line(of lane: LaneGraph.Lane) -> Line {
        let points = lane.centreLine()
        var distance = [0.0]
        for index in points.indices.dropFirst() {
            distance.append(distance[index - 1] + (points[index] - points[index - 1]).length)
        }
        let width = (lane.leftBound[0] - lane.rightBound[0]).length
        let endWidth = (lane.leftBound[lane.leftBound.count - 1] - lane.rightBound[lane.rightBound.count - 1])
            .length
        var line = Line(
            points: points, distance: distance, turn: .straight, halfWidth: 0.25 * (width + endWidth))
        let (entry, exit) = (line.entry, line.exit)
        // More than 30° between entry and exit is a turn.
        if entry.along(exit) < 0.866 { line.turn = entry.across(exit) > 0 ? .left : .right }
        return line
    }

    /// Lanes whose centre lines cross another's at more than about 15°, but for lanes that part from one
    /// predecessor.
    private static func crossings(_ lines: [Line], _ graph: LaneGraph) -> Set<Int> {
        let boxes = lines.map { line in
            (
                low: Point(x: line.points.map(\.x).min()!, y: line.points.map(\.y).min()!),
                high: Point(x: line.points.map(\.x).max()!, y: line.points.map(\.y).max()!)
            )
        }
        var crossed: Set<Int> = []
        for a in lines.indices {
            for b in lines.indices.dropFirst(a + 1) {
                guard boxes[a].low.x <= boxes[b].high.x, boxes[b].low.x <= boxes[a].high.x,
                    boxes[a].low.y <= boxes[b].high.y, boxes[b].low.y <= boxes[a].high.y,
                    graph.lanes[a].predecessors.allSatisfy({ !graph.lanes[b].predecessors.contains($0) }),
                    cross(lines[a].points, lines[b].points)
                else { continue }
                crossed.formUnion([a, b])
            }
        }
        return crossed
    }

    private static func cross(_ a: [Point], _ b: [Point]) -> Bool {
        for i in a.indices.dropLast() {
            let u = a[i + 1] - a[i]
            for j in b.indices.dropLast() {
                let v = b[j + 1] - b[j]
                let turn = u.across(v)
                guard abs(turn) > 0.26 * u.length * v.length else { continue }
                let to = b[j] - a[i]
                let (s, t) = (to.across(v) / turn, to.across(u) / turn)
                if s >= 0, s <= 1, t >= 0, t <= 1 { return true }
            }
        }
        return false
    }
}
