import Farm
import TerminalScreen

/// Draws the model: a pure function from state, size and style to cells.
///
/// From 110 × 34 on the view is full, from 76 × 20 compact, from 40 × 10 minimal; below that it is one line.
public enum DashboardView {
    /// The rate to beat, ego-km per day.
    public static let egoKilometersPerDayToBeat = 30_000_000.0

    public static func frame(
        _ model: DashboardModel, width: Int, height: Int, style: ScreenStyle = ScreenStyle()
    ) -> Frame {
        var canvas = Canvas(width: width, height: height, usesUnicode: style.usesUnicode)
        let (width, height) = (canvas.frame.width, canvas.frame.height)
        guard let snapshot = model.snapshot else {
            canvas.drawWaiting(model)
            return canvas.frame
        }
        let layout = DashboardLayout(width: width, height: height, snapshot: snapshot)
        switch layout.size {
        case .full: canvas.drawFull(model, snapshot, layout)
        case .compact: canvas.drawCompact(model, snapshot, layout)
        case .minimal: canvas.drawMinimal(model, snapshot)
        case .line: canvas.put(StatusLine.short(snapshot), row: 0, column: 0)
        }
        if layout.size != .line {
            canvas.drawKeys(row: height - 1)
            if let overlay = model.overlay { canvas.drawOverlay(overlay, model, snapshot) }
        }
        return canvas.frame
    }
}

extension Canvas {
    mutating func drawWaiting(_ model: DashboardModel) {
        put(
            [("longhaul", .title), ("  waiting for the coordinator's first snapshot", .plain)], row: 0,
            column: 0)
        guard frame.height > 2 else { return }
        put("\(Quantity.duration(model.now)) so far", row: 1, column: 0, style: .faint)
        if frame.height >= 10 { drawKeys(row: frame.height - 1) }
    }

    fileprivate mutating func drawFull(
        _ model: DashboardModel, _ snapshot: FarmSnapshot, _ layout: DashboardLayout
    ) {
        drawHeader(model, snapshot, margin: 1)
        drawIdentity(snapshot, row: 1, margin: 1)
        drawProgress(snapshot, row: 3, margin: 1)
        drawCounts(snapshot, row: 4, margin: 1, isShort: false)
        drawRatePanels(model, snapshot, area: layout.rates)
        let note = workerNote(model, rows: layout.workerRows)
        box(layout.workers, title: workerTitle(snapshot), note: note)
        drawWorkers(model, area: layout.workers.inset(rows: 1, columns: 2))
        box(layout.events, title: "events per million ego-km")
        drawEvents(EventLine.lines(snapshot), area: layout.events.inset(rows: 1, columns: 2))
        box(layout.attention, title: attentionTitle(snapshot))
        drawConcerns(snapshot, area: layout.attention.inset(rows: 1, columns: 2))
    }

    fileprivate mutating func drawCompact(
        _ model: DashboardModel, _ snapshot: FarmSnapshot, _ layout: DashboardLayout
    ) {
        drawHeader(model, snapshot, margin: 0)
        drawProgress(snapshot, row: 1, margin: 0)
        drawCounts(snapshot, row: 2, margin: 0, isShort: true)
        drawRateLines(model, snapshot, area: layout.rates)
        rule(layout.workers, title: workerTitle(snapshot), note: workerNote(model, rows: layout.workerRows))
        drawWorkers(model, area: layout.workers.belowFirstRow)
        rule(layout.events, title: "events per million ego-km")
        drawEvents(EventLine.lines(snapshot), area: layout.events)
        rule(layout.attention, title: attentionTitle(snapshot))
        drawConcerns(snapshot, area: layout.attention.belowFirstRow)
    }

    fileprivate mutating func drawMinimal(_ model: DashboardModel, _ snapshot: FarmSnapshot) {
        drawHeader(model, snapshot, margin: 0)
        drawProgress(snapshot, row: 1, margin: 0)
        let width = frame.width
        let rate = snapshot.egoKilometersPerDay
        put(
            [
                ("ego    ", .faint), (Quantity.compact(rate), .strong), (" km/day  ", .plain),
                (RateText.share(rate) + " of 30 M", RateText.style(rate)),
            ], row: 2, column: 0)
        put(Sparkline.row(model.egoRate.newest(width), width: width), row: 3, column: 0, style: .accent)
        put(
            [
                ("agent  ", .faint), (Quantity.compact(snapshot.agentKilometersPerDay), .strong),
                (" km/day", .plain),
            ], row: 4, column: 0)
        put(workerTitle(snapshot), row: 5, column: 0)
        put(EventText.summary(snapshot), row: 6, column: 0)
        drawAttention(snapshot, area: Rectangle(row: 7, column: 0, width: width, height: frame.height - 8))
    }

    mutating func drawKeys(row: Int) {
        let keys: [(String, String)] = [
            ("q", "quit"), ("?", "help"), ("↑↓", "select"), ("f", "failures"), ("e", "events"),
            ("a", "attention"), ("s", "sort"), ("r", "reverse"),
        ]
        var column = 1
        for (key, meaning) in keys where column + key.count + meaning.count < frame.width {
            column = put([(key, .title), (" \(meaning)", .plain), ("   ", .plain)], row: row, column: column)
        }
    }
}
