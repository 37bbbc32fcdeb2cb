import ReproducibleMath
import RoadNetwork
import TrafficData

/// A recording on a general lanelet map, 10 frames a second.
public struct StreetRecording: Sendable {
    /// One agent, one value per frame from `firstFrame` on.
    public struct Track: Sendable {
        public var id: Int
        public var length: Double
        public var width: Double
        public var firstFrame: Int
        public var places: [Point]
        /// Unit vectors.
        public var facings: [Point]
        /// As the file gives them, m/s; NaN where it gives none.
        public var speeds: [Double]

        public var frames: Range<Int> { firstFrame..<firstFrame + places.count }
    }

    public var name: String
    public var source: RecordingSource
    public var lanes: LaneGraph
    public var tracks: [Track]
    public var frameCount: Int { tracks.map(\.frames.upperBound).max() ?? 0 }

    /// Seconds between frames; frame 0 is scene time 0.
    public static let interval = 0.1

    /// - Throws: `TrafficDataError.malformed` where the states span more than three hours.
    public init(_ recording: Recording) throws {
        name = recording.name
        source = recording.source
        lanes = recording.lanes
        let times = recording.tracks.lazy.flatMap { $0.states.lazy.map(\.time) }
        guard times.allSatisfy({ $0.isFinite && $0 >= -1e-6 && $0 <= 3 * 3600 }) else {
            throw TrafficDataError.malformed(
                file: recording.name, place: "its tracks", expected: "states within the first three hours")
        }
        tracks = recording.tracks.compactMap(Track.init)
    }
}

extension StreetRecording.Track {
    /// Resampled to frames 0.1 s apart, straight between two states.
    fileprivate init?(_ track: RecordedTrack) {
        let states = track.states
        let first = Int(((states[0].time - 1e-3) / StreetRecording.interval).rounded(.up))
        let last = Int(((states[states.count - 1].time + 1e-3) / StreetRecording.interval).rounded(.down))
        guard first <= last else { return nil }
        (id, length, width, firstFrame) = (track.id, track.length, track.width, first)
        (places, facings, speeds) = ([], [], [])
        var after = 0
        for frame in first...last {
            let time = Double(frame) * StreetRecording.interval
            while after < states.count - 1, states[after].time < time - 1e-6 { after += 1 }
            let to = states[after], from = states[max(after - 1, 0)]
            let span = to.time - from.time
            let share = span > 0 ? min(max((time - from.time) / span, 0), 1) : 1
            places.append(from.position + share * (to.position - from.position))
            speeds.append((share < 0.5 ? from : to).speed ?? .nan)
            let heading = (share < 0.5 ? from : to).heading
            facings.append(heading.map(Self.direction) ?? Point(x: 0, y: 0))
        }
        fillMissingFacings()
    }

    /// Without libm, whose last bits differ between CPUs.
    private static func direction(_ heading: Double) -> Point {
        let turned = Elementary.sineAndCosine(Float(heading.remainder(dividingBy: 2 * .pi)))
        return Point(x: Double(turned.cosine), y: Double(turned.sine)).unit()
    }

    /// Where the file has no headings: the direction of motion, or the last one known.
    private mutating func fillMissingFacings() {
        var known = Point(x: 1, y: 0)
        for index in facings.indices where facings[index] == Point(x: 0, y: 0) {
            let moved = places[index] - places[max(index - 5, 0)]
            if moved.length > 0.3 { known = moved.unit() }
            facings[index] = known
        }
    }
}
