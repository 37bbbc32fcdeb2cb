import RoadNetwork

extension Point {
    func distance(to other: Point) -> Double {
        ((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)).squareRoot()
    }
}

/// A line of straight pieces, walked by arc length.
struct Polyline {
    let points: [Point]
    /// Arc length at each point, metres.
    private let distance: [Double]

    /// - Parameter points: at least one.
    init(_ points: [Point]) {
        self.points = points
        var total = 0.0
        distance = points.indices.map { i in
            if i > 0 { total += points[i].distance(to: points[i - 1]) }
            return total
        }
    }

    var length: Double { distance[distance.count - 1] }

    /// `count` points, at least two, at equal distances from the first point to the last.
    func resampled(_ count: Int) -> [Point] {
        sampled(count, every: length / Double(count - 1))
    }

    /// `count` points, `spacing` metres of arc length apart, from the first point on.
    func sampled(_ count: Int, every spacing: Double) -> [Point] {
        var piece = 1
        return (0..<count).map { i in
            let target = spacing * Double(i)
            while piece < points.count - 1, distance[piece] < target { piece += 1 }
            guard piece < points.count else { return points[0] }
            let span = distance[piece] - distance[piece - 1]
            let share = span > 0 ? min(max((target - distance[piece - 1]) / span, 0), 1) : 0
            let (a, b) = (points[piece - 1], points[piece])
            return Point(x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y))
        }
    }
}
