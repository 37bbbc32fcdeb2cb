/// Small charts from block characters, newest value at the right.
public enum Sparkline {
    static let blocks: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// One row of `width` scalars for values from 0 to `maximum` (their own largest if nil). A gap is blank.
    public static func row(_ values: [Double], width: Int, maximum: Double? = nil) -> [Unicode.Scalar] {
        chart(values, width: width, height: 1, maximum: maximum)[0]
    }

    /// `height` rows, top first. Every value that is a number shows at least the lowest block.
    public static func chart(
        _ values: [Double], width: Int, height: Int, maximum: Double? = nil
    ) -> [[Unicode.Scalar]] {
        var rows = Array(
            repeating: Array(repeating: Unicode.Scalar(" "), count: max(width, 0)), count: max(height, 1))
        let shown = values.suffix(max(width, 0))
        let largest = maximum ?? largestFinite(shown)
        for (offset, value) in shown.enumerated() where !value.isNaN {
            let share = largest > 0 ? min(max(value / largest, 0), 1) : 0
            let level = max(1, Int((share * Double(8 * rows.count)).rounded()))
            let column = width - shown.count + offset
            for row in rows.indices {
                let eighths = min(level - 8 * (rows.count - 1 - row), 8)
                if eighths > 0 { rows[row][column] = blocks[eighths - 1] }
            }
        }
        return rows
    }

    /// The largest finite value, 0 if there is none.
    public static func largestFinite(_ values: some Sequence<Double>) -> Double {
        values.reduce(0) { $1.isFinite ? max($0, $1) : $0 }
    }
}
