import Foundation
import RoadNetwork

extension RoadRecording {
    /// What is left out of a recording.
    public struct Filter: Sendable, Equatable {
        /// Tracks that last less than this are left out, seconds.
        public var shortestTrack: Double
        /// Where two vehicles overlap for longer than this, seconds, one of them is left out meanwhile.
        public var longestOverlap: Double

        public init(shortestTrack: Double, longestOverlap: Double) {
            self.shortestTrack = shortestTrack
            self.longestOverlap = longestOverlap
        }

        /// I-24 comes from tracking by cameras: fragments and double detections exist. NGSIM was cleaned
        /// by hand.
        public static func standard(for source: RecordingSource) -> Filter {
            source == .i24
                ? Filter(shortestTrack: 3, longestOverlap: 0)
                : Filter(shortestTrack: 0.2, longestOverlap: .infinity)
        }
    }

    /// Brings a recording into road coordinates and smooths it.
    ///
    /// A track with a hole of more than 0.5 s, or one that loses its middle to the filter, becomes two
    /// tracks with the same `id`.
    /// - Throws: `TrafficDataError.notOneCarriageway` where its lanes do not run side by side in one
    ///   direction; `.malformed` where it is empty or lasts more than three hours.
    public init(_ recording: Recording, filter: Filter? = nil) throws {
        let filter = filter ?? .standard(for: recording.source)
        let corridor = try CorridorBuilder.corridor(
            of: recording.lanes, name: recording.name, speedLevel: recording.speedLevel)
        let times = recording.tracks.lazy.flatMap { $0.states.lazy.map(\.time) }
        guard let begin = times.min(), let end = times.max(), end - begin <= 3 * 3600, abs(end) < 1e11,
            times.allSatisfy(\.isFinite)
        else {
            throw TrafficDataError.malformed(
                file: recording.name, place: "its tracks", expected: "states that span at most three hours")
        }
        let interval = RecordedSamples.interval
        // The slack lets a first sample that is a hair late still count for frame 0.
        let firstTime = ((begin - 1e-4) / interval).rounded(.up) * interval
        let smoothing = TrackSmoothing(corridor: corridor)
        let shortest = max(2, Int((filter.shortestTrack / interval).rounded()))
        var tracks: [RoadTrack] = []
        for track in recording.tracks {
            for piece in RecordedSamples.pieces(of: track, on: corridor, firstTime: firstTime) {
                guard piece.s.count >= shortest else { continue }
                tracks.append(smoothing.track(track, piece))
            }
        }
        let frameCount = tracks.map(\.frames.upperBound).max() ?? 0
        if filter.longestOverlap < .infinity {
            let longest = Int((filter.longestOverlap / interval).rounded())
            tracks = TrackOverlaps(tracks).resolved(longest: longest, shortestTrack: shortest)
        }
        self.init(
            name: recording.name, source: recording.source, corridor: corridor, firstTime: firstTime,
            frameCount: frameCount, tracks: tracks)
    }

    /// The frames in `range` as a recording of their own. Tracks that are there for less than two frames
    /// are left out.
    public func cut(_ range: Range<Int>, name: String) -> RoadRecording {
        let range = range.clamped(to: 0..<frameCount)
        return RoadRecording(
            name: name, source: source, corridor: corridor,
            firstTime: firstTime + Double(range.lowerBound) * RecordedSamples.interval,
            frameCount: range.count,
            tracks: tracks.compactMap { track in
                guard var part = track.cut(range) else { return nil }
                part.firstFrame -= range.lowerBound
                return part
            })
    }
}

extension RoadTrack {
    /// The part within `range` of the recording's frames; nil where that is less than two frames.
    func cut(_ range: Range<Int>) -> RoadTrack? {
        let kept = frames.clamped(to: range)
        guard kept.count >= 2 else { return nil }
        let part = kept.lowerBound - firstFrame..<kept.upperBound - firstFrame
        return RoadTrack(
            id: id, kind: kind, length: length, width: width, firstFrame: kept.lowerBound,
            s: Array(s[part]), d: Array(d[part]), heading: Array(heading[part]), speed: Array(speed[part]),
            lateralSpeed: Array(lateralSpeed[part]), acceleration: Array(acceleration[part]),
            recordedS: Array(recordedS[part]), recordedD: Array(recordedD[part]),
            recordedSpeed: Array(recordedSpeed[part]),
            recordedLateralSpeed: Array(recordedLateralSpeed[part]))
    }
}

extension Recording {
    /// The speed of free traffic, m/s: the highest posted limit, or the source's.
    var speedLevel: Double {
        lanes.lanes.compactMap(\.speedLimit).max() ?? source.speedLevel
    }
}
