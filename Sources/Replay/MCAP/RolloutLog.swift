import Foundation
import Metrics

/// A recording as an MCAP file: `foxglove.SceneUpdate` for road and vehicles, `foxglove.FrameTransform` for the
/// ego's frame, `foxglove.Log` for the events, and the ego's numbers for plots. The rollout begins at time 0.
public struct RolloutLog {
    public var recording: RolloutRecording
    /// What a comparison with the journal said: `bit-identical`, for example.
    public var verdict: String

    public init(recording: RolloutRecording, verdict: String) {
        self.recording = recording
        self.verdict = verdict
    }

    /// Writes the file.
    ///
    /// - Returns: its size in bytes.
    /// - Throws: `ReplayError.cannotWrite`.
    public func write(to path: String) throws -> Int {
        let writer = try MCAPWriter(path: path, profile: "", library: "longhaul")
        let topics = Topics(writer)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func add(_ message: some Encodable, to channel: MCAPWriter.Channel, at time: UInt64) throws {
            try writer.add(Array(encoder.encode(message)), to: channel, at: time)
        }
        try add(roadScene, to: topics.road, at: 0)
        var events = recording.events[...]
        for index in recording.steps.indices {
            let time = UInt64(index + 1) * 100_000_000
            let ego = recording.ego(at: index)
            try add(egoFrame(ego, at: time), to: topics.transform, at: time)
            try add(vehicles(at: index, time: time), to: topics.vehicles, at: time)
            for (channel, value) in [
                (topics.speed, ego.speed), (topics.acceleration, ego.acceleration),
                (topics.gap, recording.gaps[index]),
                (topics.timeToCollision, recording.timesToCollision[index]),
            ] as [(MCAPWriter.Channel, Float?)] {
                guard let value else { continue }
                let scalar = Foxglove.Scalar(timestamp: .init(nanoseconds: time), value: Double(value))
                try add(scalar, to: channel, at: time)
            }
            while let event = events.first, event.step <= index {
                try add(entry(event, at: time), to: topics.events, at: time)
                events.removeFirst()
            }
        }
        try writer.addMetadata("longhaul", metadata)
        return try writer.close()
    }

    private struct Topics {
        let road, vehicles, transform, events, speed, acceleration, gap, timeToCollision: MCAPWriter.Channel

        init(_ writer: MCAPWriter) {
            func scene(_ topic: String) -> MCAPWriter.Channel {
                writer.addChannel(topic: topic, schema: "foxglove.SceneUpdate", FoxgloveSchema.sceneUpdate)
            }
            func scalar(_ topic: String) -> MCAPWriter.Channel {
                writer.addChannel(topic: topic, schema: "longhaul.Scalar", FoxgloveSchema.scalar)
            }
            road = scene("/road")
            vehicles = scene("/vehicles")
            transform = writer.addChannel(
                topic: "/tf", schema: "foxglove.FrameTransform", FoxgloveSchema.frameTransform)
            events = writer.addChannel(topic: "/events", schema: "foxglove.Log", FoxgloveSchema.log)
            speed = scalar("/ego/speed_mps")
            acceleration = scalar("/ego/acceleration_mps2")
            gap = scalar("/ego/gap_m")
            timeToCollision = scalar("/ego/time_to_collision_s")
        }
    }

    private var metadata: [(String, String)] {
        let (origin, record) = (recording.origin, recording.record)
        return [
            ("campaign", origin.campaignName), ("campaign_identity", origin.campaignIdentity),
            ("seed", "\(origin.seed)"), ("scenario", "\(record.scenario)"), ("shard", "\(origin.shard)"),
            ("family", record.family.name), ("policy", origin.policy), ("world_model", origin.worldModel),
            ("outcome", recording.outcomeText), ("digest", hexadecimal(record.digest)),
            ("replay", verdict), ("command", origin.command),
        ]
    }

    private func entry(_ event: RecordedEvent, at time: UInt64) -> Foxglove.Log {
        let level =
            switch event.kind {
            case .laneChange: 2
            case .hardBrake, .roadEdge, .modelFault: 3
            case .nearMiss, .ending: 4
            }
        return Foxglove.Log(timestamp: .init(nanoseconds: time), level: level, message: event.text)
    }

    private func egoFrame(_ ego: RecordedState, at time: UInt64) -> Foxglove.FrameTransform {
        Foxglove.FrameTransform(
            timestamp: .init(nanoseconds: time), translation: .init(Double(ego.x), Double(ego.y), 0),
            rotation: Self.turn(recording.road.planeHeading(of: ego)))
    }

    static func turn(_ heading: Double) -> Foxglove.Quaternion {
        .init(z: sin(heading / 2), w: cos(heading / 2))
    }
}
