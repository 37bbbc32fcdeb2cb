/// A rectangle of a frame, in cells.
package struct Rectangle: Equatable {
    package var row: Int
    package var column: Int
    package var width: Int
    package var height: Int

    package init(row: Int, column: Int, width: Int, height: Int) {
        self.row = row
        self.column = column
        self.width = width
        self.height = height
    }

    package var maxRow: Int { row + height }
    package var maxColumn: Int { column + width }

    package var belowFirstRow: Rectangle {
        Rectangle(row: row + 1, column: column, width: width, height: max(height - 1, 0))
    }

    /// Smaller by `rows` above and below and `columns` left and right.
    package func inset(rows: Int, columns: Int) -> Rectangle {
        Rectangle(
            row: row + rows, column: column + columns,
            width: max(width - 2 * columns, 0), height: max(height - 2 * rows, 0))
    }
}

/// Draws on a frame. Text never leaves the width it is given, and each scalar takes one column.
package struct Canvas {
    package enum Alignment { case left, right }

    package private(set) var frame: Frame
    package let usesUnicode: Bool

    package init(width: Int, height: Int, usesUnicode: Bool) {
        frame = Frame(width: width, height: height)
        self.usesUnicode = usesUnicode
    }

    package var bounds: Rectangle { Rectangle(row: 0, column: 0, width: frame.width, height: frame.height) }

    /// Draws `text` and returns the column after it. Longer text is cut and ends in `…`.
    @discardableResult
    package mutating func put(
        _ text: String, row: Int, column: Int, width: Int? = nil, style: CellStyle = .plain,
        alignment: Alignment = .left
    ) -> Int {
        let room = min(width ?? Int.max, frame.width - column)
        guard room > 0, 0..<frame.height ~= row, column >= 0 else { return column }
        let scalars = DisplayText.scalars(of: text, limit: room)
        let start = alignment == .right ? column + room - scalars.count : column
        return put(scalars, row: row, column: start, style: style)
    }

    /// Draws scalars that take one column each, cut at the frame's edge.
    @discardableResult
    package mutating func put(_ scalars: [Unicode.Scalar], row: Int, column: Int, style: CellStyle = .plain) -> Int {
        guard 0..<frame.height ~= row, column >= 0, column < frame.width else { return column }
        let shown = scalars.prefix(frame.width - column)
        for (offset, scalar) in shown.enumerated() {
            frame[row, column + offset] = Cell(usesUnicode ? scalar : DisplayText.ascii(scalar), style)
        }
        return column + shown.count
    }

    /// Draws differently styled pieces one after another; returns the column after the last.
    @discardableResult
    package mutating func put(_ pieces: [(String, CellStyle)], row: Int, column: Int, limit: Int? = nil) -> Int {
        var at = column
        for (text, style) in pieces {
            at = put(text, row: row, column: at, width: (limit ?? frame.width) - at, style: style)
        }
        return at
    }

    package mutating func fill(_ scalar: Unicode.Scalar, row: Int, column: Int, count: Int, style: CellStyle = .plain)
    {
        put(Array(repeating: scalar, count: max(count, 0)), row: row, column: column, style: style)
    }

    /// Blanks a rectangle.
    package mutating func clear(_ area: Rectangle) {
        for row in area.row..<area.maxRow { fill(" ", row: row, column: area.column, count: area.width) }
    }

    /// Gives a whole row of a rectangle another style, keeping its text.
    package mutating func restyle(row: Int, columns: Range<Int>, _ change: (inout CellStyle) -> Void) {
        guard 0..<frame.height ~= row else { return }
        for column in columns.clamped(to: 0..<frame.width) { change(&frame[row, column].style) }
    }

    /// A box of thin lines with a title in its upper edge and a note at that edge's right end.
    package mutating func box(_ area: Rectangle, title: String, note: String = "") {
        guard area.width >= 4, area.height >= 2 else { return }
        let last = area.maxColumn - 1
        for row in [area.row, area.maxRow - 1] {
            fill("─", row: row, column: area.column + 1, count: area.width - 2, style: .faint)
        }
        for row in area.row + 1..<area.maxRow - 1 {
            put("│", row: row, column: area.column, style: .faint)
            put("│", row: row, column: last, style: .faint)
        }
        put("╭", row: area.row, column: area.column, style: .faint)
        put("╮", row: area.row, column: last, style: .faint)
        put("╰", row: area.maxRow - 1, column: area.column, style: .faint)
        put("╯", row: area.maxRow - 1, column: last, style: .faint)
        heading(title, note: note, row: area.row, columns: area.column + 2..<last - 1)
    }

    /// A thin line across with a title at its left and a note at its right.
    package mutating func rule(_ area: Rectangle, title: String, note: String = "") {
        fill("─", row: area.row, column: area.column, count: area.width, style: .faint)
        heading(
            title, note: note, row: area.row,
            columns: area.column + 1..<max(area.maxColumn - 1, area.column + 1))
    }

    private mutating func heading(_ title: String, note: String, row: Int, columns: Range<Int>) {
        let end = put(" \(title) ", row: row, column: columns.lowerBound, width: columns.count, style: .title)
        guard !note.isEmpty, columns.upperBound - end > 8 else { return }
        put(
            " \(note) ", row: row, column: end + 1, width: columns.upperBound - end - 1, style: .faint,
            alignment: .right)
    }
}
