import TrafficData

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

/// How speed disturbances travel along a road: where the speeds at two places are compared, the delay at
/// which they agree best tells how fast they came from one to the other. (Delays of best correlation, as
/// Zielke, Bertini and Treiber used them: "Empirical measurement of freeway oscillation characteristics", 2008.)
public struct WaveSpeed: Sendable, Codable {
    /// m/s along the road; negative: against the traffic.
    public var metersPerSecond: Double
    /// Correlation at the best delay, 100 m apart.
    public var correlation: Double
    /// Standard deviation of the speeds in the field, m/s.
    public var amplitude: Double

    public var kilometersPerHour: Double { 3.6 * metersPerSecond }

    /// Longest delay and distance that are compared, seconds and metres.
    static let longestDelay = 60.0
    static let farthest = 300.0

    /// Nil where disturbances are too small or too few to tell.
    public init?(_ field: SpeedField) {
        let deviations = field.deviations()
        let all = deviations.compactMap { $0 }
        guard all.count >= 50 else { return nil }
        let variance = all.reduce(0) { $0 + $1 * $1 } / Double(all.count)
        amplitude = variance.squareRoot()
        guard variance > 0.01 else { return nil }
        var weighted = (numerator: 0.0, denominator: 0.0)
        var at100 = 0.0
        let farthest = min(Int(Self.farthest / SpeedField.cellMeters), field.columns / 2)
        guard farthest >= 2 else { return nil }
        for distance in 2...farthest {
            guard let best = Self.bestDelay(deviations, field, distance: distance) else { continue }
            let correlation = best.correlation / variance
            if Double(distance) * SpeedField.cellMeters == 100 { at100 = correlation }
            guard correlation > 0.15 else { continue }
            let meters = Double(distance) * SpeedField.cellMeters
            weighted.numerator += correlation * meters * best.seconds
            weighted.denominator += correlation * meters * meters
        }
        guard weighted.denominator > 0 else { return nil }
        let slowness = weighted.numerator / weighted.denominator
        guard slowness.magnitude > 0.02 else { return nil }
        metersPerSecond = 1 / slowness
        correlation = at100
    }

    /// The delay by which a place `distance` cells downstream follows best; negative where it comes first.
    private static func bestDelay(
        _ deviations: [Double?], _ field: SpeedField, distance: Int
    ) -> (seconds: Double, correlation: Double)? {
        let longest = min(Int(longestDelay / SpeedField.cellSeconds), field.rows - 1)
        var means: [Double?] = []
        for delay in -longest...longest {
            var sum = 0.0
            var pairs = 0
            for row in max(0, -delay)..<min(field.rows, field.rows - delay) {
                for column in 0..<(field.isRing ? field.columns : field.columns - distance) {
                    let there = (column + distance) % field.columns
                    guard let a = deviations[row * field.columns + column],
                        let b = deviations[(row + delay) * field.columns + there]
                    else { continue }
                    sum += a * b
                    pairs += 1
                }
            }
            means.append(pairs >= 20 ? sum / Double(pairs) : nil)
        }
        guard let best = means.indices.filter({ means[$0] != nil }).max(by: { means[$0]! < means[$1]! }),
            let peak = means[best]
        else { return nil }
        // The parabola through the peak and its neighbours places it between the delays.
        var shift = 0.0
        if best > 0, best + 1 < means.count, let before = means[best - 1], let after = means[best + 1] {
            let bend = before - 2 * peak + after
            if bend < 0 { shift = 0.5 * (before - after) / bend }
        }
        return ((Double(best - longest) + shift) * SpeedField.cellSeconds, peak)
    }
}

extension WaveSpeed {
    /// From the recording with the most vehicle-seconds among several of one road; the others are too short.
    init?(longest recordings: [RoadRecording]) {
        let sizes = recordings.map { $0.tracks.reduce(0) { $0 + $1.frameCount } }
        guard let most = sizes.indices.max(by: { sizes[$0] < sizes[$1] }) else { return nil }
        let recording = recordings[most]
        let places = recording.tracks.flatMap(\.s)
        guard let low = places.min(), let high = places.max() else { return nil }
        var field = SpeedField(
            meters: Double(high - low), seconds: Double(recording.frameCount) / 10, isRing: false)
        for track in recording.tracks {
            for index in track.s.indices {
                field.add(
                    meters: Double(track.s[index] - low), seconds: 0.1 * Double(track.firstFrame + index),
                    speed: Double(track.speed[index]))
            }
        }
        self.init(field)
    }
}
