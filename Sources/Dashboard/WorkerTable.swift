import Farm
import TerminalScreen

extension FarmSnapshot.Worker.State {
    /// A symbol and the state's name.
    var label: String {
        switch self {
        case .active: "● active"
        case .draining: "◐ draining"
        case .lost: "✗ lost"
        case .quarantined: "✗ barred"
        case .left: "○ left"
        }
    }

    var style: CellStyle {
        switch self {
        case .active: .good
        case .draining: .warning
        case .lost, .quarantined: .bad
        case .left: .faint
        }
    }
}

/// One column of the worker table.
private struct WorkerColumn {
    enum Content { case name, host, state, threads, rate, history, leases, shards, seen, mismatches }

    var content: Content
    var title: String
    var width: Int
    var alignment = Canvas.Alignment.right
    var field: WorkerOrder.Field?

    /// All columns with their places; names, hosts and histories share the room that is left.
    static func columns(width: Int) -> [(column: WorkerColumn, offset: Int)] {
        let isWide = width >= 100
        let gap = isWide ? 2 : 1
        var columns = [
            WorkerColumn(content: .name, title: "worker", width: 0, alignment: .left, field: .name),
            WorkerColumn(content: .host, title: "host", width: 0, alignment: .left, field: .host),
            WorkerColumn(content: .state, title: "state", width: 10, alignment: .left, field: .state),
            WorkerColumn(content: .threads, title: isWide ? "threads" : "thr", width: isWide ? 7 : 3),
            WorkerColumn(
                content: .rate, title: isWide ? "ego-km/day" : "km/day", width: isWide ? 11 : 7,
                field: .rate),
            WorkerColumn(content: .history, title: "", width: 0, alignment: .left),
            WorkerColumn(
                content: .leases, title: isWide ? "leases" : "lease", width: isWide ? 7 : 6, field: .leases),
            WorkerColumn(content: .shards, title: "shards", width: 7, field: .shards),
            WorkerColumn(content: .seen, title: "seen", width: 6, field: .lastSeen),
            WorkerColumn(
                content: .mismatches, title: isWide ? "mismatches" : "bad", width: isWide ? 11 : 4,
                field: .mismatches),
        ]
        let fixed = columns.reduce(0) { $0 + $1.width } + gap * (columns.count - 1)
        let room = max(width - fixed, 15)
        columns[0].width = min(max(room * 7 / 20, min(room / 2, 11)), 28)
        columns[1].width = min(room * 7 / 20, 28)
        columns[5].width = room - columns[0].width - columns[1].width
        var offset = 0
        return columns.map { column in
            defer { offset += column.width + gap }
            return (column, offset)
        }
    }

    /// The title, with an arrow where the table is sorted by this column.
    func title(_ order: WorkerOrder) -> String {
        guard let field, field == order.field else { return title }
        let arrow = order.isDescending ? "▼" : "▲"
        return alignment == .left ? title + " " + arrow : title + arrow
    }

    func text(_ worker: FarmSnapshot.Worker) -> (String, CellStyle) {
        let isHere = worker.state == .active || worker.state == .draining
        let style: CellStyle = isHere ? .plain : .faint
        switch content {
        case .name: return (DisplayText.shortened(worker.name, width: width), isHere ? .strong : style)
        case .host: return (DisplayText.shortened(worker.host, width: width), style)
        case .state: return (worker.state.label, worker.state.style)
        case .threads: return (Quantity.grouped(worker.threads), style)
        case .rate: return (Quantity.compact(worker.egoKilometersPerDay), style)
        case .history: return ("", .accent)
        case .leases: return (Quantity.grouped(worker.leases), style)
        case .shards: return (Quantity.count(worker.shardsCommitted, width: 7), style)
        case .seen: return (Quantity.age(worker.lastSeenSeconds), isHere ? .faint : style)
        case .mismatches:
            let count = Quantity.count(worker.mismatches, width: 3)
            return worker.mismatches == 0 ? (count, .faint) : ("!" + count, .bad)
        }
    }
}

extension Canvas {
    /// How many workers there are, and how many of them aren't simply active.
    func workerTitle(_ snapshot: FarmSnapshot) -> String {
        var counts: [FarmSnapshot.Worker.State: Int] = [:]
        for worker in snapshot.workers { counts[worker.state, default: 0] += 1 }
        var text = "workers \(Quantity.grouped(snapshot.workers.count))"
        for state in [FarmSnapshot.Worker.State.quarantined, .lost, .draining, .left] {
            if let count = counts[state] { text += " · \(count) \(state.rawValue)" }
        }
        return text
    }

    /// Which workers are on screen, where not all are, and how they are sorted.
    func workerNote(_ model: DashboardModel, rows: Int) -> String {
        let order = "by \(model.order.field.rawValue)"
        guard model.workers.count > rows, rows > 0 else { return order }
        let last = min(model.firstWorker + rows, model.workers.count)
        return "\(model.firstWorker + 1)–\(last) of \(model.workers.count) · \(order)"
    }

    /// Column titles and the workers that fit, from the model's first one on; the last row says how many
    /// more.
    mutating func drawWorkers(_ model: DashboardModel, area: Rectangle) {
        guard area.height > 1 else { return }
        guard !model.workers.isEmpty else {
            put("no worker yet; start one with", row: area.row + 1, column: area.column, style: .warning)
            put("longhaul worker --join tcp://COORDINATOR:7700", row: area.row + 2, column: area.column + 2)
            return
        }
        let columns = WorkerColumn.columns(width: area.width - 2)
        for (column, offset) in columns {
            put(
                column.title(model.order), row: area.row, column: area.column + 2 + offset,
                width: column.width,
                style: .faint, alignment: column.alignment)
        }
        let rows = area.height - 1
        let shown = model.workers.dropFirst(model.firstWorker).prefix(rows)
        let largest = Sparkline.largestFinite(model.workers.lazy.map(\.egoKilometersPerDay))
        for (offset, worker) in shown.enumerated() {
            drawWorker(worker, columns, model, row: area.row + 1 + offset, area: area, largest: largest)
        }
    }

    private mutating func drawWorker(
        _ worker: FarmSnapshot.Worker, _ columns: [(column: WorkerColumn, offset: Int)],
        _ model: DashboardModel,
        row: Int, area: Rectangle, largest: Double
    ) {
        let key = DashboardModel.WorkerKey(worker)
        for (column, offset) in columns {
            let start = area.column + 2 + offset
            if column.content == .history, let history = model.workerRates[key] {
                let values = history.newest(column.width)
                let maximum = max(Sparkline.largestFinite(values), largest)
                put(
                    Sparkline.row(values, width: column.width, maximum: maximum), row: row, column: start,
                    style: .accent)
                continue
            }
            let (text, style) = column.text(worker)
            put(text, row: row, column: start, width: column.width, style: style, alignment: column.alignment)
        }
        guard model.selection == key else { return }
        put("›", row: row, column: area.column, style: .title)
        restyle(row: row, columns: area.column..<area.maxColumn) { $0.isInverse = true }
    }
}
