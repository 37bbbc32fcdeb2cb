import Foundation
import RoadNetwork
import Rollout
import TrafficData
import WorldModel

/// One frame of a recording as a place to start simulations from.
struct RecordedMoment {
    let recording: RoadRecording
    /// Frame of the recording at which simulations start.
    let frame: Int
    /// Everybody recorded at that frame, as indices into `recording.tracks`.
    let tracks: [Int]
    /// Their states, estimated from what was recorded up to the frame and nothing later.
    let initial: [InitialAgent]
    private let edges: RoadEdges

    init(recording: RoadRecording, frame: Int) {
        var tracks: [Int] = []
        var initial: [InitialAgent] = []
        for track in recording.tracks.indices {
            guard let agent = recording.agentFromPast(of: track, at: frame) else { continue }
            tracks.append(track)
            initial.append(agent)
        }
        self.recording = recording
        self.frame = frame
        self.tracks = tracks
        self.initial = initial
        edges = RoadEdges(recording.corridor)
    }

    /// What was recorded around the moment: a second before, and up to `steps` steps of 0.1 s after.
    func judgedScene(name: String, steps: Int) -> JudgedScene {
        let agents = tracks.map { index in
            let track = recording.tracks[index]
            let frames = track.frames.clamped(to: frame - SmoothedDerivatives.reach..<frame + steps + 1)
            let poses = frames.map { pose(of: track, at: $0 - track.firstFrame) }
            let past = frame - frames.lowerBound + 1
            return JudgedScene.Agent(
                id: track.id, length: Double(track.length), width: Double(track.width),
                past: Array(poses[..<past]), future: Array(poses[past...]))
        }
        return JudgedScene(name: name, source: recording.source, agents: agents)
    }

    /// Positions as they were recorded, because the metrics smooth them as they smooth simulated ones;
    /// where the recording misses a frame, and for the heading, what smoothing makes of it.
    private func pose(of track: RoadTrack, at index: Int) -> Pose {
        let missed = track.recordedS[index].isNaN
        return edges.pose(
            s: Double(missed ? track.s[index] : track.recordedS[index]),
            d: Double(missed ? track.d[index] : track.recordedD[index]),
            heading: Double(track.heading[index]),
            length: Double(track.length), width: Double(track.width))
    }

    /// Simulated futures in the plane of the recording.
    func simulatedScene(_ futures: Futures) -> SimulatedScene {
        let poses = futures.s.indices.map { index in
            let track = recording.tracks[tracks[index % futures.agents]]
            return edges.pose(
                s: Double(futures.s[index]), d: Double(futures.d[index]),
                heading: Double(futures.heading[index]),
                length: Double(track.length), width: Double(track.width))
        }
        return SimulatedScene(
            rollouts: futures.rollouts, steps: futures.steps, agents: futures.agents, poses: poses)
    }
}

extension RoadRecording {
    /// A track as simulations begin with it, from the past only; nil where it is not recorded at `frame`.
    func agentFromPast(of track: Int, at frame: Int) -> InitialAgent? {
        guard let now = stateFromPast(of: track, at: frame) else { return nil }
        let earlier = max(tracks[track].firstFrame, frame - MotionVocabulary.stepsPerToken)
        let before = stateFromPast(of: track, at: earlier) ?? now
        var agent = InitialAgent()
        agent.s = now.s
        agent.d = now.d
        agent.heading = now.heading
        agent.speed = now.speed
        agent.lateralSpeed = now.lateralSpeed
        agent.recentAcceleration = now.acceleration
        agent.olderAcceleration = before.acceleration
        agent.olderLateralSpeed = before.lateralSpeed
        agent.length = tracks[track].length
        agent.width = tracks[track].width
        agent.kind = Float(tracks[track].kind.rawValue)
        return agent
    }
}
