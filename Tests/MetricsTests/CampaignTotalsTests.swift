import Foundation
import Metrics
import Testing

@Suite struct CampaignTotalsTests {
    @Test func theOrderOfRecordsAndPartsDoesNotMatter() {
        for seed in UInt64(1)...20 {
            let records = sampleRecords(500, seed: seed)
            let whole = CampaignTotals(records)
            var generator = SeededGenerator(seed: seed ^ 77)
            #expect(CampaignTotals(records.shuffled(using: &generator)) == whole, "seed \(seed)")
            var parts = CampaignTotals()
            let cut = Int.random(in: 0...500, using: &generator)
            parts.add(CampaignTotals(Array(records[cut...])))
            parts.add(CampaignTotals(Array(records[..<cut])))
            #expect(parts == whole, "seed \(seed)")
        }
    }

    @Test func everySumIsTheSumOfItsField() {
        let records = sampleRecords(1000, seed: 3)
        let all = CampaignTotals(records).all
        func sum(_ value: (RolloutRecord) -> Int) -> UInt64 { UInt64(records.reduce(0) { $0 + value($1) }) }
        func count(_ condition: (RolloutRecord) -> Bool) -> UInt64 { UInt64(records.filter(condition).count) }
        #expect(all.rollouts == 1000)
        #expect(all.egoMillimeters == sum { Int((Double($0.egoMeters) * 1000).rounded()) })
        #expect(all.agentMillimeters == sum { Int((Double($0.agentMeters) * 1000).rounded()) })
        #expect(all.simulatedMilliseconds == 60_000_000)
        #expect(all.agentSteps == sum { Int($0.agentSteps) })
        #expect(all.collisions == count { $0.outcome == .collision })
        #expect(all.egoRanIntoOther == count { $0.collisionKind == .egoRanIntoOther })
        #expect(all.otherRanIntoEgo == count { $0.collisionKind == .otherRanIntoEgo })
        #expect(all.sideswipes == count { $0.collisionKind == .sideswipe })
        #expect(all.offRoad == count { $0.outcome == .offRoad })
        #expect(all.nearMisses == count { $0.outcome != .collision && $0.minimumTimeToCollision < 1.5 })
        #expect(all.hardBrakes == sum { Int($0.hardBrakes) })
        #expect(all.laneChanges == sum { Int($0.laneChanges) })
        #expect(all.backgroundCollisions == sum { Int($0.backgroundCollisions) })
        #expect(all.backgroundOffRoad == sum { Int($0.backgroundOffRoad) })
        #expect(all.nearMisses > 0 && all.sideswipes > 0)
    }

    @Test func familiesAddUpToTheWhole() {
        let records = sampleRecords(300, seed: 9)
        let totals = CampaignTotals(records)
        for family in TrafficFamily.allCases {
            #expect(totals[family] == CampaignTotals(records.filter { $0.family == family }).all)
        }
        #expect(TrafficFamily.allCases.reduce(0) { $0 + totals[$1].rollouts } == totals.all.rollouts)
    }

    @Test func everySumHasADatabaseColumn() {
        let fields = CampaignTotals.Sums.fields
        #expect(fields.count == Mirror(reflecting: CampaignTotals.Sums()).children.count)
        #expect(Set(fields.map(\.name)).count == fields.count)
        #expect(Set(fields.map { $0.path as AnyHashable }).count == fields.count)
    }

    @Test func addingAddsEveryFieldToItself() {
        var sums = CampaignTotals.Sums()
        for (index, field) in CampaignTotals.Sums.fields.enumerated() {
            sums[keyPath: field.path] = UInt64(index + 1)
        }
        let once = sums
        sums.add(once)
        for (index, field) in CampaignTotals.Sums.fields.enumerated() {
            #expect(sums[keyPath: field.path] == UInt64(2 * (index + 1)), "\(field.name)")
        }
    }

    @Test func sumsStayAtTheirLimitAndOddNumbersCountAsNothing() {
        var totals = CampaignTotals()
        var huge = CampaignTotals.Sums()
        huge.egoMillimeters = CampaignTotals.limit - 5
        totals.add(huge, to: .jam)
        totals.add(huge, to: .jam)
        #expect(totals.all.egoMillimeters == CampaignTotals.limit)
        var record = RolloutRecord()
        record.egoMeters = .nan
        record.agentMeters = -1
        record.simulatedSeconds = .infinity
        let sums = CampaignTotals([record]).all
        #expect(sums.egoMillimeters == 0 && sums.agentMillimeters == 0)
        #expect(sums.simulatedMilliseconds == 1_000_000_000_000_000)
    }

    @Test func jsonWithTooFewFamiliesIsRefused() throws {
        let totals = CampaignTotals(sampleRecords(10, seed: 1))
        let json = try JSONEncoder().encode(totals)
        #expect(try JSONDecoder().decode(CampaignTotals.self, from: json) == totals)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(CampaignTotals.self, from: Data(#"{"families":[]}"#.utf8))
        }
    }
}
