import Foundation
import Metrics
import TerminalScreen

/// The road from above on a grid of cells: how metres become rows and columns.
struct RoadPicture {
    /// Rows that the road takes, its edges included.
    let rows: Int
    let width: Int
    let metersPerColumn: Double
    private let metersPerRow: Double
    /// `d` of the road's left edge, the picture's first row.
    private let left: Double
    /// `s` at the left end of the first column.
    private let start: Double
    let lines: [Double]

    /// Nil where the lanes don't fit.
    ///
    /// - Parameter available: rows there are for road, ruler and what else there is.
    init?(_ model: PlayerModel, width: Int, rows available: Int) {
        let recording = model.recording
        guard recording.steps.indices.contains(model.step) else { return nil }
        let ego = recording.ego(at: model.step)
        lines = recording.road.lines(at: recording.road.sample(at: ego.s)).map(Double.init)
        guard let first = lines.first, let last = lines.last, lines.count > 1 else { return nil }
        let lanes = lines.count - 1
        // Rows a lane, the line beside it included: the most that fit, four at most.
        guard let rowsPerLane = (1...4).last(where: { lanes * $0 + 1 <= available }) else { return nil }
        rows = lanes * rowsPerLane + 1
        self.width = width
        left = first
        metersPerRow = (first - last) / Double(lanes * rowsPerLane)
        metersPerColumn = model.zoom * min(max(160 / Double(width), 0.8), 4)
        start = Double(ego.s) - metersPerColumn * Double(width) * 0.35
    }

    /// The row nearest to `d`, 0 for the left edge.
    func row(_ d: Double) -> Int { Int(((left - d) / metersPerRow).rounded()) }

    /// Columns left of `s`, in half columns.
    func halfColumns(_ s: Double) -> Int { Int(((s - start) / metersPerColumn * 2).rounded()) }

    /// `s` in the middle of a column.
    func s(_ column: Int) -> Double { start + (Double(column) + 0.5) * metersPerColumn }

    /// Rows that a body at `d` covers: those whose middle lies in it, at least one.
    func rows(_ d: Double, width: Double) -> ClosedRange<Int> {
        let top = Int(((left - d - width / 2) / metersPerRow).rounded(.up))
        let bottom = Int(((left - d + width / 2) / metersPerRow).rounded(.down))
        return top <= bottom && metersPerRow < 1.5 ? top...bottom : row(d)...row(d)
    }
}

extension Canvas {
    /// The road's lines, everybody on it, and a ruler below.
    mutating func draw(_ road: RoadPicture, _ model: PlayerModel, row: Int) {
        for (index, line) in road.lines.enumerated() {
            let isEdge = index == 0 || index == road.lines.count - 1
            let at = row + road.row(line)
            for column in 0..<road.width {
                let s = road.s(column)
                let isDash = s - 12 * (s / 12).rounded(.down) < 4
                if isEdge { put("━", row: at, column: column, style: .faint) }
                else if isDash { put("─", row: at, column: column, style: .faint) }
            }
        }
        let recording = model.recording
        for state in recording.states(at: model.step).reversed() {
            draw(state, recording.agents[state.agent], road, row: row)
        }
        drawRuler(road, row: row + road.rows)
    }

    private mutating func drawRuler(_ road: RoadPicture, row: Int) {
        let every = road.metersPerColumn > 2.5 ? 100.0 : 50.0
        var mark = (road.s(0) / every).rounded(.up) * every
        while mark < road.s(road.width - 1) {
            let column = road.halfColumns(mark) / 2
            put("╵\(Int(mark)) m", row: row, column: column, width: 8, style: .faint)
            mark += every
        }
    }

    /// A body with half-column ends, its rear marked while the brake lights are lit; the ego has a point.
    private mutating func draw(_ state: RecordedState, _ agent: RecordedAgent, _ road: RoadPicture, row: Int) {
        let half = Double(agent.length) / 2
        let rear = road.halfColumns(Double(state.s) - half)
        let front = max(road.halfColumns(Double(state.s) + half), rear + 1)
        let style: CellStyle = agent.isEgo ? .title : agent.kind == .truck ? .strong : .plain
        let bodyRows = road.rows(Double(state.d), width: Double(agent.width))
        for bodyRow in bodyRows where (0..<road.rows).contains(bodyRow) {
            for column in (rear >> 1)...((front - 1) >> 1) where (0..<road.width).contains(column) {
                let isFirst = column == rear >> 1, isLast = column == (front - 1) >> 1
                var scalar: Unicode.Scalar = "█"
                if 2 * column < rear { scalar = "▐" } else if 2 * column + 1 >= front { scalar = "▌" }
                if agent.kind == .motorcycle { scalar = "▬" }
                if agent.isEgo && isLast { scalar = "▶" }
                if isFirst && state.showsBrakeLights {
                    put([front - rear > 2 ? "▒" : "▓"], row: row + bodyRow, column: column, style: .bad)
                } else {
                    put([scalar], row: row + bodyRow, column: column, style: style)
                }
            }
        }
    }
}
