import WorldModel

/// A small error in one agent's state, and how a driver corrects it.
///
/// In closed loop a model sees states that no human was in, because its own small errors add up. So a
/// share of the decisions is read off from a disturbed state, with the recorded motion plus a
/// critically damped return (ë = -ω²e - 2ωė) as the answer (Bansal et al., "ChauffeurNet", 2019, use
/// the same idea).
struct StateDisturbance {
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
    }

    func isWithin(along farthestAlong: Float, across farthestAcross: Float) -> Bool {
        along.magnitude <= farthestAlong && across.magnitude <= farthestAcross
    }

    func applied(to agent: InitialAgent) -> InitialAgent {
        var agent = agent
        agent.s += along
        agent.d += across
        agent.speed += speed
        agent.lateralSpeed += lateralSpeed
        agent.recentAcceleration += recentAcceleration
        agent.olderAcceleration += olderAcceleration
        agent.olderLateralSpeed += olderLateralSpeed
        return agent
    }

    /// The recorded motion with the return added.
    func recovery(_ profile: MotionProfile) -> MotionProfile {
        var result = profile
        Self.addReturn(position: along, rate: speed, frequency: Self.alongFrequency, to: &result.along)
        Self.addReturn(
            position: across, rate: lateralSpeed, frequency: Self.acrossFrequency, to: &result.across)
        return result
    }

    private static func addReturn(
        position: Float, rate: Float, frequency: Float, to accelerations: inout [Float]
    ) {
        var position = position, rate = rate
        for step in accelerations.indices {
            let correction = -frequency * frequency * position - 2 * frequency * rate
            accelerations[step] += correction
            rate += correction * MotionVocabulary.stepSeconds
            position += rate * MotionVocabulary.stepSeconds
        }
    }
}
