import Metrics
import PolicyHost
import Rollout
import Scenarios
import WorldModel

/// Rolls out a shard again, in this process alone: no coordinator, no network, one thread.
public struct ShardReplay: Sendable {
    public let campaign: Campaign
    public let worldModel: WorldModel
    public let kernel: KernelClass
    /// The policy under test, for a campaign whose policy isn't one of Longhaul's own.
    public var program: PolicyProgram?
    /// Told of every rollout that such a policy spoils.
    public var onPolicyFault: (@Sendable (PolicyFault) -> Void)?

    public init(campaign: Campaign, worldModel: WorldModel, kernel: KernelClass = .best) {
        self.campaign = campaign
        self.worldModel = worldModel
        self.kernel = kernel
    }

    /// Rolls out `scenarios`.
    ///
    /// - Parameters:
    ///   - sink: receives the recording of each rollout, one scenario after the other.
    ///   - isCancelled: asked about every millisecond.
    ///   - progress: called with the number of scenarios done so far.
    /// - Throws: `ReplayError.interrupted` if cancelled; the engine's errors; what the sink throws.
    public func roll(
        _ scenarios: Range<UInt64>, to sink: RecordingSink? = nil,
        isCancelled: () -> Bool = { false }, progress: (Int) -> Void = { _ in }
    ) throws -> ShardResult {
        // A batch changes no bit. One scenario at a time keeps recordings apart; many are faster.
        let engine = try RolloutEngine(
            campaign: campaign, worldModel: worldModel, kernel: kernel,
            batchSize: sink == nil ? min(64, max(1, scenarios.count)) : 1, program: program)
        engine.onPolicyFault = onPolicyFault
        let recorder = sink.map { sink in
            RolloutRecorder(
                generator: ScenarioGenerator(campaign: campaign, statistics: worldModel.statistics),
                origin: sink.origin)
        }
        var records: [RolloutRecord] = []
        var failure: (any Error)?
        let digests = engine.run(
            scenarios: Array(scenarios), isCancelled: { failure != nil || isCancelled() }, observer: recorder
        ) { record in
            records.append(record)
            progress(records.count)
            guard let sink, let recorder, failure == nil else { return }
            do { try sink.receive(recorder.finish(record)) } catch { failure = error }
        }
        if let failure { throw failure }
        guard let digests else { throw ReplayError.interrupted }
        return ShardResult(records: records, stepDigests: digests)
    }

    /// Compares the result of `scenarios`, a shard or a part of it, with what was `recorded` of the shard.
    ///
    /// Where a part differs, the whole shard is rolled out, because only whole shards have step digests.
    ///
    /// - Throws: `ReplayError.interrupted` if cancelled; the engine's errors.
    public func verdict(
        on result: ShardResult, scenarios: Range<UInt64>, of shard: Range<UInt64>,
        against recorded: ShardResult, isCancelled: () -> Bool = { false }
    ) throws -> ReplayVerdict {
        if scenarios == shard { return .comparing(recorded: recorded, recomputed: result) }
        let part = ShardResult(
            records: recorded.records.filter { scenarios.contains($0.scenario) }, stepDigests: nil)
        let verdict = ReplayVerdict.comparing(recorded: part, recomputed: result)
        guard case .different = verdict else { return verdict }
        let whole = try roll(shard, isCancelled: isCancelled)
        return .comparing(recorded: recorded, recomputed: whole)
    }

    /// Rolls out `scenarios`, a shard or a part of it, and compares with what was `recorded` of the shard.
    public func verify(
        _ scenarios: Range<UInt64>, of shard: Range<UInt64>, against recorded: ShardResult
    ) throws -> ReplayVerdict {
        try verdict(on: roll(scenarios), scenarios: scenarios, of: shard, against: recorded)
    }
}

/// Where recordings go.
public struct RecordingSink {
    let origin: (UInt64) -> RecordingOrigin
    let receive: (RolloutRecording) throws -> Void

    /// - Parameters:
    ///   - origin: says where the recording of a scenario comes from.
    ///   - receive: takes each recording as its rollout ends.
    public init(
        origin: @escaping (UInt64) -> RecordingOrigin, receive: @escaping (RolloutRecording) throws -> Void
    ) {
        self.origin = origin
        self.receive = receive
    }
}
