import Foundation
import RoadNetwork
import StreetTraffic
import TrafficData

/// One frame of a recording on a general lanelet map as a place to start simulations from.
struct StreetMoment {
    let recording: StreetRecording
    let frame: Int
    /// Everybody recorded at that frame, as indices into `recording.tracks`.
    let tracks: [Int]
    /// Their states, estimated from what was recorded up to the frame and nothing later.
    let agents: [StreetAgent]
    let map: StreetMap

    init(recording: StreetRecording, frame: Int) {
        self.recording = recording
        self.frame = frame
        tracks = recording.present(at: frame)
        agents = tracks.map { recording.agentFromPast($0, at: frame) }
        map = StreetMap(recording.lanes)
    }

    /// What was recorded around the moment: a second before, and up to `steps` steps of 0.1 s after.
    func judgedScene(name: String, steps: Int) -> JudgedScene {
        let judged = tracks.map { index in
            let track = recording.tracks[index]
            let frames = track.frames.clamped(to: frame - SmoothedDerivatives.reach..<frame + steps + 1)
            let poses = frames.map { frame in
                let at = frame - track.firstFrame
                return pose(track.places[at], track.facings[at], track.length, track.width)
            }
            let past = frame - frames.lowerBound + 1
            return JudgedScene.Agent(
                id: track.id, length: track.length, width: track.width, past: Array(poses[..<past]),
                future: Array(poses[past...]))
        }
        return JudgedScene(name: name, source: recording.source, agents: judged)
    }

    func simulatedScene(_ poses: [StreetPose], rollouts: Int, steps: Int) -> SimulatedScene {
        SimulatedScene(
            rollouts: rollouts, steps: steps, agents: agents.count,
            poses: poses.enumerated().map { index, pose in
                let agent = agents[index % agents.count]
                return self.pose(pose.place, pose.facing, agent.length, agent.width)
            })
    }

    private func pose(_ place: Point, _ facing: Point, _ length: Double, _ width: Double) -> Pose {
        let ahead = (0.5 * length) * facing, left = (0.5 * width) * facing.leftward
        let corners = [place + ahead + left, place + ahead - left, place - ahead + left, place - ahead - left]
        return Pose(
            x: place.x, y: place.y, heading: atan2(facing.y, facing.x),
            roadEdge: corners.reduce(-.infinity) { max($0, map.area.signedDistance($1)) })
    }
}
