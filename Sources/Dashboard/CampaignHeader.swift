import Farm
import TerminalScreen

extension FarmSnapshot.CampaignState {
    /// A symbol and the state's name.
    var label: String {
        switch self {
        case .waitingForWorkers: "○ waiting for workers"
        case .running: "● running"
        case .finishing: "◐ finishing"
        case .finished: "✓ finished"
        case .stopped: "■ stopped"
        case .sick: "✗ too many failures"
        }
    }

    var style: CellStyle {
        switch self {
        case .running, .finished: .good
        case .waitingForWorkers, .finishing, .stopped: .warning
        case .sick: .bad
        }
    }
}

extension Canvas {
    /// Campaign, seed and policy at the left; state and time at the right, which win where both don't fit.
    mutating func drawHeader(_ model: DashboardModel, _ snapshot: FarmSnapshot, margin: Int) {
        var state = snapshot.state.label
        var style = snapshot.state.style
        if let stale = model.staleSeconds {
            state = "✗ no news for \(Quantity.age(stale))"
            style = .bad
        }
        let hasRoom = frame.width >= 70
        let elapsed = hasRoom ? "   " + Quantity.duration(snapshot.elapsedSeconds) : ""
        let end = frame.width - margin
        let start = max(end - state.count - elapsed.count, margin)
        put(state, row: 0, column: start, style: style)
        put(elapsed, row: 0, column: start + state.count)

        let room = start - 2 - margin
        guard hasRoom else {
            put(snapshot.campaignName, row: 0, column: margin, width: room, style: .strong)
            return
        }
        let policy = snapshot.policy.isEmpty ? "" : "   policy \(snapshot.policy)"
        let details = "seed \(snapshot.seed)" + policy
        var column = put("longhaul  ", row: 0, column: margin, width: room, style: .title)
        let left = start - 2 - column
        let nameEnd = put(
            snapshot.campaignName, row: 0, column: column,
            width: max(left - min(details.count + 3, left / 2), 8), style: .strong)
        column = nameEnd > column ? nameEnd + 3 : column
        put(details, row: 0, column: column, width: start - 2 - column)
    }

    mutating func drawIdentity(_ snapshot: FarmSnapshot, row: Int, margin: Int) {
        let parts = [("campaign", snapshot.campaignIdentity), ("world model", snapshot.worldModel)]
        let text = parts.filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1)" }.joined(separator: "   ")
        put(text, row: row, column: margin, width: frame.width - 2 * margin, style: .faint)
    }

    /// A bar across, the share done and the time left.
    mutating func drawProgress(_ snapshot: FarmSnapshot, row: Int, margin: Int) {
        let left =
            snapshot.state.isOver ? "" : snapshot.etaSeconds.map { "  \(Quantity.duration($0)) left" } ?? "  no estimate yet"
        let share = snapshot.progress.isFinite ? min(max(snapshot.progress, 0), 1) : 0
        let text = "  \(Quantity.percent(share))" + left
        let barWidth = frame.width - 2 * margin - text.count
        drawBar(share: share, row: row, column: margin, width: barWidth)
        put(text, row: row, column: margin + max(barWidth, 0), style: .strong)
    }

    mutating func drawCounts(_ snapshot: FarmSnapshot, row: Int, margin: Int, isShort: Bool) {
        let committed = Quantity.grouped(snapshot.shardsCommitted)
        var parts = ["\(committed) of \(Quantity.grouped(snapshot.shardsTotal)) shards"]
        if !isShort { parts.append("\(Quantity.grouped(snapshot.shardsLeased)) leased") }
        parts.append("\(Quantity.grouped(snapshot.scenariosCommitted)) scenarios")
        parts.append("\(Quantity.compact(snapshot.egoKilometers)) ego-km")
        parts.append(
            isShort
                ? "\(Quantity.compact(snapshot.bytesPerRecord)) bytes/record"
                : "\(Quantity.compact(snapshot.agentKilometers)) agent-km")
        put(parts.joined(separator: " · "), row: row, column: margin, width: frame.width - 2 * margin)
    }

    private mutating func drawBar(share: Double, row: Int, column: Int, width: Int) {
        guard width > 0 else { return }
        let filled = Int((share * Double(width)).rounded(.down))
        fill("█", row: row, column: column, count: filled, style: .accent)
        fill("░", row: row, column: column + filled, count: width - filled, style: .faint)
    }
}
