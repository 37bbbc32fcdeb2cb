import RoadNetwork
import TrafficData
import WorldModel

extension RecordedMoment {
    /// Everybody of a carriageway at `time`, from what was recorded up to then; nil if nothing was.
    init?(_ recording: Recording, at time: Double, filter: StartFilter?) throws {
        let known = recording.known(at: time)
        guard !known.tracks.isEmpty else { return nil }
        var road = try RoadRecording(known, filter: .init(shortestTrack: 0, longestOverlap: .infinity))
        let frame = Int(((time - road.firstTime) * 10).rounded())
        let present = Set(road.tracks.filter { $0.frames.contains(frame) }.map(\.id))
        // Whoever appeared just now has a single frame, which is not yet a track.
        for track in known.tracks where !present.contains(track.id) {
            guard let state = track.states.last, abs(state.time - time) < 1e-4 else { continue }
            road.tracks.append(road.newcomer(track, state, frame: frame))
        }
        self.init(recording: road, frame: frame, filter: filter)
    }
}

extension RoadRecording {
    fileprivate func newcomer(_ track: RecordedTrack, _ state: RecordedState, frame: Int) -> RoadTrack {
        let road = corridor.roadCoordinates(of: state.position)
        return RoadTrack(
            id: track.id, kind: track.kind, length: Float(track.length), width: Float(track.width),
            firstFrame: frame, s: [Float(road.s)], d: [Float(road.d)], heading: [0],
            speed: [Float(state.speed ?? 0)], lateralSpeed: [0], acceleration: [0],
            recordedSpeed: [state.speed.map { Float($0) } ?? .nan])
    }
}
