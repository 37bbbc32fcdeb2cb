import Dashboard
import TerminalScreen

/// A terminal small enough to check by eye: cursor moves, SGR, erasing, printable UTF-8. Starts with rubbish
/// on the screen and the cursor anywhere, as a real one may; anything unexpected is noted in `errors`.
struct ScreenEmulator {
    private(set) var frame: Frame
    private(set) var style = CellStyle(.bad, inverse: true)
    private(set) var errors: [String] = []
    private var cursor: (row: Int, column: Int)

    init(width: Int, height: Int) {
        frame = Frame(width: width, height: height)
        for row in 0..<height { for column in 0..<width { frame[row, column] = Cell("#", .bad) } }
        cursor = (height / 2, width / 2)
    }

    mutating func feed(_ bytes: [UInt8]) {
        var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        // Between two writes somebody else may have moved the cursor.
        cursor = (frame.height / 2, frame.width / 2)
        while let scalar = rest.popFirst() {
            guard scalar == "\u{1B}" else {
                print(scalar)
                continue
            }
            guard rest.popFirst() == "[" else {
                errors.append("an escape that is no control sequence")
                continue
            }
            let parameters = rest.prefix { $0 == ";" || "0"..."9" ~= $0 }
            rest = rest.dropFirst(parameters.count)
            let numbers = String(parameters).split(separator: ";").compactMap { Int($0) }
            control(rest.popFirst() ?? "?", numbers)
        }
    }

    private mutating func print(_ scalar: Unicode.Scalar) {
        guard scalar.value >= 0x20, cursor.column < frame.width else {
            errors.append("printed U+\(String(scalar.value, radix: 16)) at \(cursor)")
            return
        }
        frame[cursor.row, cursor.column] = Cell(scalar, style)
        cursor.column += 1
    }

    private mutating func control(_ final: Unicode.Scalar, _ numbers: [Int]) {
        switch final {
        case "H":
            cursor = ((numbers.first ?? 1) - 1, (numbers.dropFirst().first ?? 1) - 1)
            if !(0..<frame.height ~= cursor.row && 0..<frame.width ~= cursor.column) {
                errors.append("moved to \(cursor)")
                cursor = (0, 0)
            }
        case "C": cursor.column += max(numbers.first ?? 1, 1)
        case "K": for column in cursor.column..<frame.width { frame[cursor.row, column] = Cell(" ", style) }
        case "J":
            for row in 0..<frame.height {
                for column in 0..<frame.width { frame[row, column] = Cell(" ", style) }
            }
        case "m": for code in numbers.isEmpty ? [0] : numbers { select(code) }
        default: errors.append("control sequence \(final)")
        }
    }

    private mutating func select(_ code: Int) {
        switch code {
        case 0: style = .plain
        case 1: style.isBold = true
        case 2: style.isFaint = true
        case 7: style.isInverse = true
        case 31: style.ink = .bad
        case 32: style.ink = .good
        case 33: style.ink = .warning
        case 36: style.ink = .accent
        default: errors.append("attribute \(code)")
        }
    }
}
