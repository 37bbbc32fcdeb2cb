/// The world model's units of action. A motion token is half a second of motion, executed in five steps
/// of 0.1 s: one longitudinal profile (accelerations) and one lateral profile (changes of the speed
/// across the lane), both cluster centres of recorded driving.
///
/// The network gives one probability to each longitudinal and each lateral profile; a token is a pair,
/// so 64 × 32 profiles make 2,048 tokens from 96 outputs.
public struct MotionVocabulary: Sendable, Equatable {
    /// Steps of 0.1 s in a token.
    public static let stepsPerToken = 5
    /// Duration of a step, seconds.
    public static let stepSeconds: Float = 0.1

    /// `[profile * 5 + step]`: acceleration along the heading, m/s².
    public var longitudinal: [Float]
    /// `[profile * 5 + step]`: acceleration across the lane, m/s².
    public var lateral: [Float]

    public var longitudinalCount: Int { longitudinal.count / Self.stepsPerToken }
    public var lateralCount: Int { lateral.count / Self.stepsPerToken }

    /// Counts are multiples of 8, from 8 to 256.
    public init(longitudinal: [Float], lateral: [Float]) {
        self.longitudinal = longitudinal
        self.lateral = lateral
    }
}
