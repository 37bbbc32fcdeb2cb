import RoadNetwork

/// Where each agent will be, and how likely: for planners that must keep clear of it.
///
/// CSV with the header `agent,time_s,x_m,y_m,share`: for each agent, every half second after the start, the
/// square cells of a grid that its box covers in at least one rollout. `x_m`, `y_m` is the cell's centre, a
/// multiple of the cell's edge, in the scene's frame; `share` (0 to 1] is the share of rollouts in which
/// the box covers that centre. Cells that are not listed were never covered. Rows are ordered by agent,
/// time, x, y.
struct OccupancyTable {
    static let header = "agent,time_s,x_m,y_m,share"
    /// Tenths of a second between two times.
    static let interval = 5

    private let cell: Double
    private var table: FuturesTable

    var bytes: [UInt8] { table.bytes }

    /// - Parameter cell: edge of a cell, metres.
    init(cell: Double) {
        self.cell = cell
        table = FuturesTable(header: Self.header)
    }

    /// - Parameter start: scene time of the futures' start in tenths of a second.
    mutating func append(_ futures: FutureTracks, start: Int) {
        for (number, agent) in futures.agents.enumerated() {
            for step in stride(from: Self.interval - 1, to: futures.steps, by: Self.interval) {
                var counts: [Cell: Int] = [:]
                for rollout in 0..<futures.rollouts {
                    let pose = futures.pose(rollout: rollout, step: step, agent: number)
                    for cell in covered(by: agent, at: pose) { counts[cell, default: 0] += 1 }
                }
                for (cell, count) in counts.sorted(by: { $0.key < $1.key }) {
                    table.append(
                        agent: agent.id, tenth: start + step + 1, x: Double(cell.column) * self.cell,
                        y: Double(cell.row) * self.cell, share: Double(count) / Double(futures.rollouts))
                }
            }
        }
    }

    private struct Cell: Hashable, Comparable {
        var column: Int
        var row: Int

        static func < (a: Cell, b: Cell) -> Bool {
            a.column != b.column ? a.column < b.column : a.row < b.row
        }
    }

    /// The cells whose centre a box covers; at least the one that holds the box's centre.
    private func covered(by agent: FutureTracks.Agent, at pose: FuturePose) -> Set<Cell> {
        let place = Point(x: pose.x, y: pose.y)
        let box = Pose(x: pose.x, y: pose.y, heading: pose.heading, roadEdge: 0)
        let ahead = Point(x: box.cosine, y: box.sine)
        let (half, side) = (0.5 * agent.length, 0.5 * agent.width)
        let reach = (half * half + side * side).squareRoot()
        func index(_ value: Double) -> Int { Int((value / cell).rounded()) }
        var cells: Set<Cell> = [Cell(column: index(place.x), row: index(place.y))]
        for column in index(place.x - reach)...index(place.x + reach) {
            for row in index(place.y - reach)...index(place.y + reach) {
                let to = Point(x: Double(column) * cell, y: Double(row) * cell) - place
                if abs(ahead.along(to)) <= half, abs(ahead.across(to)) <= side {
                    cells.insert(Cell(column: column, row: row))
                }
            }
        }
        return cells
    }
}
