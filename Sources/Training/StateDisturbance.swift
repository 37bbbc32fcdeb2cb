import WorldModel

/// A small error in one agent's state, and how a driver corrects it.
///
/// In closed loop a model sees states that no human was in, because its own small errors add up. So a
/// share of the decisions is read off from a disturbed state, with the recorded motion plus a
/// critically damped return (ë = -ω²e - 2ωė) as the answer (Bansal et al., "ChauffeurNet", 2019, use
/// the same idea).
package struct StateDisturbance {
    /// Standard deviations: position and speed along, offset and speed across, accelerations of the past.
    private static let along: Float = 0.7, speed: Float = 0.4, across: Float = 0.2
    private static let lateralSpeed: Float = 0.12, pastAcceleration: Float = 0.3
    /// Angular frequencies of the return, 1/s: gaps are corrected over several seconds, offsets in two.
    private static let alongFrequency: Float = 0.35, acrossFrequency: Float = 1.1

    private let along: Float
    private let speed: Float
    private let across: Float
    private let lateralSpeed: Float
    private let recentAcceleration: Float
    private let olderAcceleration: Float
    private let olderLateralSpeed: Float
    private let isStrayed: Bool

    /// - Parameter speed: the agent's own; who hardly moves is hardly disturbed.
    init(speed current: Float, random: inout TrainingRandom) {
        let size = min(1, current / 5)
        along = Self.along * size * random.normal()
        speed = max(Self.speed * size * random.normal(), -current)
        across = Self.across * size * random.normal()
        lateralSpeed = Self.lateralSpeed * size * random.normal()
        recentAcceleration = Self.pastAcceleration * size * random.normal()
        olderAcceleration = Self.pastAcceleration * size * random.normal()
        olderLateralSpeed = Self.lateralSpeed * size * random.normal()
        isStrayed = false
    }

    /// A driver far from where and how fast he was recorded: too slow by any share of his speed, and behind or
    /// ahead by a part of the room that there is. Imitation alone never sees such drivers, because people
    /// don't stray so; without them nothing tells a model that strayed to go back to speed.
    ///
    /// - Parameters:
    ///   - behind, ahead: gaps to follower and leader, metres; infinite where nobody is.
    package init(
        strayedFrom agent: InitialAgent, behind: Float, ahead: Float, motion: MotionProfile,
        random: inout TrainingRandom
    ) {
        let back = 0.5 * max(0, min(behind - 2, 40)), forth = 0.4 * max(0, min(ahead - 2, 20))
        along = random.uniform() * (back + forth) - back
        let slower = random.uniform() < 0.7
        speed = slower
            ? -agent.speed * random.uniform() : max(1.5 * random.normal(), -agent.speed)
        across = Self.across * random.normal() * min(1, agent.speed / 5)
        lateralSpeed = 0
        olderLateralSpeed = 0
        // What he has done lately: nothing, or part of the way back.
        let wanted = Self.humanly(
            Self.correction(along, speed, Self.alongFrequency) + motion.along[0], speed: agent.speed + speed)
        let past = wanted * random.uniform() + 0.2 * random.normal()
        recentAcceleration = past - agent.recentAcceleration
        olderAcceleration = past - agent.olderAcceleration
        isStrayed = true
    }

    /// The difference between two states of one agent.
    init(from recorded: InitialAgent, to disturbed: InitialAgent) {
        along = disturbed.s - recorded.s
        speed = disturbed.speed - recorded.speed
        across = disturbed.d - recorded.d
        lateralSpeed = disturbed.lateralSpeed - recorded.lateralSpeed
        recentAcceleration = disturbed.recentAcceleration - recorded.recentAcceleration
        olderAcceleration = disturbed.olderAcceleration - recorded.olderAcceleration
        olderLateralSpeed = disturbed.olderLateralSpeed - recorded.olderLateralSpeed
        isStrayed = false
    }

    func isWithin(along farthestAlong: Float, across farthestAcross: Float) -> Bool {
        along.magnitude <= farthestAlong && across.magnitude <= farthestAcross
    }

    package func applied(to agent: InitialAgent) -> InitialAgent {
        var agent = agent
        agent.s += along
        agent.d += across
        agent.speed += speed
        agent.lateralSpeed += lateralSpeed
        agent.acceleration += recentAcceleration
        agent.recentAcceleration += recentAcceleration
        agent.olderAcceleration += olderAcceleration
        agent.olderLateralSpeed += olderLateralSpeed
        return agent
    }

    /// The recorded motion with the return added.
    ///
    /// - Parameter current: the disturbed agent's speed, m/s.
    package func recovery(_ profile: MotionProfile, speed current: Float) -> MotionProfile {
        var result = profile
        Self.addReturn(position: along, rate: speed, frequency: Self.alongFrequency, to: &result.along)
        if isStrayed { result.along = result.along.map { Self.humanly($0, speed: current) } }
        Self.addReturn(
            position: across, rate: lateralSpeed, frequency: Self.acrossFrequency, to: &result.across)
        return result
    }

    private static func correction(_ position: Float, _ rate: Float, _ frequency: Float) -> Float {
        -frequency * frequency * position - 2 * frequency * rate
    }

    /// Within what people do: they brake at up to 3 m/s² without need, and speed up at up to 1.8 m/s² from
    /// standing, less the faster they drive (Bokare and Maurya 2017 measured 1 to 2 m/s², falling with speed).
    private static func humanly(_ acceleration: Float, speed: Float) -> Float {
        acceleration.limited(-3, 1.8 - 0.035 * min(speed, 40))
    }

    private static func addReturn(
        position: Float, rate: Float, frequency: Float, to accelerations: inout [Float]
    ) {
        var position = position, rate = rate
        for step in accelerations.indices {
            let correction = correction(position, rate, frequency)
            accelerations[step] += correction
            rate += correction * MotionVocabulary.stepSeconds
            position += rate * MotionVocabulary.stepSeconds
        }
    }
}
