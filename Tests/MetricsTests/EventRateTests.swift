import Metrics
import Testing

@Suite struct EventRateTests {
    @Test func ratesAreCountsPerMillionKilometersOfTheRightKind() throws {
        var totals = CampaignTotals()
        var sums = CampaignTotals.Sums()
        sums.egoMillimeters = 2_000_000_000_000  // 2 million km
        sums.agentMillimeters = 50_000_000_000_000
        sums.collisions = 10
        sums.backgroundCollisions = 100
        totals.add(sums, to: .busy)
        let events = EventRate.all(of: totals)
        let collisions = try #require(events.first { $0.name == "ego collisions" })
        #expect(collisions.exposure == .egoKilometers && !collisions.isWorldModelFault)
        #expect(collisions.rate?.perMillionKilometers == 5)
        #expect(abs(try #require(collisions.rate).low - 4.7953886961324335 / 2) < 1e-9)
        #expect(abs(try #require(collisions.rate).high - 18.39035604201778 / 2) < 1e-9)
        let background = try #require(events.first { $0.name == "background collisions" })
        #expect(background.exposure == .agentKilometers && background.isWorldModelFault)
        #expect(background.rate?.perMillionKilometers == 2)
    }

    @Test func severityPutsTheFaultsOfThePolicyFirst() {
        func severity(
            _ outcome: RolloutOutcome, _ kind: CollisionKind = .none, ttc: Float = 100, speed: Float = 0
        ) -> Double {
            var record = RolloutRecord()
            record.outcome = outcome
            record.collisionKind = kind
            record.collisionSpeed = speed
            record.minimumTimeToCollision = ttc
            return record.severity
        }
        let ordered = [
            severity(.policyCrashed), severity(.policyHung), severity(.policyBadAction, ttc: 0.5),
            severity(.policyNotDeterministic), severity(.collision, .egoRanIntoOther, speed: 20),
            severity(.collision, .egoRanIntoOther, speed: 2),
            severity(.collision, .sideswipe, speed: 90), severity(.offRoad),
            severity(.collision, .otherRanIntoEgo, speed: 500), severity(.completed, ttc: 0.1),
            severity(.completed, ttc: 1.4), severity(.completed),
        ]
        #expect(ordered == ordered.sorted(by: >))
        #expect(Set(ordered).count == ordered.count && ordered.last == 0)
    }

    @Test func everyFailureIsCountedUnderOneCause() {
        for outcome in RolloutOutcome.allCases {
            var record = RolloutRecord()
            record.outcome = outcome
            let sums = CampaignTotals.Sums(record)
            #expect(sums.failures == (outcome == .completed ? 0 : 1), "\(outcome)")
            #expect(CountedEvent.failures.count(in: record) == (record.isFailure ? 1 : 0))
        }
    }
}
