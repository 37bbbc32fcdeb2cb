import Farm
import Metrics
import Rollout
import Scenarios
import WorldModel

/// Rolls out a worker's shards with the engine: one of these a thread.
final class EngineRunner: ShardRunner {
    private let engine: RolloutEngine

    /// - Parameter weights: the weights file's bytes.
    /// - Throws: `SafetensorsError`; `RolloutEngine.Failure` if campaign and weights don't fit this build.
    init(campaign: Campaign, weights: [UInt8]) throws {
        engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel(safetensors: weights))
    }

    func run(
        scenarios: Range<UInt64>, isCancelled: () -> Bool, emit: (RolloutRecord) -> Void
    ) -> StepDigests? {
        engine.run(scenarios: Array(scenarios), isCancelled: isCancelled, emit: emit)
    }
}
