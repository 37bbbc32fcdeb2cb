/// How a simulation of a recorded moment begins: a vehicle's state, read off the last second of its recorded positions.
///
/// Linear in what the file gives, learned by least squares from recordings, where the future shows what was true. NGSIM's
/// position errors last from frame to frame, its speeds and headings were smoothed by somebody: what that does to a
/// state, regression finds out without a model of it.
public struct StartFilter: Sendable, Equatable {
    /// Positions that are read, 0.1 s apart, the present one last.
    public static let samples = 11
    public static let alongInputs = 20, acrossInputs = 11
    public static let alongOutputs = 5, acrossOutputs = 4
    /// Vehicles are told apart by how far the last second was from a uniform motion: some of NGSIM's are drawn with a ruler.
    public static let classes = 4
    /// Errors that are kept for each class, of position, speed and acceleration.
    public static let errorsKept = 128, errorSize = 3

    /// How one direction is read.
    public struct Direction: Sendable, Equatable {
        /// From this unrest on a vehicle belongs to the next class, metres: `classes - 1`, ascending.
        public var unrest: [Float]
        /// `[class, input, output]`
        public var coefficients: [Float]
        /// What was wrong with readings of recordings, `[class, errorsKept, errorSize]`: metres, m/s, m/s².
        public var errors: [Float]

        public init(unrest: [Float], coefficients: [Float], errors: [Float]) {
            self.unrest = unrest
            self.coefficients = coefficients
            self.errors = errors
        }

        func read(_ inputs: [Double], unrest: Double, outputs: Int) -> (outputs: [Double], errors: Errors) {
            let kind = kind(unrest)
            let first = kind * inputs.count * outputs
            let read = (0..<outputs).map { output in
                inputs.enumerated().reduce(0) {
                    $0 + $1.element * Double(coefficients[first + $1.offset * outputs + output])
                }
            }
            let size = StartFilter.errorsKept * StartFilter.errorSize
            return (read, Errors(values: errors[kind * size..<(kind + 1) * size]))
        }

        package func kind(_ unrest: Double) -> Int { self.unrest.count { Double($0) <= unrest } }
    }

    /// How far readings of one class have been off.
    public struct Errors: Sendable, Equatable {
        fileprivate let values: ArraySlice<Float>

        /// One of them, by a number from 0 to 1.
        public func draw(_ uniform: Float) -> (position: Float, speed: Float, acceleration: Float) {
            let count = values.count / StartFilter.errorSize
            let first = values.startIndex + min(Int(uniform * Float(count)), count - 1) * StartFilter.errorSize
            return (values[first], values[first + 1], values[first + 2])
        }
    }

    /// Inputs along the road: how far samples 2 to 10 lie ahead of a uniform motion from the first to the last, metres, and
    /// the file's speeds less that motion's, m/s. Outputs: position less the last sample, metres; speed less the
    /// uniform motion's, m/s; acceleration now, over the last half second, and over the one before, m/s².
    public var along: Direction
    /// Inputs across it: samples 1 to 10 less the last, metres, and the speed by the file's heading, m/s. Outputs: position
    /// less the last sample, metres; speed, m/s; acceleration, m/s²; speed half a second ago, m/s.
    public var across: Direction
    /// What the speed by the heading is expected to be, for files without headings: shares of samples 1 to 10 less the last.
    public var headingSpeed: [Float]

