/// A learned world model: what a weights file holds.
public struct WorldModel: Sendable, Equatable {
    public var vocabulary: MotionVocabulary
    public var network: NetworkWeights
    public var statistics: SceneStatistics
    /// Divides the logits before sampling; tuned on validation scenes.
    public var temperature: Float
    /// Where the weights come from: data, split, commit, seed, training time, metrics.
    public var provenance: [String: String]

    public init(
        vocabulary: MotionVocabulary, network: NetworkWeights, statistics: SceneStatistics,
        temperature: Float, provenance: [String: String]
    ) {
        self.vocabulary = vocabulary
        self.network = network
        self.statistics = statistics
        self.temperature = temperature
        self.provenance = provenance
    }
}
