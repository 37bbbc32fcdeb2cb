import Foundation
import RoadNetwork
import TrafficData

/// A scene's file, one recording per carriageway, in scene time: CommonRoad's own, and for I-24 MOTION,
/// whose times are those of day, seconds since the file's first sample.
struct SceneFile {
    let name: String
    let carriageways: [Recording]
    /// Scene time of the first and the last recorded state, seconds.
    let first: Double
    let last: Double

    /// - Throws: `TrafficDataError`, `EvaluationError.unknownFormat`.
    init(_ url: URL) throws {
        name = url.lastPathComponent
        let recordings = try Self.read(url)
        let times = recordings.flatMap(\.tracks).flatMap { $0.states.map(\.time) }
        guard let begin = times.min(), let end = times.max() else {
            throw TrafficDataError.malformed(
                file: name, place: "its trajectories", expected: "at least one")
        }
        let zero = recordings.contains { $0.source == .i24 } ? begin : 0
        first = begin - zero
        last = end - zero
        carriageways = recordings.map { $0.shifted(by: -zero) }
    }

    static func isScene(_ name: String) -> Bool { isCommonRoad(name) || isI24(name) }
    private static func isCommonRoad(_ name: String) -> Bool {
        name.hasSuffix(".xml") || name.hasSuffix(".xml.gz")
    }
    private static func isI24(_ name: String) -> Bool {
        name.hasSuffix(".json") || name.hasSuffix(".json.gz")
    }

    private static func read(_ url: URL) throws -> [Recording] {
        let name = url.lastPathComponent
        if isCommonRoad(name) { return [try CommonRoadFile.read(url)] }
        guard isI24(name) else { throw EvaluationError.unknownFormat(file: name) }
        return try I24File.read(DataFile.read(url), file: name, fewestVehicles: 1)
    }
}

extension Recording {
    fileprivate func shifted(by seconds: Double) -> Recording {
        guard seconds != 0 else { return self }
        var recording = self
        for track in recording.tracks.indices {
            for state in recording.tracks[track].states.indices {
                recording.tracks[track].states[state].time += seconds
            }
        }
        return recording
    }

    /// The recording as it was known at `time`: without anything that happened later. Vehicles that are
    /// there at that moment end in a state at exactly that time.
    func known(at time: Double) -> Recording {
        var recording = self
        recording.tracks = tracks.compactMap { track in
            var track = track
            track.states.removeAll { $0.time > time + Self.timeSlack }
            guard let last = track.states.last else { return nil }
            if time - last.time > Self.timeSlack, time - last.time <= Self.sampleInterval {
                track.states.append(track.extrapolated(to: time, from: last))
            }
            return track
        }
        if source == .i24 { recording.fitLanesToTracks() }
        return recording
    }

    private static let timeSlack = 1e-4
    /// A vehicle seen this recently is still there, seconds: a little more than a camera's 1/25 s.
    private static let sampleInterval = 0.045

    /// The lanes of an I-24 file are as long as its tracks, so they must not show how far those will get.
    private mutating func fitLanesToTracks() {
        let positions = tracks.flatMap { $0.states.map(\.position.x) }
        guard let low = positions.min(), let high = positions.max() else { return }
        let margin = 20.0
        func fit(_ bound: [Point]) -> [Point] {
            guard let start = bound.first, let end = bound.last else { return bound }
            let ends = start.x < end.x ? (low - margin, high + margin) : (high + margin, low - margin)
            return [Point(x: ends.0, y: start.y), Point(x: ends.1, y: end.y)]
        }
        for lane in lanes.lanes.indices {
            lanes.lanes[lane].leftBound = fit(lanes.lanes[lane].leftBound)
            lanes.lanes[lane].rightBound = fit(lanes.lanes[lane].rightBound)
        }
    }
}

extension RecordedTrack {
    /// Goes on as between the last two states.
    fileprivate func extrapolated(to time: Double, from last: RecordedState) -> RecordedState {
        var state = last
        state.time = time
        guard states.count > 1 else { return state }
        let before = states[states.count - 2]
        let share = (time - last.time) / (last.time - before.time)
        state.position.x += share * (last.position.x - before.position.x)
        state.position.y += share * (last.position.y - before.position.y)
        return state
    }
}
