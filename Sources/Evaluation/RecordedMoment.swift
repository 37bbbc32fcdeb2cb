import Foundation
import ReproducibleMath
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
    /// How far these estimates may be off.
    private let doubts: [StateDoubt]
    private let edges: RoadEdges

    /// - Parameter filter: reads noisy recordings; without it, and for whoever hasn't been recorded for a second, a
    ///   parabola does.
    init(recording: RoadRecording, frame: Int, filter: StartFilter?) {
        var tracks: [Int] = []
        var initial: [InitialAgent] = []
        var doubts: [StateDoubt] = []
        for track in recording.tracks.indices {
            guard let (agent, doubt) = recording.agentFromPast(of: track, at: frame, filter) else { continue }
            tracks.append(track)
            initial.append(agent)
            doubts.append(doubt)
        }
        self.recording = recording
        self.frame = frame
        self.tracks = tracks
        self.initial = initial
        self.doubts = doubts
        edges = RoadEdges(recording.corridor)
    }

    /// The states with which a rollout begins: drawn from what the past leaves open, because nobody knows
    /// a recorded vehicle's speed to the centimetre from one second of noisy positions.
    func start(rollout: Int, seed: UInt64) -> [InitialAgent] {
        let random = CounterRandom(seed: seed, scenario: UInt64(rollout))
        return zip(initial, doubts).enumerated().map { index, known in
            var (agent, doubt) = known
            let along = doubt.along.draw(random, agent: UInt32(index), step: 0)
            let across = doubt.across.draw(random, agent: UInt32(index), step: 1)
            agent.s += along.position
            agent.speed = max(0, agent.speed + along.speed)
            agent.acceleration += along.acceleration
            agent.recentAcceleration += along.acceleration
            agent.olderAcceleration += along.acceleration
            let trust = (agent.speed - 1).limited(0, 2) * 0.5
            agent.d += trust * across.position
            agent.lateralSpeed += trust * across.speed
            agent.lateralAcceleration += trust * across.acceleration
            agent.olderLateralSpeed += trust * (across.speed - 0.5 * across.acceleration)
            if agent.speed > 3 { agent.heading = Elementary.smallArcTangent(agent.lateralSpeed / agent.speed) }
            return agent
        }
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
    /// How much of a parabola's doubt is drawn: the samples' errors last from frame to frame, which its covariance
    /// takes for independent. Tuned on validation scenes.
    private static let alongDoubt: Float = 0.8, acrossDoubt: Float = 0.3

    /// A track as simulations begin with it, from the past only; nil where it is not recorded at `frame`.
    fileprivate func agentFromPast(
        of track: Int, at frame: Int, _ filter: StartFilter?
    ) -> (InitialAgent, StateDoubt)? {
        guard let (estimate, doubt) = estimate(of: track, at: frame, filter) else { return nil }
        var agent = InitialAgent()
        agent.s = estimate.state.s
        agent.d = estimate.state.d
        agent.heading = estimate.state.heading
        agent.speed = estimate.state.speed
        agent.lateralSpeed = estimate.state.lateralSpeed
        agent.acceleration = estimate.state.acceleration
        agent.lateralAcceleration = estimate.lateralAcceleration
        agent.recentAcceleration = estimate.recentAcceleration
        agent.olderAcceleration = estimate.olderAcceleration
        agent.olderLateralSpeed = estimate.olderLateralSpeed
        agent.length = tracks[track].length
        agent.width = tracks[track].width
        agent.kind = Float(tracks[track].kind.rawValue)
        return (agent, doubt)
    }

    private func estimate(of track: Int, at frame: Int, _ filter: StartFilter?) -> (StateEstimate, StateDoubt)? {
        if let filter, source.isNGSIM, let second = tracks[track].lastSecond(at: frame) {
            let (along, alongErrors) = filter.along(second.s, speeds: second.speed)
            let (across, acrossErrors) = filter.across(second.d, headingSpeed: second.lateralSpeed)
            let road = 1 - corridor.curvature(at: along.position) * across.position
            let estimate = StateEstimate(
                state: RoadState(along: along, across: across, corridor: corridor),
                lateralAcceleration: Float(across.acceleration),
                recentAcceleration: Float(along.recentAcceleration * road),
                olderAcceleration: Float(along.olderAcceleration * road),
                olderLateralSpeed: Float(across.olderSpeed), along: StateSpread(), across: StateSpread())
            return (estimate, StateDoubt(along: .errors(alongErrors), across: .errors(acrossErrors)))
        }
        guard let estimate = estimateFromPast(of: track, at: frame) else { return nil }
        let doubt = StateDoubt(
            along: .spread(estimate.along.scaled(by: Self.alongDoubt)),
            across: .spread(estimate.across.scaled(by: Self.acrossDoubt)))
        return (estimate, doubt)
    }
}

/// How far an estimated state may be off, along and across the road.
fileprivate struct StateDoubt {
    let along: MotionDoubt
    let across: MotionDoubt
}

/// The same for one direction: as a parabola's covariance has it, or as a learned filter's readings were off.
fileprivate enum MotionDoubt {
    case spread(StateSpread)
    case errors(StartFilter.Errors)

    /// What it is off by, for one agent in one rollout.
    func draw(_ random: CounterRandom, agent: UInt32, step: UInt32) -> (position: Float, speed: Float, acceleration: Float) {
        switch self {
        case .spread(let spread): spread.draw(random.normals(agent: agent, step: step, purpose: .evaluation))
        case .errors(let errors): errors.draw(random.uniforms(agent: agent, step: step, purpose: .evaluation).x)
        }
    }
}

extension StartFilter.Along: MotionFit {}
extension StartFilter.Across: MotionFit {}
