import Farm
import TerminalScreen

/// How the ego rate compares with the line to beat.
enum RateText {
    static func share(_ rate: Double) -> String {
        Quantity.percent(rate / DashboardView.egoKilometersPerDayToBeat, decimals: 0)
    }

    static func style(_ rate: Double) -> CellStyle {
        rate >= DashboardView.egoKilometersPerDayToBeat ? .good : .warning
    }
}

extension Canvas {
    /// Two boxes: ego-km per day against the line to beat, agent-km per day with the farm's throughput.
    mutating func drawRatePanels(_ model: DashboardModel, _ snapshot: FarmSnapshot, area: Rectangle) {
        let half = area.width / 2
        let left = Rectangle(row: area.row, column: 0, width: half, height: area.height)
        let right = Rectangle(row: area.row, column: half, width: area.width - half, height: area.height)
        let target = DashboardView.egoKilometersPerDayToBeat
        let rate = snapshot.egoKilometersPerDay

        box(left, title: "ego-km per day", note: "last \(seconds(model.egoRate.count, left)) s")
        let inner = left.inset(rows: 1, columns: 2)
        let column = drawLargeRate(rate, row: inner.row, column: inner.column)
        put(
            [(RateText.share(rate), RateText.style(rate)), (" of the 30 M to beat", .plain)],
            row: inner.row + 2, column: column, limit: inner.maxColumn)
        drawTargetBar(rate, row: inner.row + 3, column: inner.column, width: inner.width)
        drawChart(model.egoRate, in: inner, target: target)

        box(right, title: "agent-km per day", note: "last \(seconds(model.agentRate.count, right)) s")
        let rightInner = right.inset(rows: 1, columns: 2)
        let next = drawLargeRate(
            snapshot.agentKilometersPerDay, row: rightInner.row, column: rightInner.column)
        put(
            [(Quantity.compact(snapshot.bytesPerRecord), .strong), (" bytes/record", .faint)],
            row: rightInner.row + 2, column: next, limit: rightInner.maxColumn)
        drawThroughput(
            snapshot, row: rightInner.row + 3, column: rightInner.column, limit: rightInner.maxColumn)
        drawChart(model.agentRate, in: rightInner, target: nil)
    }

    /// Two lines for small screens.
    mutating func drawRateLines(_ model: DashboardModel, _ snapshot: FarmSnapshot, area: Rectangle) {
        let rate = snapshot.egoKilometersPerDay
        let sparkWidth = max((area.width - 56) / 2, 11)
        for (row, label, value, history) in [
            (area.row, "ego-km/day", rate, model.egoRate),
            (area.row + 1, "agent-km/day", snapshot.agentKilometersPerDay, model.agentRate),
        ] {
            put(label, row: row, column: area.column, style: .faint)
            put(Quantity.compact(value), row: row, column: 13, width: 8, style: .strong, alignment: .right)
            put(
                Sparkline.row(history.newest(sparkWidth), width: sparkWidth), row: row, column: 23,
                style: .accent)
        }
        let column = 23 + sparkWidth + 2
        let share = "  \(RateText.share(rate)) of 30 M"
        let barWidth = area.width - column - share.count
        drawTargetBar(rate, row: area.row, column: column, width: barWidth)
        put(share, row: area.row, column: column + max(barWidth, 0), style: RateText.style(rate))
        drawThroughput(snapshot, row: area.row + 1, column: column, limit: area.maxColumn)
    }

    /// The number three rows tall with its unit; returns the column after it.
    @discardableResult
    private mutating func drawLargeRate(_ rate: Double, row: Int, column: Int) -> Int {
        let parts = Quantity.compactParts(rate)
        var next = column
        if let digits = LargeDigits.rows(parts.digits, usesUnicode: usesUnicode) {
            for (offset, text) in digits.enumerated() {
                next = put(text, row: row + offset, column: column, style: .strong)
            }
        } else {
            next = put(parts.digits, row: row + 2, column: column, style: .strong)
        }
        let unit = parts.prefix.isEmpty ? " km/day" : " \(parts.prefix) km/day"
        return put(unit, row: row + 2, column: next, style: .strong) + 3
    }

    /// A bar from 0 to 1.5 times the line to beat, or to the rate where that is more, with a mark at the
    /// line.
    private mutating func drawTargetBar(_ rate: Double, row: Int, column: Int, width: Int) {
        guard width >= 6 else { return }
        let target = DashboardView.egoKilometersPerDayToBeat
        let value = rate.isNaN ? 0 : min(max(rate, 0), 1e18)
        let scale = max(1.5 * target, value)
        let filled = min(Int((value / scale * Double(width)).rounded(.down)), width)
        let mark = min(Int((target / scale * Double(width)).rounded(.down)), width - 1)
        fill("█", row: row, column: column, count: filled, style: RateText.style(rate))
        fill("░", row: row, column: column + filled, count: width - filled, style: .faint)
        put("┃", row: row, column: column + mark, style: .strong)
    }

    /// The last three rows of a rate box: history, with the line to beat where the scale reaches it.
    private mutating func drawChart(_ history: History, in inner: Rectangle, target: Double?) {
        let rows = 3
        let top = inner.maxRow - rows
        let values = history.newest(inner.width)
        var maximum = Sparkline.largestFinite(values)
        if let target, maximum >= 0.5 * target { maximum = max(maximum, 1.05 * target) }
        if let target, maximum >= target {
            let level = min(Int(target / maximum * Double(rows)), rows - 1)
            fill("╌", row: top + rows - 1 - level, column: inner.column, count: inner.width, style: .faint)
        }
        let chart = Sparkline.chart(values, width: inner.width, height: rows, maximum: maximum)
        for (offset, scalars) in chart.enumerated() {
            for (column, scalar) in scalars.enumerated() where scalar != " " {
                put([scalar], row: top + offset, column: inner.column + column, style: .accent)
            }
        }
    }

    private mutating func drawThroughput(_ snapshot: FarmSnapshot, row: Int, column: Int, limit: Int) {
        put(
            [
                (Quantity.compact(snapshot.sceneStepsPerSecond), .strong), (" scene-steps/s  ", .faint),
                (Quantity.compact(snapshot.agentStepsPerSecond), .strong), (" agent-steps/s", .faint),
            ], row: row, column: column, limit: limit)
    }

    private func seconds(_ count: Int, _ box: Rectangle) -> Int { min(count, box.width - 4) }
}