    public init(along: Direction, across: Direction, headingSpeed: [Float]) {
        self.along = along
        self.across = across
        self.headingSpeed = headingSpeed
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
    ///   - speeds: what the recording gives for each of them, m/s.
    public func along(_ positions: [Double], speeds: [Double]) -> (Along, Errors) {
        let (inputs, speed) = Self.alongInputs(positions, speeds: speeds)
        let (read, errors) = along.read(inputs, unrest: Self.unrest(positions), outputs: Self.alongOutputs)
        let motion = Along(
            position: positions[Self.samples - 1] + read[0], speed: speed + read[1], acceleration: read[2],
            recentAcceleration: read[3], olderAcceleration: read[4])
        return (motion, errors)
    }

    /// - Parameter headingSpeed: speed across by the file's speed and heading at the last position, m/s; nil where it gives
    ///   none.
    public func across(_ positions: [Double], headingSpeed known: Double?) -> (Across, Errors) {
        let samples = Self.acrossSamples(positions)
        let expected = zip(samples, headingSpeed).reduce(0) { $0 + $1.0 * Double($1.1) }
        let (read, errors) = across.read(
            samples + [known ?? expected], unrest: Self.unrest(positions), outputs: Self.acrossOutputs)
        let motion = Across(
            position: positions[Self.samples - 1] + read[0], speed: read[1], acceleration: read[2], olderSpeed: read[3])
        return (motion, errors)
    }

    /// The inputs, and the speed of the uniform motion.
    package static func alongInputs(_ positions: [Double], speeds: [Double]) -> (inputs: [Double], speed: Double) {
        let (ahead, step) = aheadOfUniform(positions)
        return (ahead + speeds.map { $0 - 10 * step }, 10 * step)
    }

    package static func acrossSamples(_ positions: [Double]) -> [Double] {
        (0..<samples - 1).map { positions[$0] - positions[samples - 1] }
    }

    /// How far the samples lie from a uniform motion, root of the mean square, metres.
    package static func unrest(_ positions: [Double]) -> Double {
        (aheadOfUniform(positions).ahead.reduce(0) { $0 + $1 * $1 } / Double(samples - 2)).squareRoot()
    }

    /// How far all samples but the first and the last lie ahead of a uniform motion between these, and its steps.
    private static func aheadOfUniform(_ positions: [Double]) -> (ahead: [Double], step: Double) {
        let last = positions[samples - 1], step = (last - positions[0]) / Double(samples - 1)
        return ((1..<samples - 1).map { positions[$0] - last + Double(samples - 1 - $0) * step }, step)
    }
}

extension StartFilter {
    private static let headingKey = "start.heading_speed"

    /// The filter as tensors of a weights file.
    var tensors: [String: SafetensorsFile.Tensor] {
        var result = [Self.headingKey: SafetensorsFile.Tensor(shape: [Self.samples - 1], values: headingSpeed)]
        for (name, direction, inputs, outputs) in [
            ("along", along, Self.alongInputs, Self.alongOutputs),
            ("across", across, Self.acrossInputs, Self.acrossOutputs),
        ] {
            result["start.\(name)"] = .init(shape: [Self.classes, inputs, outputs], values: direction.coefficients)
            result["start.\(name)_unrest"] = .init(shape: [Self.classes - 1], values: direction.unrest)
            result["start.\(name)_errors"] = .init(
                shape: [Self.classes, Self.errorsKept, Self.errorSize], values: direction.errors)
        }
        return result
    }

    /// - Returns: nil where the file has none of these tensors.
    init?(file: SafetensorsFile) throws(SafetensorsError) {
        guard file.tensors.keys.contains(where: { $0.hasPrefix("start.") }) else { return nil }
        // Accelerations come of centimetres, so coefficients are some hundreds at most.
        let largest: Float = 1e4
        func direction(_ name: String, inputs: Int, outputs: Int) throws(SafetensorsError) -> Direction {
            Direction(
                unrest: try file.tensor("start.\(name)_unrest", shape: [Self.classes - 1], atMost: 100).values,
                coefficients: try file.tensor(
                    "start.\(name)", shape: [Self.classes, inputs, outputs], atMost: largest).values,
                errors: try file.tensor(
                    "start.\(name)_errors", shape: [Self.classes, Self.errorsKept, Self.errorSize], atMost: 100).values)
        }
        self.init(
            along: try direction("along", inputs: Self.alongInputs, outputs: Self.alongOutputs),
            across: try direction("across", inputs: Self.acrossInputs, outputs: Self.acrossOutputs),
            headingSpeed: try file.tensor(Self.headingKey, shape: [Self.samples - 1], atMost: largest).values)
    }
}
