import Farm
import Metrics
import TerminalScreen

extension Incident {
    /// A cross for what ended a rollout, a triangle for a near miss.
    fileprivate var mark: (String, CellStyle) { outcome == .completed ? ("▲", .warning) : ("✗", .bad) }

    fileprivate var line: String { "scenario \(scenario), \(family.name): \(story)" }
}

extension Canvas {
    /// Rows below the list: a space, the command, and what Enter does.
    static var failureFooterRows: Int { 4 }

    /// What needs attention, and below it, where there is room, the worst rollouts.
    mutating func drawConcerns(_ snapshot: FarmSnapshot, area: Rectangle) {
        let room = snapshot.incidents.isEmpty ? 0 : max(area.height - max(3 * snapshot.attention.count, 1), 0)
        let attention = Rectangle(
            row: area.row, column: area.column, width: area.width, height: area.height - room)
        drawAttention(snapshot, area: attention)
        for (offset, incident) in snapshot.incidents.prefix(room).enumerated() {
            let row = attention.maxRow + offset
            if offset == room - 1, snapshot.incidents.count > room {
                let more = snapshot.incidents.count - offset
                put(
                    "… \(more) more rollouts: f", row: row, column: area.column, width: area.width,
                    style: .accent)
            } else {
                put(
                    [incident.mark, (" " + incident.line, .plain)], row: row, column: area.column,
                    limit: area.maxColumn)
            }
        }
    }

    /// The worst rollouts with one selected, and the command that replays it.
    mutating func drawFailures(_ model: DashboardModel, _ snapshot: FarmSnapshot, area: Rectangle) {
        guard let selected = model.failureIndex else {
            put("✓ no collision, no departure from the road, no near miss so far", row: area.row,
                column: area.column, width: area.width, style: .good)
            return
        }
        let rows = max(area.height - Self.failureFooterRows, 1)
        let first = min(max(selected - rows + 1, 0), max(snapshot.incidents.count - rows, 0))
        for (offset, incident) in snapshot.incidents.dropFirst(first).prefix(rows).enumerated() {
            let row = area.row + offset
            put(
                [("  ", .plain), incident.mark, (" " + incident.line, .plain)], row: row, column: area.column,
                limit: area.maxColumn)
            guard first + offset == selected else { continue }
            put("›", row: row, column: area.column, style: .title)
            restyle(row: row, columns: area.column..<area.maxColumn) { $0.isInverse = true }
        }
        let footer = area.row + rows + 1
        guard footer + 2 < area.maxRow else { return }
        let command = model.access.command(snapshot.incidents[selected])
        for (offset, line) in DisplayText.wrapped(command, width: area.width, limit: 2).enumerated() {
            put(line, row: footer + offset, column: area.column, width: area.width, style: .strong)
        }
        let hint = model.access.canPlay
            ? "Enter plays it here" : "its results are not on this machine: run it where they are"
        let problem = model.replayProblem.map { "! " + $0 }
        put(
            problem ?? hint, row: footer + 2, column: area.column, width: area.width,
            style: problem == nil ? .faint : .bad)
    }
}
