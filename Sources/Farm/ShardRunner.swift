import Metrics

/// Rolls out shards on one engine thread. The worker asks for one runner a thread.
public protocol ShardRunner: AnyObject {
    /// Rolls out the scenarios of a shard and hands over each record as it is done, in any order.
    ///
    /// - Parameters:
    ///   - scenarios: the shard's scenario indices.
    ///   - isCancelled: asked between decisions (about a millisecond apart).
    ///   - emit: receives each finished rollout's record.
    /// - Returns: the shard's step digests, or nil if cancelled.
    func run(
        scenarios: Range<UInt64>, isCancelled: () -> Bool, emit: (RolloutRecord) -> Void
    ) -> StepDigests?
}
