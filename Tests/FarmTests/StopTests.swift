import Farm
import Foundation
import Metrics
import RecordStore
import Scenarios
import Testing

/// Campaigns that end before their goal, over real sockets.
@Suite(.serialized) struct StopTests {
    /// Runs a campaign to its end with three workers of unequal speed.
    private func finish(_ test: TestCampaign) throws -> FarmSnapshot {
        let farm = try RunningCoordinator { try test.coordinator() }
        let workers = [0.0, 0.2, 0.6].enumerated().map {
            test.worker("w\($0.offset)", join: farm.address, milliseconds: $0.element)
        }
        let last = try #require(farm.wait())
        for worker in workers { #expect(try worker.wait() == .finished) }
        #expect(last.state == .finished)
        return last
    }

    private func shortestPrefix(_ isDone: (CampaignTotals.Sums) -> Bool) -> Int {
        var shards = 0
        while !isDone(IndexRunner.totals(0..<UInt64(shards * 8)).all) { shards += 1 }
        return shards
    }

    @Test func failuresCountByTheShortestPrefixThatHoldsThem() throws {
        var stop = StopRule()
        stop.failures = 40
        for goal in [Campaign.Goal.openEnded, .scenarios(5_000)] {
            let test = TestCampaign(goal: goal, stop: stop)
            let shards = shortestPrefix { $0.failures >= 40 }
            #expect(try finish(test).shardsTotal == shards)
            let counted = try test.journal().countedTotals(of: test.campaign)
            #expect(counted == IndexRunner.totals(0..<UInt64(shards * 8)))
            #expect(try finish(test).shardsTotal == shards, "started again, it has nothing to do")
        }
    }

    @Test func theGoalComesFirstWhereTheRuleIsFarAway() throws {
        var stop = StopRule()
        stop.failures = 1_000_000
        let test = TestCampaign(goal: .scenarios(100), stop: stop)
        #expect(try finish(test).shardsTotal == 13)
        #expect(try test.journal().countedTotals(of: test.campaign) == IndexRunner.totals(0..<100))
    }

    @Test func anIntervalThatIsNarrowEnoughEndsACampaign() throws {
        var stop = StopRule()
        stop.interval = StopRule.Interval(event: .hardBrakes, relativeWidth: 0.25)
        let test = TestCampaign(goal: .openEnded, stop: stop)
        let shards = shortestPrefix { sums in
            let interval = PoissonInterval(count: sums.hardBrakes)
            return sums.hardBrakes > 0 && (interval.high - interval.low) / Double(sums.hardBrakes) <= 0.25
        }
        #expect(try finish(test).shardsTotal == shards)
        #expect(try test.journal().countedPrefix(of: test.campaign) == shards)
    }

    @Test func whenTheTimeIsOverWhatWasBegunIsFinishedAndCounts() throws {
        var stop = StopRule()
        stop.wallHours = 1.5 / 3600
        let test = TestCampaign(goal: .openEnded, stop: stop)
        let last = try finish(test)
        let shards = try test.journal().committedShards().map(\.shard)
        #expect(shards == Array(0..<last.shardsTotal), "a prefix without a gap")
        #expect(!shards.isEmpty)
        let all = IndexRunner.totals(0..<UInt64(shards.count * 8))
        #expect(try test.journal().countedTotals(of: test.campaign) == all)
        #expect(try finish(test).shardsTotal == shards.count, "started again, its time is still over")
    }
}
