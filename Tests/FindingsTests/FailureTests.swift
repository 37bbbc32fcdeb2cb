import Foundation
import Metrics
import RecordStore
import Scenarios
import Testing

import Findings

@Suite struct FailureTests {
    private func list(
        _ folder: ResultFolder, limit: Int = 10_000, change: (inout FailureFilter) -> Void = { _ in }
    ) throws -> FailureList {
        var filter = FailureFilter()
        change(&filter)
        return try FailureList(folder, filter: filter, limit: limit, replayCommand: RealResults.command)
    }

    @Test func failuresOfOneCauseAreOneGroupWithTheCleanestExample() throws {
        let folder = try RealResults.b.get()
        let failed = try RealResults.records(folder).filter(\.isFailure)
        let list = try list(folder)
        #expect(list.count == UInt64(failed.count) && list.failures.count == failed.count)
        #expect(list.groups.reduce(0) { $0 + $1.count } == list.count)
        #expect(list.groups.map(\.count) == list.groups.map(\.count).sorted(by: >))
        #expect(Set(list.groups.map(\.cause)).count == list.groups.count)
        let first = try #require(list.groups.first { $0.kind == .egoRanIntoOther })
        let alike = failed.filter {
            FailureKind($0) == .egoRanIntoOther && $0.collisionPartner == first.example.incident.collisionPartner
        }
        #expect(first.count == UInt64(alike.count) && alike.count > 3)
        let faults = { (record: RolloutRecord) in record.backgroundCollisions + record.backgroundOffRoad }
        let example = try #require(alike.first { $0.scenario == first.example.incident.scenario })
        #expect(alike.allSatisfy { (faults(example), example.simulatedSeconds) <= (faults($0), $0.simulatedSeconds) })
        #expect(first.families.values.reduce(0, +) == first.count)
        #expect(list.groupText.contains(first.example.replayCommand))
    }

    @Test func filtersLetThroughWhatTheySay() throws {
        let folder = try RealResults.b.get()
        let records = try RealResults.records(folder)
        let jam = try list(folder) {
            $0.kinds = [.nearMiss]
            $0.families = [.jam, .dense]
            $0.minimumSeverity = 3
        }
        let expected = records.filter {
            FailureKind($0) == .nearMiss && [.jam, .dense].contains($0.family) && $0.severity >= 3
        }
        #expect(Set(jam.failures.map(\.number)) == Set(expected.map(\.scenario)))
        #expect(!expected.isEmpty)
    }

    @Test func aLimitKeepsTheWorst() throws {
        let folder = try RealResults.b.get()
        let all = try list(folder), few = try list(folder, limit: 5)
        #expect(few.failures == Array(all.failures.prefix(5)) && few.count == all.count)
        #expect(few.groups == all.groups)
        #expect(all.failures.map(\.incident.severity) == all.failures.map(\.incident.severity).sorted(by: >))
    }

    @Test func aSuiteRunsJustTheFailuresAgainBitForBit() throws {
        let folder = try RealResults.b.get()
        let numbers = try list(folder).failures.map(\.number)
        let suite = try RegressionSuite(of: folder, worldModel: "shipped", numbers: numbers)
        let campaign = try CampaignFile.parse(yaml: suite.yaml, file: "suite.yaml")
        #expect(campaign == suite.campaign && campaign.scenarioList == numbers.sorted())
        let again = try RealResults.records(RealResults.folder(of: campaign))
        let original = Dictionary(
            uniqueKeysWithValues: try RealResults.records(folder).map { ($0.scenario, $0) })
        #expect(again.count == numbers.count)
        for record in again {
            var expected = try #require(original[campaign.number(ofScenario: record.scenario)])
            expected.scenario = record.scenario
            #expect(record == expected, "every field but the number, the digest included")
        }
    }

    @Test func aSuiteWithAnotherPolicyIsComparedWithTheCampaignItCameFrom() throws {
        let folder = try RealResults.b.get()
        let numbers = try list(folder).failures.map(\.number)
        var campaign = try RegressionSuite(of: folder, worldModel: "shipped", numbers: numbers).campaign
        campaign.policy = .idmMobil
        let fixed = try RealResults.folder(of: campaign)
        let comparison = try Comparison(folder, fixed, limit: 3, replayCommand: RealResults.command)
        #expect(comparison.pairs == UInt64(numbers.count) && comparison.onlyInB == 0)
        #expect(comparison.fixedFailures > 0 && comparison.newFailures == 0)
        let change = try #require(comparison.nowFixed.first)
        #expect(change.b.scenario == UInt64(try #require(campaign.scenarioList.firstIndex(of: change.number))))
    }

    @Test func nothingAndTooMuchAreRefused() throws {
        let folder = try RealResults.a.get()
        #expect(throws: RegressionSuite.Failure.nothing) {
            try RegressionSuite(of: folder, worldModel: "shipped", numbers: [])
        }
        #expect(throws: RegressionSuite.Failure.tooMany(10_001)) {
            try RegressionSuite(of: folder, worldModel: "shipped", numbers: Array(0...10_000))
        }
    }
}
