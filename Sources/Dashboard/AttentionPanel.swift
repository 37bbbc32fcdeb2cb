import Farm
import TerminalScreen

extension Canvas {
    func attentionTitle(_ snapshot: FarmSnapshot) -> String {
        snapshot.attention.isEmpty ? "attention" : "attention \(Quantity.grouped(snapshot.attention.count))"
    }

    /// What needs attention, newest first, wrapped; the last row says how much more there is.
    mutating func drawAttention(_ snapshot: FarmSnapshot, area: Rectangle) {
        guard area.height > 0 else { return }
        guard !snapshot.attention.isEmpty else {
            put(
                "✓ the farm needs no attention", row: area.row, column: area.column, width: area.width,
                style: .good)
            return
        }
        var row = area.row
        for (index, sentence) in snapshot.attention.enumerated() {
            let remaining = snapshot.attention.count - index
            let free = area.maxRow - row
            if free == 0 { return }
            if free == 1, remaining > 1, index > 0 {
                put(
                    "… \(remaining) more: a and ↓", row: row, column: area.column, width: area.width,
                    style: .accent)
                return
            }
            let rows = remaining > 1 ? max(free - 1, 1) : free
            row = drawSentence(sentence, area: area, row: row, rows: min(rows, 3))
        }
    }

    /// Draws `! sentence` on at most `rows` rows; returns the row after it.
    mutating func drawSentence(_ sentence: String, area: Rectangle, row: Int, rows: Int) -> Int {
        let lines = DisplayText.wrapped(sentence, width: area.width - 2, limit: rows)
        put("!", row: row, column: area.column, style: .bad)
        for (offset, line) in lines.enumerated() {
            put(line, row: row + offset, column: area.column + 2, width: area.width - 2, style: .plain)
        }
        return row + max(lines.count, 1)
    }
}
