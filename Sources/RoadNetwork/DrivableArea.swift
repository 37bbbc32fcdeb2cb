/// The union of a map's lanes and the distance to its edge, for judging who leaves the road.
///
/// Where a lane has no successor or no predecessor the map ends, not the road: open ends go on straight
/// for `openEnd` metres. Gaps between lanes narrower than about 0.1 m are closed.
public struct DrivableArea: Sendable {
    /// How far a road goes on beyond its map, metres.
    public static let openEnd = 200.0
    /// Distances are looked for up to here, metres; beyond every histogram's end.
    public static let reach = 40.0
    /// A lane's bound is the road's edge where there is no lane this far outside it, metres.
    private static let gap = 0.1
    /// Bounds are cut into pieces this long before each is tested for being an edge, metres.
    private static let piece = 0.5

    private let outlines: [Outline]
    /// The lane that each outline belongs to.
    private let owners: [LaneGraph.LaneID]
    private let outlineGrid: CellGrid
    private let edges: [Segment]
    private let edgeGrid: CellGrid

    public init(_ lanes: LaneGraph) {
        var outlines: [Outline] = []
        var owners: [LaneGraph.LaneID] = []
        for (number, lane) in lanes.lanes.enumerated() {
            let own = [Outline(lane.outline)] + Self.openEnds(of: lane).map(Outline.init)
            outlines += own
            owners += own.map { _ in number }
        }
        self.owners = owners
        let grid = CellGrid(size: 10, boxes: outlines.map(\.box))
        var edges: [Segment] = []
        for (index, outline) in outlines.enumerated() {
            edges += outline.edges(piece: Self.piece) { middle, outward in
                let outside = middle + Self.gap * outward
                return !grid.items(at: outside).contains { $0 != index && outlines[$0].contains(outside) }
            }
        }
        self.outlines = outlines
        outlineGrid = grid
        self.edges = edges
        edgeGrid = CellGrid(size: 4, boxes: edges.map(\.box))
    }

    /// True on the road, and in the hairline gaps that maps have between lanes.
    public func contains(_ point: Point) -> Bool {
        Self.closing.contains { shift in
            let shifted = point + shift
            return outlineGrid.items(at: shifted).contains { outlines[$0].contains(shifted) }
        }
    }

    /// The lanes at a point, open ends included.
    public func lanes(at point: Point) -> [LaneGraph.LaneID] {
        outlineGrid.items(at: point).filter { outlines[$0].contains(point) }.map { owners[$0] }
    }

    private static let closing = [(0.0, 0.0), (0.06, 0), (-0.06, 0), (0, 0.06), (0, -0.06)].map(Point.init)

    /// Distance to the edge of the road, metres: negative on the road, at most `reach` in magnitude.
    public func signedDistance(_ point: Point) -> Double {
        var nearest = Self.reach * Self.reach
        edgeGrid.visitRings(around: point, within: Self.reach) { index in
            nearest = min(nearest, edges[index].squaredDistance(to: point))
            return nearest.squareRoot()
        }
        return contains(point) ? -nearest.squareRoot() : nearest.squareRoot()
    }

    private static func openEnds(of lane: LaneGraph.Lane) -> [[Point]] {
        let centre = lane.centreLine()
        var ends: [[Point]] = []
        if lane.successors.isEmpty, let left = lane.leftBound.last, let right = lane.rightBound.last {
            let on = openEnd * (centre[centre.count - 1] - centre[centre.count - 2]).unit()
            ends.append([left, left + on, right + on, right])
        }
        if lane.predecessors.isEmpty, let left = lane.leftBound.first, let right = lane.rightBound.first {
            let back = openEnd * (centre[0] - centre[1]).unit()
            ends.append([right, right + back, left + back, left])
        }
        return ends
    }
}

/// A closed polygon.
private struct Outline: Sendable {
    let points: [Point]
    let box: Box

    init(_ points: [Point]) {
        self.points = points
        box = Box(points)
    }

    func contains(_ point: Point) -> Bool {
        guard box.contains(point) else { return false }
        var inside = false
        var before = points[points.count - 1]
        for here in points {
            if (here.y > point.y) != (before.y > point.y) {
                let share = (point.y - here.y) / (before.y - here.y)
                if point.x < here.x + share * (before.x - here.x) { inside.toggle() }
            }
            before = here
        }
        return inside
    }

    /// The parts of the outline whose middle is an edge, as `isEdge` says from middle and outward normal.
    func edges(piece: Double, isEdge: (Point, Point) -> Bool) -> [Segment] {
        var area = 0.0
        for index in points.indices {
            area += points[index].across(points[(index + 1) % points.count])
        }
        let side = area > 0 ? -1.0 : 1.0
        var result: [Segment] = []
        for index in points.indices {
            let (a, b) = (points[index], points[(index + 1) % points.count])
            let along = b - a
            guard along.length > 1e-6 else { continue }
            let outward = side * along.unit().leftward
            let pieces = max(1, Int((along.length / piece).rounded(.up)))
            var open: Int?
            for number in 0...pieces {
                let middle = a + ((Double(number) + 0.5) / Double(pieces)) * along
                let edge = number < pieces && isEdge(middle, outward)
                if edge, open == nil { open = number }
                if !edge, let begin = open {
                    result.append(
                        Segment(
                            a: a + (Double(begin) / Double(pieces)) * along,
                            b: a + (Double(number) / Double(pieces)) * along))
                    open = nil
                }
            }
        }
        return result
    }
}

private struct Segment: Sendable {
    let a: Point
    let b: Point

    var box: Box { Box([a, b]) }

    func squaredDistance(to point: Point) -> Double {
        let (along, to) = (b - a, point - a)
        let share = min(max(to.along(along) / max(along.along(along), 1e-12), 0), 1)
        let away = to - share * along
        return away.along(away)
    }
}
