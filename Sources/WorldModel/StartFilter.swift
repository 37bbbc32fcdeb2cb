/// How a simulation of a recorded moment begins: a vehicle's state, read off the last second of its recorded positions.
///
/// Linear in the samples, learned by least squares from recordings, where the future shows what was true. NGSIM's
/// position errors last from frame to frame and its speeds were smoothed by somebody: what that does to a state,
/// regression finds out without a model of it.
public struct StartFilter: Sendable, Equatable {
    /// Positions that are read, 0.1 s apart, the present one last.
    public static let samples = 11
    /// The inputs of either direction.
    public static let inputs = 10
    public static let alongOutputs = 5, acrossOutputs = 4
    /// Position, speed and acceleration are in doubt.
    public static let doubts = 3

    /// `[input * alongOutputs + output]`. Inputs: how far samples 2 to 10 lie ahead of a uniform motion from the first to
    /// the last, metres, and the file's speed less that motion's, m/s. Outputs: position less the last sample,
    /// metres; speed less the uniform motion's, m/s; acceleration now, over the last half second, and over the one
    /// before, m/s².
    public var along: [Float]
    /// `[input * acrossOutputs + output]`. Inputs: samples 1 to 10 less the last, metres. Outputs: position less the last
    /// sample, metres; speed, m/s; acceleration, m/s²; speed half a second ago, m/s.
    public var across: [Float]
    /// How far position, speed and acceleration may be off, together: lower triangular root of their errors'
    /// covariance, `[doubts * doubts]`.
    public var alongDoubt: [Float]
    public var acrossDoubt: [Float]

    public init(along: [Float], across: [Float], alongDoubt: [Float], acrossDoubt: [Float]) {
        self.along = along
        self.across = across
        self.alongDoubt = alongDoubt
        self.acrossDoubt = acrossDoubt
    }

    /// Motion along the road: metres, m/s, m/s².
    public struct Along: Sendable, Equatable {
        public var position: Double
        public var speed: Double
        public var acceleration: Double
        /// Means over the last half second and the one before.
        public var recentAcceleration: Double
        public var olderAcceleration: Double
    }

    /// Motion across it.
    public struct Across: Sendable, Equatable {
        public var position: Double
        public var speed: Double
        public var acceleration: Double
        /// Half a second ago.
        public var olderSpeed: Double
    }

    /// - Parameters:
    ///   - positions: `samples` of them, metres.
    ///   - fileSpeed: the speed that the recording gives for the last one, m/s.
    public func along(_ positions: [Double], fileSpeed: Double) -> Along {
        let (inputs, speed) = Self.alongInputs(positions, fileSpeed: fileSpeed)
        let read = Self.product(inputs, along, outputs: Self.alongOutputs)
        return Along(
            position: positions[Self.samples - 1] + read[0], speed: speed + read[1], acceleration: read[2],
            recentAcceleration: read[3], olderAcceleration: read[4])
    }

    public func across(_ positions: [Double]) -> Across {
        let read = Self.product(Self.acrossInputs(positions), across, outputs: Self.acrossOutputs)
        return Across(
            position: positions[Self.samples - 1] + read[0], speed: read[1], acceleration: read[2], olderSpeed: read[3])
    }

    /// The inputs, and the speed of the uniform motion.
    package static func alongInputs(_ positions: [Double], fileSpeed: Double) -> (inputs: [Double], speed: Double) {
        let last = positions[samples - 1], step = (last - positions[0]) / Double(samples - 1), speed = 10 * step
        let ahead = (1..<samples - 1).map { positions[$0] - last + Double(samples - 1 - $0) * step }
        return (ahead + [fileSpeed - speed], speed)
    }

    package static func acrossInputs(_ positions: [Double]) -> [Double] {
        (0..<samples - 1).map { positions[$0] - positions[samples - 1] }
    }

    private static func product(_ inputs: [Double], _ matrix: [Float], outputs: Int) -> [Double] {
        (0..<outputs).map { output in
            inputs.enumerated().reduce(0) { $0 + $1.element * Double(matrix[$1.offset * outputs + output]) }
        }
    }
}

extension StartFilter {
    /// The filter as tensors of a weights file.
    var tensors: [String: SafetensorsFile.Tensor] {
        [
            "start.along": .init(shape: [Self.inputs, Self.alongOutputs], values: along),
            "start.across": .init(shape: [Self.inputs, Self.acrossOutputs], values: across),
            "start.along_doubt": .init(shape: [Self.doubts, Self.doubts], values: alongDoubt),
            "start.across_doubt": .init(shape: [Self.doubts, Self.doubts], values: acrossDoubt),
        ]
    }

    /// - Returns: nil where the file has none of these tensors.
    init?(file: SafetensorsFile) throws(SafetensorsError) {
        guard file.tensors.keys.contains(where: { $0.hasPrefix("start.") }) else { return nil }
        // Accelerations come of centimetres, so coefficients are some hundreds at most.
        let largest: Float = 1e4, doubts = [Self.doubts, Self.doubts]
        self.init(
            along: try file.tensor("start.along", shape: [Self.inputs, Self.alongOutputs], atMost: largest).values,
            across: try file.tensor("start.across", shape: [Self.inputs, Self.acrossOutputs], atMost: largest).values,
            alongDoubt: try file.tensor("start.along_doubt", shape: doubts, atMost: 100).values,
            acrossDoubt: try file.tensor("start.across_doubt", shape: doubts, atMost: 100).values)
    }
}
