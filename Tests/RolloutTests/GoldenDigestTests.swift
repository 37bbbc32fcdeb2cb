import Dispatch
import Metrics
import Rollout
import Scenarios
import Testing
import WorldModel

/// A fixed campaign, small enough for the plain reference.
private let campaign = Campaign(
    name: "golden", seed: 20_261_122, goal: .scenarios(14), mix: [0.25, 0.25, 0.25, 0.25], horizonSeconds: 8,
    burnInSeconds: 2, policy: .idmMobil, shardSize: 14)

private func rollOut(
    _ scenarios: [UInt64], policy: PolicyUnderTest = .idmMobil, kernel: KernelClass = .best, batchSize: Int = 8
) throws -> (records: [RolloutRecord], steps: StepDigests) {
    var campaign = campaign
    campaign.policy = policy
    let engine = try RolloutEngine(
        campaign: campaign, worldModel: WorldModel.shipped(), kernel: kernel, batchSize: batchSize)
    var records: [RolloutRecord] = []
    let steps = try #require(engine.run(scenarios: scenarios) { records.append($0) })
    return (records.sorted { $0.scenario < $1.scenario }, steps)
}

@Suite("The same bits whatever runs them")
struct GoldenDigestTests {
    private let scenarios = Array(UInt64(0)..<14)

    @Test("every kernel and the plain reference give the same records and step digests", arguments: KernelClass.available)
    func kernels(kernel: KernelClass) throws {
        let golden = try rollOut(scenarios)
        let other = try rollOut(scenarios, kernel: kernel)
        #expect(other.records == golden.records)
        #expect(other.steps == golden.steps)
    }

    @Test("batch sizes 1, 7 and 64 give the same", arguments: [1, 7, 64])
    func batchSizes(size: Int) throws {
        let golden = try rollOut(scenarios)
        let other = try rollOut(scenarios, batchSize: size)
        #expect(other.records == golden.records)
        #expect(other.steps == golden.steps)
    }

    @Test("reversed order and one scenario at a time give the same")
    func order() throws {
        let golden = try rollOut(scenarios)
        #expect(try rollOut(scenarios.reversed()).records == golden.records)
        #expect(try rollOut(scenarios.reversed()).steps == golden.steps)
        let alone = try scenarios.flatMap { try rollOut([$0]).records }
        #expect(alone == golden.records)
    }

    @Test("an engine that has rolled out other scenarios before gives the same")
    func reuse() throws {
        let golden = try rollOut(scenarios)
        let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped(), batchSize: 5)
        _ = engine.run(scenarios: Array(100..<120)) { _ in }
        var records: [RolloutRecord] = []
        let steps = engine.run(scenarios: scenarios) { records.append($0) }
        #expect(records.sorted { $0.scenario < $1.scenario } == golden.records)
        #expect(steps == golden.steps)
    }

    @Test("four threads give what one gives")
    func threads() throws {
        let golden = try rollOut(scenarios)
        nonisolated(unsafe) var parts = [[RolloutRecord]](repeating: [], count: 4)
        let model = try WorldModel.shipped()
        parts.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let buffer = buffer
            DispatchQueue.concurrentPerform(iterations: 4) { thread in
                guard let engine = try? RolloutEngine(campaign: campaign, worldModel: model, batchSize: 3) else { return }
                var records: [RolloutRecord] = []
                _ = engine.run(scenarios: (0..<14).filter { $0 % 4 == UInt64(thread) }) { records.append($0) }
                buffer[thread] = records
            }
        }
        #expect(parts.flatMap { $0 }.sorted { $0.scenario < $1.scenario } == golden.records)
    }

    @Test("different scenarios, seeds and policies give different digests")
    func sensitivity() throws {
        let golden = try rollOut(scenarios)
        #expect(Set(golden.records.map(\.digest)).count == golden.records.count)
        let other = try rollOut(scenarios, policy: .worldModel)
        #expect(zip(golden.records, other.records).allSatisfy { $0.digest != $1.digest })
    }

    @Test("a cancelled run returns nothing")
    func cancelled() throws {
        let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped())
        #expect(engine.run(scenarios: scenarios, isCancelled: { true }) { _ in } == nil)
    }
}
