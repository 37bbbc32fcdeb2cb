import ArgumentParser
import Training

/// What `train` lets one choose about the learning itself; see `TrainingOptions`.
struct TrainingChoices: ParsableArguments {
    @Option(help: ArgumentHelp("Widths of the hidden layers, multiples of 16.", valueName: "N,N,…"))
    var widths: String?

    @Option(help: ArgumentHelp("Longitudinal and lateral profiles of the vocabulary.", valueName: "N,N"))
    var profiles: String?

    @Option(help: ArgumentHelp("Highest learning rate.", valueName: "X"))
    var learningRate: Float?

    @Option(help: ArgumentHelp("Decay of the weights per unit of learning rate.", valueName: "X"))
    var weightDecay: Float?

    @Option(help: ArgumentHelp("Every how many frames decisions are read off.", valueName: "N"))
    var frameStride: Int?

    @Option(help: ArgumentHelp("Share of decisions also read with a slightly disturbed state.", valueName: "X"))
    var disturbed: Float?

    @Option(help: ArgumentHelp("Share of decisions also read from far astray, mostly too slow.", valueName: "X"))
    var strayed: Float?

    @Option(help: ArgumentHelp("Share of frames also read with all traffic slowed down.", valueName: "X"))
    var slowed: Float?

    @Option(help: ArgumentHelp("The largest share of a slowed frame's vehicles that is taken away.", valueName: "X"))
    var thinned: Float?

    @Option(help: ArgumentHelp("Share of recorded frames read as if nobody were missing.", valueName: "X"))
    var whole: Float?

    @Option(help: ArgumentHelp("Share of frames also read with states estimated from the past.", valueName: "X"))
    var estimated: Float?

    @Option(help: ArgumentHelp("Share of drivers whose lasting traits the network sees.", valueName: "X"))
    var knownTraits: Float?

    @Option(help: ArgumentHelp("Share of the epochs before the network's own drives begin; 1: none.", valueName: "X"))
    var closedLoopFrom: Float?

    @Option(help: ArgumentHelp("Every how many frames such a drive begins.", valueName: "N"))
    var closedLoopStride: Int?

    @Option(help: ArgumentHelp("Of how many drawn tokens the one nearest to the recording is driven.", valueName: "N"))
    var closedLoopChoices: Int?

    @Option(help: ArgumentHelp("Divides the logits of motion along the road when rollouts sample.", valueName: "X"))
    var temperature: Float?

    @Option(help: ArgumentHelp("The same for motion across the road.", valueName: "X"))
    var lateralTemperature: Float?

    func validate() throws {
        if widths != nil, Self.numbers(widths) == nil { throw ValidationError("--widths takes numbers: 144,144") }
        if profiles != nil, Self.numbers(profiles)?.count != 2 {
            throw ValidationError("--profiles takes two numbers: 64,32")
        }
    }

    func apply(to options: inout TrainingOptions) {
        if let widths = Self.numbers(widths) { options.hiddenWidths = widths }
        if let profiles = Self.numbers(profiles) {
            (options.longitudinalProfiles, options.lateralProfiles) = (profiles[0], profiles[1])
        }
        if let learningRate { options.learningRate = learningRate }
        if let weightDecay { options.weightDecay = weightDecay }
        if let frameStride { options.frameStride = frameStride }
        if let disturbed { options.disturbedShare = disturbed }
        if let strayed { options.strayedShare = strayed }
        if let slowed { options.slowedShare = slowed }
        if let thinned { options.thinnedShare = thinned }
        if let whole { options.wholeShare = whole }
        if let estimated { options.estimatedShare = estimated }
        if let knownTraits { options.knownTraitsShare = knownTraits }
        if let closedLoopFrom { options.closedLoopFrom = closedLoopFrom }
        if let closedLoopStride { options.closedLoopStride = closedLoopStride }
        if let closedLoopChoices { options.closedLoopChoices = closedLoopChoices }
        if let temperature { options.temperature = temperature }
        if let lateralTemperature { options.lateralTemperature = lateralTemperature }
    }

    /// Whole numbers between commas; nil where something else stands there, or nothing.
    private static func numbers(_ text: String?) -> [Int]? {
        guard let text else { return nil }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        return parts.contains(nil) ? nil : parts.compactMap(\.self)
    }
}
