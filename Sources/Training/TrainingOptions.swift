import TrafficData

/// What to train, on what, and for how long.
public struct TrainingOptions: Sendable {
    /// Folder with the recordings, see `TrafficDataSet.load`.
    public var dataFolder: String
    /// Which recordings are learned from.
    public var sources: Set<RecordingSource> = [.us101, .i24, .i80]
    /// Everything drawn by chance follows from it.
    public var seed: UInt64 = 1
    /// Passes over the recordings.
    public var epochs = 60
    /// Decisions per update: a multiple of 128.
    public var batchSize = 1024
    /// Widths of the hidden layers: multiples of 16.
    public var hiddenWidths = [112, 112]
    /// Profiles of the vocabulary: multiples of 16, up to 256.
    public var longitudinalProfiles = 64
    public var lateralProfiles = 32
    /// Highest learning rate; it rises over the first 5 % of the updates and falls to zero as a cosine.
    public var learningRate: Float = 2e-3
    /// Decay of the weights per unit of learning rate. High, because the recordings are few: on their
    /// validation part 1.5 gave a lower loss than 0.02, 0.2, 3 and 6.
    public var weightDecay: Float = 1.5
    /// Share of decisions that are also read off from a disturbed state; see `StateDisturbance`.
    public var disturbedShare: Float = 0
    /// Share of decisions that are also read off from far astray, mostly too slow; see `StateDisturbance`.
    public var strayedShare: Float = 0.25
    /// Share of frames that are also read slowed down; see `SlowedTraffic`.
    public var slowedShare: Float = 0.7
    /// Of each slowed frame's vehicles, the largest share that is taken away; see `SlowedTraffic`.
    public var thinnedShare: Float = 0.5
    /// Share of recorded frames that are read as if nobody were missing from them, but for drivers who are held
    /// back by nobody; see `Situation.gather` and `SlowedTraffic.isHeldBack`.
    public var wholeShare: Float = 0.25
    /// Share of frames that are also read with states estimated from the past alone, as simulations of
    /// recorded scenes begin.
    public var estimatedShare: Float = 0
    /// Share of drivers whose traits the network sees.
    public var knownTraitsShare: Float = 0.5
    /// From this share of the epochs on, each epoch also learns from drives of the network itself; 1: never.
    /// See `ClosedLoopCollector`.
    public var closedLoopFrom: Float = 0.2
    /// Every how many frames such a drive begins.
    public var closedLoopStride = 8
    /// Tokens drawn at each decision of a drive, of which the one closest to the recording is executed.
    public var closedLoopChoices = 3
    /// Every how many frames decisions are read off.
    public var frameStride = 2
    /// Divides the logits of motion along the road when rollouts sample.
    public var temperature: Float = 1
    /// The same for motion across it. Below 1 courses are steadier, and lanes are changed less often than people do.
    public var lateralTemperature: Float = 1

    public init(dataFolder: String) { self.dataFolder = dataFolder }

    /// - Throws: `TrainingError.badOption`.
    func check() throws {
        func require(_ holds: Bool, _ option: String, _ expected: String) throws {
            guard holds else { throw TrainingError.badOption(option, expected: expected) }
        }
        try require((1...10_000).contains(epochs), "epochs", "1 to 10,000")
        try require(
            batchSize % 128 == 0 && (128...65_536).contains(batchSize), "batch size",
            "a multiple of 128 up to 65,536")
        try require((1...7).contains(hiddenWidths.count), "hidden layers", "1 to 7")
        for width in hiddenWidths {
            try require(
                width % 16 == 0 && (16...1024).contains(width), "hidden width",
                "a multiple of 16 up to 1,024")
        }
        for count in [longitudinalProfiles, lateralProfiles] {
            try require(
                count % 16 == 0 && (16...256).contains(count), "profiles", "a multiple of 16 up to 256")
        }
        try require(learningRate > 0 && learningRate <= 0.05, "learning rate", "above 0, up to 0.05")
        try require((0...20).contains(weightDecay), "weight decay", "0 to 20")
        try require((0...1).contains(disturbedShare), "disturbed share", "0 to 1")
        try require((0...1).contains(strayedShare), "strayed share", "0 to 1")
        try require((0...1).contains(slowedShare), "slowed share", "0 to 1")
        try require((0...1).contains(thinnedShare), "thinned share", "0 to 1")
        try require((0...1).contains(wholeShare), "whole share", "0 to 1")
        try require((0...1).contains(estimatedShare), "estimated share", "0 to 1")
        try require((0...1).contains(knownTraitsShare), "known traits share", "0 to 1")
        try require((0...1).contains(closedLoopFrom), "start of closed loop", "0 to 1")
        try require((1...1000).contains(closedLoopStride), "closed loop stride", "1 to 1,000")
        try require((1...64).contains(closedLoopChoices), "closed loop choices", "1 to 64")
        try require((1...100).contains(frameStride), "frame stride", "1 to 100")
        try require((0.01...10).contains(temperature), "temperature", "0.01 to 10")
        try require((0.01...10).contains(lateralTemperature), "lateral temperature", "0.01 to 10")
    }
}

/// Why a training run could not begin or go on.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    case badOption(String, expected: String)
    case noRecordings(folder: String)
    /// The CPU lacks fused multiply-adds, without which training would take days.
    case slowProcessor
    /// The loss was no number any more.
    case diverged(epoch: Int)

    public var description: String {
        switch self {
        case .badOption(let option, let expected): "training: \(option): expected \(expected)"
        case .noRecordings(let folder):
            "training: no freeway recordings for training and validation in \(folder); it should hold "
                + "commonroad/*.xml.gz or i24/*.json.gz, see README"
        case .slowProcessor:
            "training: this CPU lacks AVX2 and FMA (x86-64-v3); train on another machine"
        case .diverged(let epoch):
            "training: the loss is no number in epoch \(epoch); try a lower learning rate"
        }
    }
}
