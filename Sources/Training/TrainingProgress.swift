/// What a training run reports while it goes on.
public enum TrainingProgress: Sendable, CustomStringConvertible {
    /// Recordings and drivers for training and for validation.
    case data(
        trainingRecordings: Int, trainingDrivers: Int, validationRecordings: Int, validationDrivers: Int)
    /// Distance between executed tokens and recorded motions after half a second on the validation
    /// recordings, metres: mean and the value that 95 % stay below, along and across the road.
    case vocabulary(meanAlong: Float, high95Along: Float, meanAcross: Float, high95Across: Float)
    /// Likelihoods to beat on the validation recordings, nats per decision.
    case baselines(uniform: Double, frequencies: Double)
    case epoch(EpochReport)

    public struct EpochReport: Sendable, Equatable {
        public var epoch: Int
        public var epochs: Int
        public var decisions: Int
        /// Mean negative log likelihood per decision, nats: of the training samples as they went by.
        public var trainingLoss: Double
        /// Of undisturbed validation samples, drivers unknown: both heads, and each.
        public var validationLoss: Double
        public var validationLongitudinal: Double
        public var validationLateral: Double
    }

    public var description: String {
        switch self {
        case .data(let recordings, let drivers, let validation, let validationDrivers):
            return "data: \(recordings) recordings with \(drivers) drivers for training, "
                + "\(validation) with \(validationDrivers) for validation"
        case .vocabulary(let meanAlong, let highAlong, let meanAcross, let highAcross):
            return "vocabulary: error after 0.5 s along \(cm(meanAlong)) (95 %: \(cm(highAlong))), "
                + "across \(cm(meanAcross)) (95 %: \(cm(highAcross)))"
        case .baselines(let uniform, let frequencies):
            return "baselines, nats per decision: uniform \(nats(uniform)), frequencies \(nats(frequencies))"
        case .epoch(let report):
            return "epoch \(report.epoch)/\(report.epochs): \(report.decisions) decisions, training "
                + "\(nats(report.trainingLoss)), validation \(nats(report.validationLoss)) "
                + "(along \(nats(report.validationLongitudinal)), across \(nats(report.validationLateral)))"
        }
    }

    private func cm(_ metres: Float) -> String { "\((metres * 1000).rounded() / 10) cm" }
    private func nats(_ value: Double) -> String { TrainingProgress.rounded(value) }

    /// Four decimals.
    static func rounded(_ value: Double) -> String { String((value * 10_000).rounded() / 10_000) }
}
