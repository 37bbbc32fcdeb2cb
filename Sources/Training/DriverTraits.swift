import ReproducibleMath
import WorldModel

/// A driver's lasting traits, standardised over the training drivers.
package struct DriverTraits: Sendable, Equatable {
    /// How much more time headway than others he keeps.
    package var headway: Float
    /// How much faster than the traffic around he drives.
    package var speed: Float

    /// What a track shows of its driver before standardisation; nil where there is too little to see.
    package struct Observed: Sendable {
        /// Mean logarithm of the time headway while following (gap below 60 m, speed above 3 m/s).
        var headway: Float?
        /// Mean of own speed minus the speed of everybody within 100 m, m/s.
        var speed: Float?
    }

    /// Mean and deviation of both observations over the training drivers.
    package struct Scale: Sendable {
        var headwayMean: Float = 0, headwayDeviation: Float = 1
        var speedMean: Float = 0, speedDeviation: Float = 1
    }

    /// Frames between two looks at a recording.
    private static let stride = 5
    /// The fewest looks that say something about a driver.
    private static let fewestLooks = 4

    /// Each track's traits in hindsight; nil where the track shows nothing.
    package static func standardised(_ observed: [Observed], by scale: Scale) -> [DriverTraits?] {
        observed.map { driver in
            guard let speed = driver.speed else { return nil }
            let headway = driver.headway.map { ($0 - scale.headwayMean) / scale.headwayDeviation } ?? 0
            return DriverTraits(
                headway: headway.limited(-3, 3),
                speed: ((speed - scale.speedMean) / scale.speedDeviation).limited(-3, 3))
        }
    }

    package static func scale(_ recordings: [[Observed]]) -> Scale {
        let drivers = recordings.joined()
        let headway = moments(drivers.compactMap(\.headway)), speed = moments(drivers.compactMap(\.speed))
        return Scale(
            headwayMean: headway.mean, headwayDeviation: headway.deviation, speedMean: speed.mean,
            speedDeviation: speed.deviation)
    }

    package static func observe(_ source: PreparedRecording) -> [Observed] {
        let frame = RecordedFrame(source)
        let tracks = source.recording.tracks.count
        let unknown = [DriverTraits?](repeating: nil, count: tracks)
        var headways = [Mean](repeating: Mean(), count: tracks), speeds = headways
        for time in Swift.stride(from: 0, to: source.recording.frameCount, by: stride) {
            frame.load(frame: time, mirrored: false, traits: unknown)
            let agents = frame.agents
            for slot in 0..<frame.count {
                let leader = Int(frame.neighbours[slot * Neighbour.count + Neighbour.leader.rawValue])
                if leader >= 0 && agents.speed[slot] > 3 {
                    let gap = agents.s[leader] - agents.s[slot]
                        - 0.5 * (agents.length[leader] + agents.length[slot])
                    if gap > 0.5 && gap < 60 {
                        headways[frame.tracks[slot]].add(Elementary.log(gap / agents.speed[slot]))
                    }
                }
                var around = Mean()
                for other in 0..<frame.count
                where other != slot && (agents.s[other] - agents.s[slot]).magnitude < 100 {
                    around.add(agents.speed[other])
                }
                if around.count > 0 { speeds[frame.tracks[slot]].add(agents.speed[slot] - around.value) }
            }
        }
        return zip(headways, speeds).map { headway, speed in
            Observed(
                headway: headway.count >= fewestLooks ? headway.value : nil,
                speed: speed.count >= fewestLooks ? speed.value : nil)
        }
    }

    private struct Mean {
        var sum: Float = 0
        var count = 0
        var value: Float { sum / Float(count) }
        mutating func add(_ value: Float) {
            sum += value
            count += 1
        }
    }

    private static func moments(_ values: [Float]) -> (mean: Float, deviation: Float) {
        guard values.count > 1 else { return (values.first ?? 0, 1) }
        let mean = values.reduce(0, +) / Float(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)
        return (mean, max(variance.squareRoot(), 1e-3))
    }
}
