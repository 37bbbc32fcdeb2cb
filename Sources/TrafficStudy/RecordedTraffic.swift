import RoadNetwork
import TrafficData

/// Recordings as frames of traffic.
enum RecordedTraffic {
    /// Every `stride`th frame of a recording. What lies between the outermost vehicles of a frame counts as seen.
    static func frames(_ recording: RoadRecording, stride: Int) -> [TrafficFrame] {
        let lanes = LanePlaces(recording.corridor)
        return Swift.stride(from: 0, to: recording.frameCount, by: stride).map { frame in
            var vehicles: [TrafficFrame.Vehicle] = []
            for (id, track) in recording.tracks.enumerated() where track.frames.contains(frame) {
                let index = frame - track.firstFrame
                let place = lanes.place(s: track.s[index], d: track.d[index])
                vehicles.append(
                    .init(
                        id: id, lane: place.lane, s: track.s[index], offset: place.offset,
                        speed: track.speed[index], length: track.length))
            }
            let places = vehicles.map(\.s)
            let low = places.min() ?? 0
            return TrafficFrame(
                laneCount: lanes.count, seen: low...(places.max() ?? low), vehicles: vehicles)
        }
    }
}

extension BehaviourLog {
    mutating func add(_ recording: RoadRecording) {
        var reactions = ReactionLog(), drivers = DriverLog()
        for (frame, traffic) in RecordedTraffic.frames(recording, stride: 1).enumerated() {
            reactions.add(traffic)
            if frame % 10 == 0 { drivers.add(traffic) }
        }
        add(reactions)
        add(drivers)
    }
}

/// Which lane a position belongs to.
struct LanePlaces {
    private let corridor: Corridor
    /// Lanes that exist along most of the road.
    let count: Int

    init(_ corridor: Corridor) {
        self.corridor = corridor
        count = corridor.laneCount
    }

    /// The lane whose middle is nearest, and the offset from it to the left as a share of its width.
    func place(s: Float, d: Float) -> (lane: Int, offset: Float) {
        let position = (s - corridor.start) / corridor.spacing + 0.5
        let sample = Int(max(0, min(position, Float(corridor.sampleCount - 1))))
        var best = (lane: 0, offset: Float.infinity)
        for lane in 0..<corridor.laneCount {
            let width = corridor.laneWidth[lane * corridor.sampleCount + sample]
            guard width > 0 else { continue }
            let offset = (d - corridor.laneCentre[lane * corridor.sampleCount + sample]) / width
            if offset.magnitude < best.offset.magnitude { best = (lane, offset) }
        }
        return best
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
