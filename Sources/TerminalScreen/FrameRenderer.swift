/// Turns the difference between two frames into the bytes that make a terminal show it.
public enum FrameRenderer {
    /// Bytes that bring a terminal showing `previous` to `next`. Without a previous frame, or after a resize,
    /// the screen is erased and painted whole. The output assumes nothing about the cursor and leaves the
    /// attributes reset.
    public static func bytes(from previous: Frame?, to next: Frame, usesColor: Bool) -> [UInt8] {
        var painter = Painter(usesColor: usesColor)
        var shown = Frame(width: next.width, height: next.height)
        if let previous, previous.width == next.width, previous.height == next.height {
            shown = previous
        } else {
            painter.eraseScreen()
        }
        for row in 0..<next.height { painter.paint(row: row, from: shown, to: next) }
        return painter.finish()
    }
}

/// Collects output and remembers where the cursor is and which attributes are set.
private struct Painter {
    /// Unchanged cells between two changes that are cheaper to write again than to jump over (`ESC [ n C`).
    static let rewrittenGap = 4

    let usesColor: Bool
    var output: [UInt8] = []
    var cursor: (row: Int, column: Int)?
    var style: CellStyle?

    init(usesColor: Bool) { self.usesColor = usesColor }

    mutating func eraseScreen() {
        output += Array("\u{1B}[0m\u{1B}[2J".utf8)
        style = .plain
    }

    mutating func paint(row: Int, from shown: Frame, to next: Frame) {
        let blankFrom = (0..<next.width).reversed().first { next[row, $0] != .blank }.map { $0 + 1 } ?? 0
        let staleBlanks = (blankFrom..<next.width).filter { shown[row, $0] != .blank }
        let erases = staleBlanks.count > 4
        for column in 0..<(erases ? blankFrom : next.width) where shown[row, column] != next[row, column] {
            move(to: row, column, in: next)
            write(next[row, column], width: next.width)
        }
        guard erases, let first = staleBlanks.first else { return }
        move(to: row, first, in: next)
        set(.plain)
        output += Array("\u{1B}[K".utf8)
    }

    mutating func finish() -> [UInt8] {
        if let style, style != .plain { set(.plain) }
        return output
    }

    private mutating func move(to row: Int, _ column: Int, in next: Frame) {
        if let cursor, cursor.row == row {
            let gap = column - cursor.column
            if gap == 0 { return }
            let between = cursor.column..<max(column, cursor.column)
            if gap <= Self.rewrittenGap, between.allSatisfy({ next[row, $0].style == style }) {
                for skipped in between { write(next[row, skipped], width: next.width) }
                return
            }
            output += Array("\u{1B}[\(gap)C".utf8)
        } else {
            output += Array("\u{1B}[\(row + 1);\(column + 1)H".utf8)
        }
        cursor = (row, column)
    }

    private mutating func write(_ cell: Cell, width: Int) {
        set(cell.style)
        output += Array(String(Character(cell.scalar)).utf8)
        guard let at = cursor else { return }
        // Terminals differ in where the cursor is after the last column, so it counts as unknown there.
        cursor = at.column + 1 < width ? (at.row, at.column + 1) : nil
    }

    private mutating func set(_ wanted: CellStyle) {
        guard style != wanted else { return }
        style = wanted
        var codes = ["0"]
        if wanted.isBold { codes.append("1") }
        if wanted.isFaint { codes.append("2") }
        if wanted.isInverse { codes.append("7") }
        if usesColor {
            switch wanted.ink {
            case .plain: break
            case .accent: codes.append("36")
            case .good: codes.append("32")
            case .warning: codes.append("33")
            case .bad: codes.append("31")
            }
        }
        output += Array("\u{1B}[\(codes.joined(separator: ";"))m".utf8)
    }
}
