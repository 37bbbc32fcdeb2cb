import AllocationCounter
import Rollout
import Scenarios
import Testing
import WorldModel

@Suite("The rollout's loop")
struct AllocationTests {
    @Test("asks for no memory, over a thousand steps of 32 scenes with newcomers")
    func noAllocation() throws {
        let before = longhaul_allocations()
        let probe = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        try #require(longhaul_allocations() > before, "the counter counts")
        probe.deallocate()

        var campaign = Campaign(seed: 3, horizonSeconds: 110, policy: .worldModel)
        campaign.mix = [0.5, 0.5, 0, 0]
        let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped(), batchSize: 32)
        var counts: [UInt] = []
        counts.reserveCapacity(400)
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
        let perDecision = zip(counts.dropFirst(2), counts.dropFirst()).map { $0 - $1 }
        #expect(perDecision.allSatisfy { $0 == 0 }, "\(perDecision.filter { $0 > 0 }.count) decisions: \(perDecision.filter { $0 > 0 }.prefix(10))")
    }
}
