/// Text from outside made safe for a grid of cells.
package enum DisplayText {
    /// At most `limit` scalars of `text`, each of which takes one column: control characters, wide and
    /// combined characters become `?`, so no name can move the cursor or break a column. Longer text ends in
    /// `…`.
    package static func scalars(of text: String, limit: Int) -> [Unicode.Scalar] {
        guard limit > 0 else { return [] }
        var result: [Unicode.Scalar] = []
        for character in text {
            if result.count == limit {
                result[limit - 1] = "…"
                break
            }
            let scalars = character.unicodeScalars
            let only = scalars.count == 1 ? scalars.first : nil
            result.append(only.flatMap { isOneColumn($0) ? $0 : nil } ?? "?")
        }
        return result
    }

    /// Text cut in its middle, because names of machines differ at their ends: `gpu-clus…-0017`.
    package static func shortened(_ text: String, width: Int) -> String {
        guard text.count > width, width > 2 else { return text }
        return "\(text.prefix(width / 2))…\(text.suffix(width - width / 2 - 1))"
    }

    /// Whether terminals agree that the scalar takes one column.
    static func isOneColumn(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA1...0xAC, 0xAE...0x2FF, 0x370...0x482, 0x48A...0x52F, 0x2010...0x2027,
            0x2030...0x205E, 0x2190...0x21FF, 0x2200...0x22FF, 0x2500...0x25FC, 0x2713, 0x2717:
            return scalar.properties.isAssignedToOneColumn
        default: return false
        }
    }

    /// The nearest ASCII character, `?` if there is none.
    package static func ascii(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.isASCII ? scalar : substitutes[scalar] ?? "?"
    }

    /// Words of `text` broken into at most `limit` lines of `width` columns; what doesn't fit ends in `…`.
    package static func wrapped(_ text: String, width: Int, limit: Int) -> [String] {
        guard width > 0, limit > 0 else { return [] }
        var lines: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            guard lines.count < limit - 1, rest.count > width else {
                lines.append(String(rest))
                break
            }
            let head = rest.prefix(width + 1)
            let end =
                head.lastIndex(of: " ").flatMap { $0 > head.startIndex ? $0 : nil }
                ?? rest.index(rest.startIndex, offsetBy: width)
            lines.append(String(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
        }
        return lines
    }

    private static let substitutes: [Unicode.Scalar: Unicode.Scalar] = [
        "─": "-", "╌": "-", "│": "|", "┃": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+",
        "▁": "_", "▂": ".", "▃": "-", "▄": ":", "▅": "=", "▆": "+", "▇": "*", "█": "#", "░": ".",
        "·": "-", "–": "-", "…": "~", "●": "*", "◐": "~", "○": "o", "◇": "o", "✓": "+", "✗": "x", "■": "#",
        "▌": "#", "▐": "#", "▒": "!", "▓": "!", "▬": "-", "━": "=", "╵": "'", "◆": "*",
        "▲": "^", "▼": "v", "▶": ">", "›": ">", "↑": "^", "↓": "v", "←": "<", "→": ">", "∞": "~", "×": "x",
    ]
}

extension Unicode.Scalar.Properties {
    fileprivate var isAssignedToOneColumn: Bool {
        switch generalCategory {
        case .unassigned, .control, .format, .surrogate, .nonspacingMark, .enclosingMark, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }
}
