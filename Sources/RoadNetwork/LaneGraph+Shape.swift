extension LaneGraph.Lane {
    /// Points along the middle between the bounds, about `spacing` metres apart, in driving direction; at
    /// least two.
    public func centreLine(spacing: Double = 1) -> [Point] {
        let (left, right) = (ArcLengths(leftBound), ArcLengths(rightBound))
        let length = 0.5 * (left.length + right.length)
        let pieces = max(1, Int((length / spacing).rounded(.up)))
        return (0...pieces).map { piece in
            let share = Double(piece) / Double(pieces)
            return 0.5 * (left.point(share) + right.point(share))
        }
    }

    /// The lane's outline: along the left bound, back along the right one.
    public var outline: [Point] { leftBound + rightBound.reversed() }
}

/// A polyline that is walked by the share of its length.
private struct ArcLengths {
    private let points: [Point]
    private let distance: [Double]

    init(_ points: [Point]) {
        self.points = points
        var total = 0.0
        distance = points.indices.map { index in
            if index > 0 { total += (points[index] - points[index - 1]).length }
            return total
        }
    }

    var length: Double { distance[distance.count - 1] }

    func point(_ share: Double) -> Point {
        let target = share * length
        let next = distance.firstIndex { $0 >= target } ?? points.count - 1
        guard next > 0 else { return points[0] }
        let piece = distance[next] - distance[next - 1]
        let part = piece > 0 ? (target - distance[next - 1]) / piece : 0
        return points[next - 1] + part * (points[next] - points[next - 1])
    }
}
