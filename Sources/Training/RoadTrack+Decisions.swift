import TrafficData
import WorldModel

extension RoadTrack {
    /// The state at `frame` of the recording, as rollouts keep it: accelerations are means over the last
    /// and the last but one half second, as far as the track reaches back.
    func agent(at frame: Int) -> InitialAgent {
        let now = frame - firstFrame
        let before = max(0, now - MotionVocabulary.stepsPerToken)
        let long = max(0, now - 2 * MotionVocabulary.stepsPerToken)
        var agent = InitialAgent()
        agent.s = s[now]
        agent.d = d[now]
        agent.heading = heading[now]
        agent.speed = speed[now]
        agent.lateralSpeed = lateralSpeed[now]
        agent.acceleration = meanAcceleration(max(0, now - 1), now)
        agent.lateralAcceleration = now > 0 ? (lateralSpeed[now] - lateralSpeed[now - 1]) / MotionVocabulary.stepSeconds : 0
        agent.recentAcceleration = meanAcceleration(before, now)
        agent.olderAcceleration = meanAcceleration(long, before)
        agent.olderLateralSpeed = lateralSpeed[before]
        agent.length = length
        agent.width = width
        agent.kind = Float(kind.rawValue)
        return agent
    }

    private func meanAcceleration(_ from: Int, _ to: Int) -> Float {
        guard to > from else { return 0 }
        return (speed[to] - speed[from]) / (Float(to - from) * MotionVocabulary.stepSeconds)
    }

    /// The motion executed in the half second after `frame`: accelerations along and across, m/s².
    package func profile(after frame: Int, mirrored: Bool) -> MotionProfile {
        let now = frame - firstFrame
        let side: Float = mirrored ? -1 : 1
        var profile = MotionProfile()
        for step in 0..<MotionVocabulary.stepsPerToken {
            let next = now + step + 1
            profile.along[step] = (speed[next] - speed[next - 1]) / MotionVocabulary.stepSeconds
            profile.across[step] =
                side * (lateralSpeed[next] - lateralSpeed[next - 1]) / MotionVocabulary.stepSeconds
        }
        return profile
    }

    /// True where a decision can be read off: a second of history and half a second of what came then.
    package func holdsDecision(at frame: Int) -> Bool {
        let now = frame - firstFrame
        return now >= 2 * MotionVocabulary.stepsPerToken && now + MotionVocabulary.stepsPerToken < frameCount
    }
}

extension RoadRecording {
    /// `agent` with its state as what was recorded up to `frame` shows it: less exact than the smoothed
    /// state, and how simulations of recorded scenes begin. Unchanged for tracks without recorded samples.
    func estimate(_ agent: InitialAgent, of track: Int, at frame: Int) -> InitialAgent {
        guard tracks[track].recordedS.count == tracks[track].frameCount else { return agent }
        guard let estimate = estimateFromPast(of: track, at: frame) else { return agent }
        var agent = agent
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
        return agent
    }
}

extension InitialAgent {
    /// The agent as a mirror shows it.
    var mirrored: InitialAgent {
        var agent = self
        agent.d = -d
        agent.heading = -heading
        agent.lateralSpeed = -lateralSpeed
        agent.lateralAcceleration = -lateralAcceleration
        agent.olderLateralSpeed = -olderLateralSpeed
        return agent
    }
}

/// Half a second of recorded motion, m/s² per step of 0.1 s.
package struct MotionProfile: Sendable {
    package var along = [Float](repeating: 0, count: MotionVocabulary.stepsPerToken)
    package var across = [Float](repeating: 0, count: MotionVocabulary.stepsPerToken)

    /// No change of speed at all.
    package init() {}
}
