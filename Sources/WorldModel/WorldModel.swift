/// A learned world model: what a weights file holds.
public struct WorldModel: Sendable, Equatable {
    public var vocabulary: MotionVocabulary
    public var network: NetworkWeights
    public var statistics: SceneStatistics
    /// How simulations of noisily recorded moments begin; nil where it was not learned.
    public var startFilter: StartFilter?
    /// Divides the logits of motion along the road before sampling; tuned on validation scenes.
    public var temperature: Float
    /// The same for motion across the road.
    public var lateralTemperature: Float
    /// Where the weights come from: data, split, commit, seed, training time, metrics.
    public var provenance: [String: String]

    /// - Parameter lateralTemperature: as `temperature` where it is nil.
    public init(
        vocabulary: MotionVocabulary, network: NetworkWeights, statistics: SceneStatistics,
        startFilter: StartFilter? = nil, temperature: Float, lateralTemperature: Float? = nil, provenance: [String: String]
    ) {
        self.vocabulary = vocabulary
        self.network = network
        self.statistics = statistics
        self.startFilter = startFilter
        self.temperature = temperature
        self.lateralTemperature = lateralTemperature ?? temperature
        self.provenance = provenance
    }
}
