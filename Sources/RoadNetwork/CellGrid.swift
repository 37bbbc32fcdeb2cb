/// An upright rectangle, metres.
struct Box: Sendable {
    var low: Point
    var high: Point

    init(_ points: [Point]) {
        low = points[0]
        high = points[0]
        for point in points {
            low = Point(x: min(low.x, point.x), y: min(low.y, point.y))
            high = Point(x: max(high.x, point.x), y: max(high.y, point.y))
        }
    }

    func contains(_ point: Point) -> Bool {
        low.x <= point.x && point.x <= high.x && low.y <= point.y && point.y <= high.y
    }
}

/// Which boxes touch which square cell of the plane: finds what is near a point without looking at all.
struct CellGrid: Sendable {
    /// The most cells; a map that needs more gets larger cells.
    private static let cellLimit = 4_000_000.0

    private let size: Double
    private let low: Point
    private let columns: Int
    private let rows: Int
    /// Items of cell `c`: `items[starts[c]..<starts[c + 1]]`.
    private var starts: [Int32]
    private var items: [Int32]

    init(size: Double, boxes: [Box]) {
        let whole = Box(boxes.isEmpty ? [Point(x: 0, y: 0)] : boxes.flatMap { [$0.low, $0.high] })
        let (width, height) = (whole.high.x - whole.low.x, whole.high.y - whole.low.y)
        var size = size
        while (width / size + 1) * (height / size + 1) > Self.cellLimit { size *= 2 }
        self.size = size
        low = whole.low
        columns = Int(width / size) + 1
        rows = Int(height / size) + 1
        starts = Array(repeating: 0, count: columns * rows + 1)
        items = []
        let spans = boxes.map { box in
            (columns: column(box.low.x)...column(box.high.x), rows: row(box.low.y)...row(box.high.y))
        }
        for span in spans {
            for row in span.rows { for column in span.columns { starts[row * columns + column + 1] += 1 } }
        }
        for cell in 1..<starts.count { starts[cell] += starts[cell - 1] }
        var next = starts
        items = Array(repeating: 0, count: Int(starts[starts.count - 1]))
        for (index, span) in spans.enumerated() {
            for row in span.rows {
                for column in span.columns {
                    items[Int(next[row * columns + column])] = Int32(index)
                    next[row * columns + column] += 1
                }
            }
        }
    }

    private func column(_ x: Double) -> Int { min(max(Int((x - low.x) / size), 0), columns - 1) }
    private func row(_ y: Double) -> Int { min(max(Int((y - low.y) / size), 0), rows - 1) }

    /// Items whose box touches the cell of `point`; for points outside the grid those of the nearest cell.
    func items(at point: Point) -> some Collection<Int> {
        let cell = row(point.y) * columns + column(point.x)
        return items[Int(starts[cell])..<Int(starts[cell + 1])].lazy.map { Int($0) }
    }

    /// Calls `visit` for the items around `point`, nearest cells first, until all within the distance that
    /// `visit` returned last, or `limit`, were seen. An item in several cells is visited several times.
    func visitRings(around point: Point, within limit: Double, visit: (Int) -> Double) {
        let (x, y) = (Int(((point.x - low.x) / size).rounded(.down)), Int(((point.y - low.y) / size).rounded(.down)))
        var reach = limit
        var ring = 0
        // Everything in ring n is at least n - 1 whole cells away.
        while Double(ring - 1) * size <= reach {
            for row in max(y - ring, 0)...max(min(y + ring, rows - 1), max(y - ring, 0)) where row < rows {
                let whole = row == y - ring || row == y + ring
                for column in stride(from: x - ring, through: x + ring, by: whole || ring == 0 ? 1 : 2 * ring)
                where column >= 0 && column < columns {
                    let cell = row * columns + column
                    for item in items[Int(starts[cell])..<Int(starts[cell + 1])] {
                        reach = min(reach, visit(Int(item)))
                    }
                }
            }
            ring += 1
        }
    }
}
