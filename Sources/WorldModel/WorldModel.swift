/// A learned world model: what a weights file holds.
public struct WorldModel: Sendable, Equatable {
    public var vocabulary: MotionVocabulary
    public var network: NetworkWeights
    public var statistics: SceneStatistics
    /// Divides the logits of motion along the road before sampling; tuned on validation scenes.
    public var temperature: Float
    /// The same for motion across the road.
    public var lateralTemperature: Float
    /// Where the weights come from: data, split, commit, seed, training time, metrics.
    public var provenance: [String: String]

    /// - Parameter lateralTemperature: as `temperature` where it is nil.
    public init(
        vocabulary: MotionVocabulary, network: NetworkWeights, statistics: SceneStatistics,
        temperature: Float, lateralTemperature: Float? = nil, provenance: [String: String]
    ) {
        self.vocabulary = vocabulary
        self.network = network
        self.statistics = statistics
        self.temperature = temperature
        self.lateralTemperature = lateralTemperature ?? temperature
        self.provenance = provenance
    }
}
