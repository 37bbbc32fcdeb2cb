import Farm
import TerminalScreen

enum EventText {
    /// The bounds of the exact interval.
    static func interval(_ event: FarmSnapshot.Event) -> String {
        "\(Quantity.compact(event.low)) – \(Quantity.compact(event.high))"
    }

    /// The first of the policy's events in a few words.
    static func summary(_ snapshot: FarmSnapshot) -> String {
        guard let event = snapshot.events.first(where: { !$0.isWorldModelFault }) else {
            return "no events yet"
        }
        let rate = Quantity.compact(event.perMillionKilometers)
        return "\(event.name) \(Quantity.grouped(event.count)) · \(rate) per M km"
    }
}

/// One line of the events panel.
enum EventLine {
    case event(FarmSnapshot.Event)
    case heading(String)

    /// The policy's events, then the world model's faults under a heading of their own.
    static func lines(_ snapshot: FarmSnapshot) -> [EventLine] {
        let faults = snapshot.events.filter(\.isWorldModelFault)
        let own = snapshot.events.filter { !$0.isWorldModelFault }
        let heading: [EventLine] = faults.isEmpty ? [] : [.heading("world-model faults, not the policy's")]
        return own.map(EventLine.event) + heading + faults.map(EventLine.event)
    }
}

extension Canvas {
    /// Columns of count, rate and interval.
    private static let eventNumberWidths = [9, 11, 20]

    /// Column titles in the area's first row, then as many lines as fit; the last says how many don't.
    mutating func drawEvents(_ lines: [EventLine], area: Rectangle) {
        guard area.height > 0 else { return }
        let numbers = Self.eventNumberWidths.reduce(0, +)
        fill(" ", row: area.row, column: area.maxColumn - numbers, count: numbers)
        drawEventRow(
            ["", "count", "per M km", "exact interval"], row: area.row, area: area,
            styles: Array(repeating: .faint, count: 4))
        if lines.isEmpty { put("nothing counted yet", row: area.row + 1, column: area.column, style: .faint) }
        drawEventLines(lines, area: area.belowFirstRow)
    }

    private mutating func drawEventLines(_ lines: [EventLine], area: Rectangle) {
        for (offset, line) in lines.prefix(area.height).enumerated() {
            let row = area.row + offset
            if offset == area.height - 1, lines.count > area.height {
                put("… \(lines.count - offset) more: e and ↓", row: row, column: area.column, style: .accent)
                return
            }
            switch line {
            case .heading(let text):
                put(text, row: row, column: area.column, width: area.width, style: .faint)
            case .event(let event):
                let isFault = event.isWorldModelFault
                let numbers: CellStyle = isFault ? .faint : .plain
                drawEventRow(
                    [
                        isFault ? "◇ " + event.name : event.name, Quantity.count(event.count, width: 9),
                        Quantity.compact(event.perMillionKilometers), EventText.interval(event),
                    ], row: row, area: area,
                    styles: [numbers, numbers, isFault ? .faint : .strong, numbers])
            }
        }
    }

    private mutating func drawEventRow(_ texts: [String], row: Int, area: Rectangle, styles: [CellStyle]) {
        let widths = Self.eventNumberWidths
        var column = area.maxColumn - widths.reduce(0, +)
        put(texts[0], row: row, column: area.column, width: column - area.column, style: styles[0])
        for (index, width) in widths.enumerated() {
            put(
                texts[index + 1], row: row, column: column, width: width, style: styles[index + 1],
                alignment: .right)
            column += width
        }
    }
}
