import Metrics

/// What rolling out a shard gives: as the journal holds it, or as computed again.
public struct ShardResult: Sendable, Equatable {
    /// One record per scenario, in the order of the scenario indices.
    public var records: [RolloutRecord]
    /// Digests per step of 0.1 s over all scenarios of the shard; nil where only a part was rolled out.
    public var stepDigests: StepDigests?

    public init(records: [RolloutRecord], stepDigests: StepDigests?) {
        self.records = records.sorted { $0.scenario < $1.scenario }
        self.stepDigests = stepDigests
    }
}
