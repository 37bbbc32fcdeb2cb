import Farm
import Foundation
import Metrics
import PolicyHost
import Rollout
import Scenarios
import WorldModel

/// Rolls out a worker's shards with the engine: one of these a thread.
final class EngineRunner: ShardRunner {
    private let engine: RolloutEngine

    /// - Parameters:
    ///   - weights: the weights file's bytes.
    ///   - cache: where the campaign's policy lies if it isn't one of Longhaul's own.
    /// - Throws: `SafetensorsError`; `RolloutEngine.Failure` if campaign and weights don't fit this build;
    ///   `PolicyHostError`.
    init(campaign: Campaign, weights: [UInt8], cache: PolicyCache) throws {
        let program = campaign.externalPolicy.map { policy in
            PolicyProgram(
                policy: policy, code: policy.code.flatMap { cache.path(of: $0) },
                config: policy.config.flatMap { cache.load($0) } ?? [])
        }
        engine = try RolloutEngine(
            campaign: campaign, worldModel: WorldModel(safetensors: TestFault.requested?.spoil(weights) ?? weights),
            program: program)
        // A policy that fails always would fill the log with one and the same.
        var left = 20
        engine.onPolicyFault = { fault in
            left -= 1
            if left >= 0 { standardError("worker: \(fault)") }
            if left == 0 { standardError("worker: further failures of the policy are not written down here") }
        }
    }

    func run(
        scenarios: Range<UInt64>, isCancelled: () -> Bool, emit: (RolloutRecord) -> Void
    ) -> StepDigests? {
        TestFault.requested?.strike(scenarios)
        return engine.run(scenarios: Array(scenarios), isCancelled: isCancelled, emit: emit)
    }
}
