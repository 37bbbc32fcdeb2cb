import WorldModel

/// Finds the profile of a vocabulary that comes nearest to a recorded motion.
///
/// Two profiles are compared by the speeds they lead to at each of the five steps, because that is what
/// moves the vehicle: a profile that is right on average and wrong in detail is a small error.
package struct TokenCoder: Sendable {
    package let longitudinal: ProfileCoder
    package let lateral: ProfileCoder

    package init(_ vocabulary: MotionVocabulary) {
        longitudinal = ProfileCoder(profiles: vocabulary.longitudinal)
        lateral = ProfileCoder(profiles: vocabulary.lateral)
    }
}

/// One head's profiles as changes of speed since the decision, m/s.
package struct ProfileCoder: Sendable {
    /// Changes of speed after 0.1, 0.2 … 0.5 s; the last three places are zero.
    package typealias Speeds = SIMD8<Float>

    let centres: [Speeds]

    /// - Parameter profiles: `[profile * 5 + step]`, accelerations, m/s².
    init(profiles: [Float]) {
        let steps = MotionVocabulary.stepsPerToken
        centres = stride(from: 0, to: profiles.count, by: steps).map { start in
            Self.speeds(Array(profiles[start..<start + steps]))
        }
    }

    init(centres: [Speeds]) { self.centres = centres }

    static func speeds(_ accelerations: [Float]) -> Speeds {
        var speeds = Speeds(repeating: 0)
        var speed: Float = 0
        for (step, acceleration) in accelerations.enumerated() {
            speed += acceleration * MotionVocabulary.stepSeconds
            speeds[step] = speed
        }
        return speeds
    }

    static func accelerations(_ speeds: Speeds) -> [Float] {
        var before: Float = 0
        return (0..<MotionVocabulary.stepsPerToken).map { step in
            defer { before = speeds[step] }
            return (speeds[step] - before) / MotionVocabulary.stepSeconds
        }
    }

    package func nearest(to accelerations: [Float]) -> Int { nearest(to: Self.speeds(accelerations)).index }

    /// The nearest centre and its squared distance, (m/s)².
    func nearest(to speeds: Speeds) -> (index: Int, distance: Float) {
        var best = 0
        var least = Float.infinity
        for (index, centre) in centres.enumerated() {
            let difference = centre - speeds
            let distance = (difference * difference).sum()
            if distance < least {
                least = distance
                best = index
            }
        }
        return (best, least)
    }
}
