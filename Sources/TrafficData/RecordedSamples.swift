import Foundation
import RoadNetwork

/// A track's recorded positions in road coordinates on the 10 Hz grid, before any smoothing.
struct RecordedSamples {
    /// Seconds between frames.
    static let interval = 0.1
    /// A longer hole than this ends a track, seconds.
    static let longestHole = 0.5
    /// Samples at most this far apart are neighbours and may be interpolated, seconds.
    private static let neighbours = 0.15
    /// A frame this close to a track's first or last sample still belongs to it, seconds: half of the
    /// slowest camera's interval of 1/25 s.
    private static let slack = 0.021

    var firstFrame: Int
    /// One value per frame; NaN inside a hole.
    var s: [Double] = []
    var d: [Double] = []
    var speed: [Double] = []
    var lateralSpeed: [Double] = []

    private struct Sample {
        var time, s, d, speed, lateralSpeed: Double
    }

    /// The track cut at its holes, each piece resampled to frames 0.1 s apart from `firstTime` on.
    static func pieces(of track: RecordedTrack, on corridor: Corridor, firstTime: Double) -> [RecordedSamples]
    {
        var pieces: [[Sample]] = []
        for state in track.states {
            let road = corridor.roadCoordinates(of: state.position)
            let speed = state.speed ?? .nan, heading = state.heading ?? .nan
            let sample = Sample(
                time: state.time - firstTime, s: road.s, d: road.d, speed: speed,
                lateralSpeed: speed * sin(heading - road.heading))
            if let last = pieces.last?.last, sample.time - last.time <= longestHole + 1e-3 {
                pieces[pieces.count - 1].append(sample)
            } else {
                pieces.append([sample])
            }
        }
        return pieces.compactMap(RecordedSamples.init(piece:))
    }

    private init?(piece: [Sample]) {
        let first = Int(((piece[0].time - Self.slack) / Self.interval).rounded(.up))
        let last = Int(((piece[piece.count - 1].time + Self.slack) / Self.interval).rounded(.down))
        guard first <= last else { return nil }
        firstFrame = first
        var after = 0
        for frame in first...last {
            let time = Double(frame) * Self.interval
            while after < piece.count, piece[after].time < time - 1e-6 { after += 1 }
            append(piece, after: after, time: time)
        }
    }

    /// The value at `time`, interpolated between sample `after` and the one before it, or carried on from
    /// the outermost two beyond the ends.
    private mutating func append(_ piece: [Sample], after: Int, time: Double) {
        if after < piece.count, abs(piece[after].time - time) < 1e-3 || piece.count == 1 {
            return append(piece[after])
        }
        guard piece.count > 1 else { return append(piece[0]) }
        let b = min(max(after, 1), piece.count - 1)
        let (from, to) = (piece[b - 1], piece[b])
        guard to.time - from.time <= Self.neighbours else {
            return append(Sample(time: time, s: .nan, d: .nan, speed: .nan, lateralSpeed: .nan))
        }
        let share = (time - from.time) / (to.time - from.time)
        append(
            Sample(
                time: time, s: from.s + share * (to.s - from.s), d: from.d + share * (to.d - from.d),
                speed: from.speed + share * (to.speed - from.speed),
                lateralSpeed: from.lateralSpeed + share * (to.lateralSpeed - from.lateralSpeed)))
    }

    private mutating func append(_ sample: Sample) {
        s.append(sample.s)
        d.append(sample.d)
        speed.append(sample.speed)
        lateralSpeed.append(sample.lateralSpeed)
    }
}
