import Farm
import TerminalScreen

extension DashboardView {
    static let helpLines: [(keys: String, meaning: String)] = [
        ("q", "leave; the campaign goes on where it runs elsewhere"),
        ("↑ ↓  j k", "select a worker, scroll"),
        ("PgUp PgDn", "a screenful"),
        ("Home End", "first, last"),
        ("s", "sort by the next column"),
        ("r", "reverse the order"),
        ("e", "all events with their intervals"),
        ("a", "everything that needs attention"),
        ("f  Enter", "the worst rollouts; Enter plays the selected one"),
        ("Esc", "close, deselect"),
        ("", ""),
        ("ego-km", "driven by the policy under test"),
        ("agent-km", "driven by all simulated vehicles"),
        ("bad", "mismatches: digests that differ on a second run"),
        ("◇", "a fault of the world model, not of the policy"),
    ]

    /// Lines that the open overlay has to show.
    static func overlayLines(_ model: DashboardModel) -> Int {
        guard let snapshot = model.snapshot else { return 0 }
        switch model.overlay {
        case .help: return helpLines.count
        case .attention: return snapshot.attention.count
        case .events: return EventLine.lines(snapshot).count
        case .failures: return snapshot.incidents.count
        case nil: return 0
        }
    }
}

extension Canvas {
    /// A box over the middle of the screen.
    mutating func drawOverlay(
        _ overlay: DashboardModel.Overlay, _ model: DashboardModel, _ snapshot: FarmSnapshot
    ) {
        let titles: [DashboardModel.Overlay: String] = [
            .help: "keys and words", .attention: attentionTitle(snapshot),
            .events: "events per million ego-km", .failures: "worst rollouts",
        ]
        let lines = DashboardView.overlayLines(model)
        let wanted =
            switch overlay {
            case .help: lines
            case .attention: max(3 * lines, 1)
            case .events: lines + 1
            case .failures: max(lines, 1) + Self.failureFooterRows
            }
        let width = min(overlay == .help ? 66 : 96, frame.width - 2)
        let height = min(wanted + 2, frame.height - 2)
        let area = Rectangle(
            row: (frame.height - height) / 2, column: (frame.width - width) / 2, width: width, height: height)
        clear(Rectangle(row: area.row, column: area.column - 1, width: width + 2, height: height))
        box(area, title: titles[overlay] ?? "", note: "Esc closes")
        let inner = area.inset(rows: 1, columns: 2)
        let scroll = min(model.overlayScroll, max(lines - 1, 0))
        switch overlay {
        case .help:
            for (offset, line) in DashboardView.helpLines.dropFirst(scroll).prefix(inner.height).enumerated()
            {
                put(line.keys, row: inner.row + offset, column: inner.column, width: 10, style: .title)
                put(line.meaning, row: inner.row + offset, column: inner.column + 11, width: inner.width - 11)
            }
        case .attention:
            var scrolled = snapshot
            scrolled.attention.removeFirst(min(scroll, snapshot.attention.count))
            drawAttention(scrolled, area: inner)
        case .events:
            drawEvents(Array(EventLine.lines(snapshot).dropFirst(scroll)), area: inner)
        case .failures: drawFailures(model, snapshot, area: inner)
        }
    }
}
