import Foundation

/// Columns and numbers of plain-text reports.
package enum ReportText {
    package static let width = 80

    /// Right-aligned in `width` columns; longer text stays whole.
    package static func flushRight(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Left-aligned in `width` columns; longer text stays whole.
    package static func flushLeft(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Cells side by side, each with its width: the first is flush left, the others flush right.
    package static func row(_ cells: [(text: String, width: Int)]) -> String {
        cells.enumerated().map { index, cell in
            index == 0 ? flushLeft(cell.text, cell.width) : flushRight(cell.text, cell.width)
        }.joined()
    }

    /// One text at the left edge, one at the right; the left one gives way.
    package static func spread(_ start: String, _ end: String) -> String {
        let end = cut(end, width / 2)
        return flushLeft(cut(start, width - end.count - 1), width - end.count) + end
    }

    package static func cut(_ text: String, _ limit: Int = width) -> String {
        text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }

    /// Lines of at most 80 columns, broken at spaces.
    package static func wrapped(_ text: String, indent: String) -> [String] {
        var lines: [String] = []
        var line = indent
        for word in text.split(whereSeparator: \.isWhitespace) {
            if line.count > indent.count && line.count + word.count + 1 > width {
                lines.append(line)
                line = indent
            }
            line += (line.count > indent.count ? " " : "") + word
        }
        return lines + [cut(line)]
    }

    /// A whole number with its thousands apart: 12,345; from a thousand million on as `number`.
    package static func whole(_ value: UInt64) -> String {
        value < 1_000_000_000 ? grouped(String(value)) : number(Double(value))
    }

    /// A number that isn't negative, to about three digits: 0.012, 1.23, 12.3, 12,345, 12.3 M, 12.3 G,
    /// 1.23e+15.
    package static func number(_ value: Double) -> String {
        switch value {
        case 0: return "0"
        case ..<0.001: return String(format: "%.2e", value)
        case ..<0.9995: return String(format: "%.3f", value)
        case ..<9.995: return String(format: "%.2f", value)
        case ..<99.95: return String(format: "%.1f", value)
        case ..<9_999_999.5: return grouped(String(format: "%.0f", value))
        case ..<999.95e6: return String(format: "%.1f", value / 1e6) + " M"
        case ..<999.95e9: return String(format: "%.1f", value / 1e9) + " G"
        default: return String(format: "%.2e", value)
        }
    }

    /// 42 s, 3 min 20 s, 5 h 12 min, 3 d 4 h.
    package static func duration(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 1e15)).rounded())
        switch whole {
        case ..<60: return whole < 10 ? String(format: "%.1f s", seconds) : "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(whole % 60) s"
        case ..<86_400: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        default: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
        }
    }

    /// The digits of a number that isn't negative.
    private static func grouped(_ digits: String) -> String {
        digits.enumerated().reduce(into: "") { result, digit in
            if digit.offset > 0 && (digits.count - digit.offset) % 3 == 0 { result += "," }
            result.append(digit.element)
        }
    }
}
