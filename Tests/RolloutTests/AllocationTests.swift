import AllocationCounter
import Rollout
import Scenarios
import Testing
import WorldModel

@Suite("The rollout's loop")
struct AllocationTests {
    @Test(
        "asks for no memory, over a thousand steps of 32 scenes with newcomers",
        .enabled(if: longhaul_counts_allocations(), "a sanitizer has its own allocator"))
    func noAllocation() throws {
        let before = longhaul_allocations()
        let probe = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        try #require(longhaul_allocations() > before, "the counter counts")
        probe.deallocate()

        var campaign = Campaign(seed: 3, horizonSeconds: 110, policy: .worldModel)
        campaign.mix = [0.5, 0.5, 0, 0]
        let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped(), batchSize: 32)
        var counts: [UInt] = []
        counts.reserveCapacity(2_000)
        var finished = 0
        let ended = { (finished: Int) in finished > 0 }
        _ = engine.run(
            scenarios: Array(0..<32),
            isCancelled: {
                if !ended(finished) { counts.append(longhaul_allocations()) }
                return ended(finished)
            }, emit: { _ in finished += 1 })
        try #require(counts.count > 210, "a rollout ended after \(counts.count) decisions; choose another seed")
        // The first decision may set up what the language runtime makes on first use.
        let asking = zip(counts.dropFirst(2), counts.dropFirst()).map { $0 - $1 }.enumerated().filter { $1 > 0 }
        #expect(asking.isEmpty, "of \(counts.count) decisions: \(asking.prefix(10).map { "\($1) in number \($0)" })")
    }
}
