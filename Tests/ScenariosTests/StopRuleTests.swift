import Metrics
import ReproducibleMath
import Scenarios
import Testing

@Suite struct StopRuleTests {
    /// Sums of a shard, with a few failures and hard brakes.
    private func shard(_ index: Int, seed: UInt64) -> CampaignTotals.Sums {
        let bits = CounterRandom(seed: seed, scenario: UInt64(index)).bits(agent: 0, step: 0, purpose: .training)
        var sums = CampaignTotals.Sums()
        sums.rollouts = 8
        sums.egoMillimeters = UInt64(bits.x % 12_000_000)
        sums.simulatedMilliseconds = UInt64(bits.y % 480_000)
        sums.offRoad = bits.z % 5 == 0 ? 1 : 0
        sums.hardBrakes = UInt64(bits.w % 3)
        return sums
    }

    private func campaign(_ seed: UInt64) -> Campaign {
        var campaign = Campaign(goal: .egoKilometers(Double(100 + seed % 400)), shardSize: 8)
        if seed % 2 == 0 { campaign.stop.failures = 1 + seed % 23 }
        if seed % 3 == 0 { campaign.stop.simulatedHours = Double(1 + seed % 7) }
        if seed % 5 == 0 {
            campaign.stop.interval = StopRule.Interval(event: .hardBrakes, relativeWidth: 0.3 + Double(seed % 3))
        }
        if seed % 7 == 0 { campaign.goal = .scenarios(8 * (1 + seed % 60) - 3) }
        return campaign
    }

    /// The rule as one would write it down, over the sums of a whole prefix.
    private func isDone(_ campaign: Campaign, _ sums: CampaignTotals.Sums, shards: Int) -> Bool {
        switch campaign.goal {
        case .scenarios(let count): if UInt64(8 * shards) >= count { return true }
        case .egoKilometers(let kilometers): if sums.egoKilometers >= kilometers { return true }
        }
        if let failures = campaign.stop.failures, sums.failures >= failures { return true }
        if let hours = campaign.stop.simulatedHours, Double(sums.simulatedMilliseconds) >= hours * 3.6e6 {
            return true
        }
        guard let interval = campaign.stop.interval else { return false }
        let count = interval.event.count(in: sums)
        let exact = PoissonInterval(count: count)
        return count > 0 && (exact.high - exact.low) / Double(count) <= interval.relativeWidth
    }

    @Test func theShortestPrefixForWhichARuleHoldsIsFound() {
        for seed in UInt64(1)...300 {
            let campaign = campaign(seed)
            var tally = StopTally(campaign: campaign)
            var sums = CampaignTotals.Sums()
            var shards = 0
            while !isDone(campaign, sums, shards: shards), shards < 2000 {
                #expect(!tally.isReached, "seed \(seed), shard \(shards)")
                sums.add(shard(shards, seed: seed))
                tally.add(shard(shards, seed: seed))
                shards += 1
            }
            #expect(tally.isReached && tally.shards == UInt64(shards), "seed \(seed)")
            tally.add(shard(shards, seed: seed))
            #expect(tally.sums == sums && tally.shards == UInt64(shards), "nothing counts after the end")
        }
    }

    /// From SciPy 1.17.1: the least k with
    /// `(chi2.ppf(.975, 2*k + 2)/2 - chi2.ppf(.025, 2*k)/2)/k <= width`.
    @Test(arguments: [(5, 2), (2, 6), (1, 18), (0.5, 66), (0.2, 395), (0.1, 1557), (0.05, 6187)])
    func theWidthOfAnIntervalIsANumberOfEvents(width: Double, events: UInt64) {
        #expect(StopRule.Interval(event: .failures, relativeWidth: width).eventsNeeded == events)
    }

    @Test func theNarrowestIntervalIsFoundQuicklyToo() {
        let interval = StopRule.Interval(event: .failures, relativeWidth: StopRule.widths.lowerBound)
        #expect((150_000...160_000).contains(interval.eventsNeeded))
    }

    @Test func aCampaignWithoutScenariosIsDoneAtOnce() {
        #expect(StopTally(campaign: Campaign(goal: .scenarios(0))).isReached)
    }
}
