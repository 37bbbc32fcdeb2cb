/// Speeds over a stretch of road and time, in cells.
public struct SpeedField: Sendable {
    public static let cellMeters = 20.0
    public static let cellSeconds = 2.0

    /// `[time * columns + place]`: sum and number of the speeds seen there.
    private var sums: [Double]
    private var counts: [Int]
    public let columns: Int
    public let rows: Int
    /// Whether the last column is followed by the first.
    public let isRing: Bool

    public init(meters: Double, seconds: Double, isRing: Bool) {
        columns = max(1, Int((meters / Self.cellMeters).rounded(.up)))
        rows = max(1, Int((seconds / Self.cellSeconds).rounded(.up)))
        self.isRing = isRing
        sums = Array(repeating: 0, count: columns * rows)
        counts = Array(repeating: 0, count: columns * rows)
    }

    /// Speeds outside the field are left out.
    public mutating func add(meters: Double, seconds: Double, speed: Double) {
        let column = Int((meters / Self.cellMeters).rounded(.down))
        let row = Int((seconds / Self.cellSeconds).rounded(.down))
        guard (0..<columns).contains(column), (0..<rows).contains(row) else { return }
        sums[row * columns + column] += speed
        counts[row * columns + column] += 1
    }

    /// Mean speed of a cell; nil where nobody was.
    public func speed(column: Int, row: Int) -> Double? {
        let cell = row * columns + column
        return counts[cell] == 0 ? nil : sums[cell] / Double(counts[cell])
    }

    /// Speeds less the mean of the two minutes around, so that slow changes of the traffic don't count as waves.
    func deviations() -> [Double?] {
        let reach = Int(60 / Self.cellSeconds)
        let perRow = (0..<rows).map { row in
            (0..<columns).reduce(into: (sum: 0.0, count: 0)) {
                guard let speed = speed(column: $1, row: row) else { return }
                $0.sum += speed
                $0.count += 1
            }
        }
        return (0..<rows).flatMap { row -> [Double?] in
            let around = perRow[max(0, row - reach)..<min(rows, row + reach + 1)]
            let mean = around.reduce(0) { $0 + $1.sum } / Double(max(1, around.reduce(0) { $0 + $1.count }))
            return (0..<columns).map { column in speed(column: column, row: row).map { $0 - mean } }
        }
    }
}

/// How speed disturbances travel along a road. Speeds at two places are correlated for every delay between
/// them; of all straight lines through delay and distance, the one along which the correlation is highest on
/// average is the wave's. (Delays of best correlation, as in Zielke, Bertini and Treiber, "Empirical
/// measurement of freeway oscillation characteristics", 2008; the line makes it one estimate.)
public struct WaveSpeed: Sendable, Codable {
    /// m/s along the road; negative: against the traffic.
    public var metersPerSecond: Double
    /// Mean correlation along the line, over 40 to 200 m.
    public var correlation: Double
    /// Standard deviation of the speeds in the field, m/s.
    public var amplitude: Double

    public var kilometersPerHour: Double { 3.6 * metersPerSecond }

    static let distances = 40.0...200.0
    /// Longest delay that is compared, seconds.
    static let longestDelay = 60.0
    /// Slowest wave that is looked for, seconds a metre.
    static let slowest = 0.3
    /// Fastest, likewise: 180 km/h. Faster is everywhere at once.
    static let fastest = 0.02
    static let weakest = 0.15

    /// Nil where disturbances are too small or too few to tell.
    public init?(_ field: SpeedField) {
        let deviations = field.deviations()
        let all = deviations.compactMap { $0 }
        guard all.count >= 50 else { return nil }
        let variance = all.reduce(0) { $0 + $1 * $1 } / Double(all.count)
        amplitude = variance.squareRoot()
        guard variance > 0.01 else { return nil }
        let near = Int(Self.distances.lowerBound / SpeedField.cellMeters)
        let far = min(Int(Self.distances.upperBound / SpeedField.cellMeters), field.columns / 2)
        guard near <= far else { return nil }
        let table = (near...far).map { Self.correlations(deviations, field, distance: $0, variance: variance) }
        var best = (slowness: 0.0, correlation: Self.weakest)
        for step in -150...150 {
            let slowness = Self.slowest * Double(step) / 150
            guard slowness.magnitude >= Self.fastest else { continue }
            guard let mean = Self.mean(along: slowness, table, near: near), mean > best.correlation
            else { continue }
            best = (slowness, mean)
        }
        guard best.slowness != 0 else { return nil }
        metersPerSecond = 1 / best.slowness
        correlation = best.correlation
    }

    /// Mean correlation at the delays of one line; nil where too little of it was measured.
    private static func mean(along slowness: Double, _ table: [[Double?]], near: Int) -> Double? {
        var sum = 0.0
        var count = 0
        for (index, row) in table.enumerated() {
            let delay = slowness * Double(near + index) * SpeedField.cellMeters / SpeedField.cellSeconds
            let place = delay + Double(row.count / 2)
            let before = Int(place.rounded(.down))
            guard before >= 0, before + 1 < row.count, let a = row[before], let b = row[before + 1]
            else { continue }
            sum += a + (place - Double(before)) * (b - a)
            count += 1
        }
        return 3 * count >= 2 * table.count ? sum / Double(count) : nil
    }

    /// Correlation of a place with one `distance` cells downstream, for delays from `-longestDelay` on; positive
    /// delays: it comes there later.
    private static func correlations(
        _ deviations: [Double?], _ field: SpeedField, distance: Int, variance: Double
    ) -> [Double?] {
        let longest = min(Int(longestDelay / SpeedField.cellSeconds), field.rows - 1)
        return (-longest...longest).map { delay in
            var sum = 0.0
            var pairs = 0
            for row in max(0, -delay)..<max(0, -delay, min(field.rows, field.rows - delay)) {
                for column in 0..<(field.isRing ? field.columns : field.columns - distance) {
                    let there = (column + distance) % field.columns
                    guard let a = deviations[row * field.columns + column],
                        let b = deviations[(row + delay) * field.columns + there]
                    else { continue }
                    sum += a * b
                    pairs += 1
                }
            }
            return pairs >= 20 ? sum / Double(pairs) / variance : nil
        }
    }
}
