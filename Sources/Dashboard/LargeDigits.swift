/// Numbers three rows tall: half-block pixels, or seven segments in ASCII.
enum LargeDigits {
    /// Three rows of equal length, or nil if `text` holds anything but digits and points.
    static func rows(_ text: String, usesUnicode: Bool) -> [String]? {
        guard !text.isEmpty, text.allSatisfy({ $0 == "." || "0"..."9" ~= $0 }) else { return nil }
        var rows = ["", "", ""]
        for (index, character) in text.enumerated() {
            let glyph = glyph(character, usesUnicode: usesUnicode)
            for row in 0..<3 { rows[row] += (index > 0 ? " " : "") + glyph[row] }
        }
        return rows
    }

    private static func glyph(_ character: Character, usesUnicode: Bool) -> [String] {
        guard let digit = character.wholeNumberValue else {
            return usesUnicode ? [" ", " ", "▀"] : [" ", " ", "."]
        }
        return usesUnicode ? pixels(of: digit) : segments(of: digit)
    }

    /// 3 × 5 pixels a digit, three bits a row.
    private static let bitmaps: [[UInt8]] = [
        [7, 5, 5, 5, 7], [6, 2, 2, 2, 7], [7, 1, 7, 4, 7], [7, 1, 7, 1, 7], [5, 5, 7, 1, 1],
        [7, 4, 7, 1, 7], [7, 4, 7, 5, 7], [7, 1, 1, 1, 1], [7, 5, 7, 5, 7], [7, 5, 7, 1, 7],
    ]

    private static func pixels(of digit: Int) -> [String] {
        let bitmap = bitmaps[digit] + [0]
        return (0..<3).map { row in
            String(
                (0..<3).map { column -> Character in
                    let bit = UInt8(4 >> column)
                    switch (bitmap[2 * row] & bit != 0, bitmap[2 * row + 1] & bit != 0) {
                    case (true, true): return "█"
                    case (true, false): return "▀"
                    case (false, true): return "▄"
                    case (false, false): return " "
                    }
                })
        }
    }

    private static func segments(of digit: Int) -> [String] {
        let top = " _     _  _     _  _  _  _  _ "
        let middle = "| |  | _| _||_||_ |_   ||_||_|"
        let bottom = "|_|  ||_  _|  | _||_|  ||_| _|"
        return [top, middle, bottom].map { row in
            let start = row.index(row.startIndex, offsetBy: 3 * digit)
            return String(row[start..<row.index(start, offsetBy: 3)])
        }
    }
}
