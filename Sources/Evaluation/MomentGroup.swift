import Foundation
import RoadNetwork
import Rollout
import RolloutState
import StreetTraffic
import TrafficData
import WorldModel

/// A moment of a scene to simulate from: a carriageway in road coordinates, or a map of streets.
enum MomentGroup {
    case carriageway(RecordedMoment)
    case streets(StreetMoment)

    /// Everybody of a scene at `tenth` tenths of a second of scene time, from what was recorded up to then.
    static func all(of file: SceneFile, at tenth: Int, filter: StartFilter?) throws -> [MomentGroup] {
        let start = 0.1 * Double(tenth)
        return try file.carriageways.compactMap { recording in
            do {
                return try RecordedMoment(recording, at: start, filter: filter).map(MomentGroup.carriageway)
            } catch TrafficDataError.notOneCarriageway {
                let streets = try StreetRecording(recording.known(at: start))
                let moment = StreetMoment(recording: streets, frame: tenth)
                return moment.tracks.isEmpty ? nil : .streets(moment)
            }
        }
    }

    var agents: [FutureTracks.Agent] {
        switch self {
        case .carriageway(let moment):
            moment.tracks.map { index in
                let track = moment.recording.tracks[index]
                return .init(id: track.id, length: Double(track.length), width: Double(track.width))
            }
        case .streets(let moment):
            moment.tracks.map { index in
                let track = moment.recording.tracks[index]
                return .init(id: track.id, length: track.length, width: track.width)
            }
        }
    }

    var ids: [Int] { agents.map(\.id) }

    /// - Parameter start: scene time in tenths of a second.
    func roll(_ options: FuturesFile.Options, start: Int, steps: Int) throws -> FutureTracks {
        let agents = agents
        let ego = options.ego.flatMap { plan in agents.firstIndex { $0.id == plan.agent } }
        let plan = try ego.flatMap { ego in
            try options.ego?.tracks(start: 0.1 * Double(start), steps: steps, now: present(ego))
        }
        var tracks = FutureTracks(agents: agents, rollouts: options.rollouts, steps: steps, poses: [])
        switch self {
        case .carriageway(let moment):
            tracks.poses = try moment.futures(options, steps: steps, ego: ego, plan: plan)
        case .streets(let moment):
            tracks.poses = try moment.futures(options, steps: steps, ego: ego, plan: plan)
        }
        if let ego, let plan {
            // Exactly as planned, not as road coordinates round it.
            for rollout in 0..<options.rollouts {
                for step in 0..<steps { tracks.poses[(rollout * steps + step) * agents.count + ego] = plan[step] }
            }
        }
        return tracks
    }

    /// Where an agent is at the start.
    private func present(_ agent: Int) -> FuturePose {
        switch self {
        case .carriageway(let moment):
            let state = moment.initial[agent]
            let on = moment.recording.corridor.point(s: Double(state.s), d: Double(state.d))
            return FuturePose(
                x: on.point.x, y: on.point.y, heading: on.heading + Double(state.heading),
                speed: Double(state.speed))
        case .streets(let moment):
            let state = moment.agents[agent]
            return FuturePose(
                x: state.place.x, y: state.place.y, heading: atan2(state.facing.y, state.facing.x),
                speed: state.speed)
        }
    }
}

extension RecordedMoment {
    fileprivate func futures(
        _ options: FuturesFile.Options, steps: Int, ego: Int?, plan: [FuturePose]?
    ) throws -> [FuturePose] {
        let corridor = recording.corridor
        let simulator = try FuturesSimulator(worldModel: options.worldModel)
        var forced: FuturesSimulator.Plan?
        if let ego, let plan {
            forced = .init(
                agent: ego,
                states: plan.map { pose in
                    let road = corridor.roadCoordinates(of: Point(x: pose.x, y: pose.y))
                    let heading = (pose.heading - road.heading).remainder(dividingBy: 2 * .pi)
                    return .init(
                        s: Float(road.s), d: Float(road.d), heading: Float(heading), speed: Float(pose.speed))
                })
        }
        let futures = simulator.roll(
            agents: initial, corridor: corridor, controller: options.controller, rollouts: options.rollouts,
            steps: steps, seed: options.seed,
            starts: options.controller == .worldModel ? { start(rollout: $0, seed: options.seed) } : nil,
            plan: forced)
        return futures.s.indices.map { index in
            let on = corridor.point(s: Double(futures.s[index]), d: Double(futures.d[index]))
            return FuturePose(
                x: on.point.x, y: on.point.y, heading: on.heading + Double(futures.heading[index]),
                speed: Double(futures.speed[index]))
        }
    }
}

extension StreetMoment {
    fileprivate func futures(
        _ options: FuturesFile.Options, steps: Int, ego: Int?, plan: [FuturePose]?
    ) throws -> [FuturePose] {
        let controller: StreetSimulator.Controller =
            switch options.controller {
            case .worldModel: .learned(try options.streetDriver ?? .shipped())
            case .constantVelocity: .constantVelocity
            default: .intelligentDriver
            }
        let simulator = StreetSimulator(map: map, agents: agents, controller: controller)
        var forced: StreetSimulator.Plan?
        if let ego, let plan {
            forced = .init(
                agent: ego,
                poses: plan.map {
                    StreetPose(
                        place: Point(x: $0.x, y: $0.y), facing: Point(x: cos($0.heading), y: sin($0.heading)),
                        speed: $0.speed)
                })
        }
        return simulator.roll(rollouts: options.rollouts, steps: steps, seed: options.seed, plan: forced).map {
            FuturePose(
                x: $0.place.x, y: $0.place.y, heading: atan2($0.facing.y, $0.facing.x), speed: $0.speed)
        }
    }
}
