import Foundation
import Metrics
import Testing

@Suite struct CampaignReportTests {
    static let subject = CampaignReport.Subject(
        name: "default", identity: "0123456789abcdef0123456789abcdef", seed: 1, policy: "idm-mobil",
        worldModel: "fedcba9876543210fedcba9876543210")

    func report(_ records: [RolloutRecord], activeSeconds: Double = 30) -> CampaignReport {
        let worst = records.filter { $0.severity > 0 }.sorted { $0.severity > $1.severity }.prefix(5)
        return CampaignReport(
            subject: Self.subject, totals: CampaignTotals(records), activeSeconds: activeSeconds,
            worst: worst.map { Incident($0, shard: Int($0.scenario / 64)) },
            replayCommand: { "longhaul replay results --shard \($0.shard) --scenario \($0.scenario)" })
    }

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

    @Test func everyLineFitsEightyColumns() {
        for count in [0, 1, 50, 2000] {
            for line in report(sampleRecords(count, seed: 5)).text.split(separator: "\n") {
                #expect(line.count <= 80, "\(line)")
            }
        }
    }

    @Test func hugeNumbersKeepTheTableIntact() {
        var totals = CampaignTotals()
        var sums = CampaignTotals.Sums()
        for (_, path) in CampaignTotals.Sums.fields { sums[keyPath: path] = CampaignTotals.limit / 5 }
        for family in TrafficFamily.allCases { totals.add(sums, to: family) }
        var subject = Self.subject
        subject.name = String(repeating: "long ", count: 40)
        let report = CampaignReport(
            subject: subject, totals: totals, activeSeconds: 1, worst: [],
            attention: [String(repeating: "word ", count: 60)], replayCommand: { _ in "" })
        for line in report.text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test func everyWorstRolloutCarriesItsCommandWhole() {
        let report = report(sampleRecords(200, seed: 6))
        #expect(report.worst.count == 5)
        for rollout in report.worst {
            #expect(report.text.contains("\n     \(rollout.replayCommand)\n"))
            #expect(rollout.replayCommand.contains("--scenario \(rollout.incident.scenario)"))
        }
    }

    @Test func kilometersPerDayComeFromTheTimeOfWork() throws {
        var record = RolloutRecord()
        record.egoMeters = 10_000
        let report = report([record], activeSeconds: 864)
        #expect(abs(try #require(report.egoKilometersPerDay) - 1000) < 1e-9)
        #expect(self.report([record], activeSeconds: 0).egoKilometersPerDay == nil)
    }

    @Test func withoutAKilometerThereIsNoRate() {
        let report = report([])
        #expect(report.events.allSatisfy { $0.rate == nil })
        #expect(report.text.contains("No collision"))
    }

    @Test func jsonComesBackEqual() throws {
        let report = report(sampleRecords(200, seed: 8))
        let json = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(CampaignReport.self, from: json) == report)
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
}
