import Farm
import TerminalScreen

/// Where everything stands on a screen of a given size: pure arithmetic, shared by the view, which draws, and
/// the model, which scrolls.
struct DashboardLayout: Equatable {
    enum Size: Equatable { case full, compact, minimal, line }

    let size: Size
    var rates = Rectangle(row: 0, column: 0, width: 0, height: 0)
    var workers = Rectangle(row: 0, column: 0, width: 0, height: 0)
    var events = Rectangle(row: 0, column: 0, width: 0, height: 0)
    var attention = Rectangle(row: 0, column: 0, width: 0, height: 0)

    init(width: Int, height: Int, snapshot: FarmSnapshot) {
        if width >= 110, height >= 34 {
            size = .full
            placeFull(width: width, height: height, snapshot: snapshot)
        } else if width >= 76, height >= 20 {
            size = .compact
            placeCompact(width: width, height: height, snapshot: snapshot)
        } else {
            size = width >= 40 && height >= 10 ? .minimal : .line
        }
    }

    /// Rows that hold a worker each: what is left of the panel after its frame and its column titles.
    var workerRows: Int {
        switch size {
        case .full: max(workers.height - 3, 0)
        case .compact: max(workers.height - 2, 0)
        case .minimal, .line: 0
        }
    }

    /// Lines of the events panel: each event, and a heading over the world model's faults.
    static func eventLines(_ snapshot: FarmSnapshot) -> Int {
        snapshot.events.count + (snapshot.events.contains { $0.isWorldModelFault } ? 1 : 0)
    }

    private mutating func placeFull(width: Int, height: Int, snapshot: FarmSnapshot) {
        rates = Rectangle(row: 5, column: 0, width: width, height: 9)
        let middle = height - 1 - rates.maxRow
        let wanted = max(Self.eventLines(snapshot) + 3, 6)
        let bottom = min(wanted, max(middle / 2, 6))
        workers = Rectangle(row: rates.maxRow, column: 0, width: width, height: middle - bottom)
        let eventsWidth = min(max(width * 58 / 100, 64), 84)
        events = Rectangle(row: workers.maxRow, column: 0, width: eventsWidth, height: bottom)
        attention = Rectangle(
            row: workers.maxRow, column: eventsWidth, width: width - eventsWidth, height: bottom)
    }

    private mutating func placeCompact(width: Int, height: Int, snapshot: FarmSnapshot) {
        rates = Rectangle(row: 3, column: 0, width: width, height: 2)
        let middle = height - 1 - rates.maxRow
        let attentionRows = 1 + min(max(snapshot.attention.count, 1), max(height / 10, 1))
        let eventRows = 1 + min(max(Self.eventLines(snapshot), 1), max((middle - attentionRows) / 2, 1))
        let workerRows = middle - attentionRows - eventRows
        workers = Rectangle(row: rates.maxRow, column: 0, width: width, height: workerRows)
        events = Rectangle(row: workers.maxRow, column: 0, width: width, height: eventRows)
        attention = Rectangle(row: events.maxRow, column: 0, width: width, height: attentionRows)
    }
}
