/// The rows of a futures or occupancy file as text. Numbers are written by whole-number arithmetic: no locale, and
/// fast enough for millions of rows.
struct FuturesTable {
    private(set) var bytes: [UInt8]

    init(header: String) { bytes = Array(header.utf8) + [Self.newline] }

    private static let newline = UInt8(ascii: "\n")
    private static let comma = UInt8(ascii: ",")

    /// - Parameter tenth: scene time in tenths of a second.
    mutating func append(rollout: Int, agent: Int, tenth: Int, pose: FuturePose) {
        append(whole: rollout)
        bytes.append(Self.comma)
        append(whole: agent)
        bytes.append(Self.comma)
        append(tenth, decimals: 1)
        bytes.append(Self.comma)
        append(pose.x, decimals: 3)
        bytes.append(Self.comma)
        append(pose.y, decimals: 3)
        bytes.append(Self.comma)
        append(pose.heading.remainder(dividingBy: 2 * .pi), decimals: 5)
        bytes.append(Self.comma)
        append(pose.speed, decimals: 3)
        bytes.append(Self.newline)
    }

    /// A row of an `OccupancyTable`.
    mutating func append(agent: Int, tenth: Int, x: Double, y: Double, share: Double) {
        append(whole: agent)
        bytes.append(Self.comma)
        append(tenth, decimals: 1)
        for (value, decimals) in [(x, 3), (y, 3), (share, 4)] {
            bytes.append(Self.comma)
            append(value, decimals: decimals)
        }
        bytes.append(Self.newline)
    }

    private mutating func append(whole: Int) { bytes.append(contentsOf: String(whole).utf8) }

    private mutating func append(_ value: Double, decimals: Int) {
        let scale = (0..<decimals).reduce(1.0) { result, _ in result * 10 }
        append(Int((value * scale).rounded()), decimals: decimals)
    }

    /// `value` counts units of the last decimal.
    private mutating func append(_ value: Int, decimals: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let unit = (0..<decimals).reduce(1) { result, _ in result * 10 }
        let (whole, part) = value.magnitude.quotientAndRemainder(dividingBy: UInt(unit))
        bytes.append(contentsOf: String(whole).utf8)
        bytes.append(UInt8(ascii: "."))
        let digits = String(part).utf8
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: decimals - digits.count))
        bytes.append(contentsOf: digits)
    }
}
