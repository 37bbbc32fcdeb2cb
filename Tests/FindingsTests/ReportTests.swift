import Foundation
import Metrics
import Scenarios
import Testing

import Findings

@Suite struct ReportTests {
    @Test func everyRateIsItsCountOverTheKilometersWithTheExactInterval() throws {
        let folder = try RealResults.b.get()
        let records = try RealResults.records(folder)
        let report = try CampaignReport(folder, replayCommand: RealResults.command)
        let egoKilometers = records.reduce(0) { $0 + Double($1.egoMeters) } / 1000
        #expect(report.rollouts == 480 && records.count == 480)
        #expect(abs(report.egoKilometers - egoKilometers) < 1e-9 * egoKilometers)
        #expect(report.events.map(\.key) == EventDefinition.all.map(\.key))
        for (event, definition) in zip(report.events, EventDefinition.all) {
            #expect(event.count == records.reduce(0) { $0 + definition.count($1) }, "\(event.key)")
            let exact = PoissonInterval(count: event.count)
            let rate = try #require(event.rate)
            #expect(abs(rate.high - exact.high / event.kilometers * 1e6) < 1e-9 * rate.high)
            #expect(abs(rate.low - exact.low / event.kilometers * 1e6) <= 1e-9 * rate.low)
        }
        #expect(try #require(report.events.first { $0.key == "ego-collisions" }).count > 10)
        #expect(report.events.filter(\.isWorldModelFault).map(\.exposure) == [.agentKilometers, .agentKilometers])
    }

    @Test func partsAddUpToTheWhole() throws {
        let report = try CampaignReport(RealResults.b.get(), replayCommand: RealResults.command)
        for parts in [report.families, report.densities] {
            #expect(parts.reduce(0) { $0 + $1.rollouts } == report.rollouts)
            for (index, event) in report.events.enumerated() {
                #expect(parts.reduce(0) { $0 + $1.events[index].count } == event.count, "\(event.key)")
            }
        }
        let collisions = try #require(report.events.first { $0.key == "ego-collisions" }).count
        let kinds = report.events.filter { $0.level == 1 && !$0.key.contains("/") }
        #expect(kinds.reduce(0) { $0 + $1.count } == collisions)
        for kind in kinds {
            let severities = report.events.filter { $0.key.hasPrefix(kind.key + "/") }
            #expect(severities.count == 4)
            #expect(severities.reduce(0) { $0 + $1.count } == kind.count, "\(kind.key)")
        }
    }

    @Test func densityGrowsFromFreeFlowToJam() throws {
        let records = try RealResults.records(RealResults.a.get())
        let means = TrafficFamily.allCases.map { family in
            let part = records.filter { $0.family == family }
            return part.reduce(0) { $0 + Double($1.density) } / Double(part.count)
        }
        #expect(means == means.sorted() && means[0] > 1 && means[3] > 2 * means[0], "\(means)")
    }

    @Test func percentilesAreThoseOfTheRecords() throws {
        let folder = try RealResults.b.get()
        let report = try CampaignReport(folder, replayCommand: RealResults.command)
        let speeds = try RealResults.records(folder).map { Double($0.egoMeters / $0.simulatedSeconds) }.sorted()
        let distribution = try #require(report.distributions.first { $0.key == "mean-speed" })
        #expect(distribution.count == 480)
        #expect(distribution.bins.reduce(0) { $0 + $1.count } == 480)
        for percentile in distribution.percentiles {
            let exact = speeds[max(0, Int((percentile.percent / 100 * 480).rounded(.up)) - 1)]
            #expect(abs(percentile.value - exact) <= 0.001 * exact + 0.001)
        }
    }

    @Test func everyLineFitsEightyColumnsButCommands() throws {
        for folder in [try RealResults.a.get(), try RealResults.b.get()] {
            let text = try CampaignReport(folder, replayCommand: RealResults.command).text
            for line in text.split(separator: "\n") where !line.contains("longhaul replay") {
                #expect(line.count <= 80, "\(line)")
            }
        }
    }

    @Test func worstRolloutsComeWithTheirCommandsAndReadBackFromJSON() throws {
        let folder = try RealResults.b.get()
        var options = CampaignReport.Options()
        options.worst = 7
        options.event = .offRoad
        options.limits = [5]
        let report = try CampaignReport(folder, options: options, replayCommand: RealResults.command)
        #expect(report.worst.count == 7)
        #expect(report.worst.map(\.incident.severity) == report.worst.map(\.incident.severity).sorted(by: >))
        for rollout in report.worst { #expect(report.text.contains("     \(rollout.replayCommand)\n")) }
        #expect(report.demonstration.event == "off-road" && report.demonstration.limits.map(\.limit) == [5])
        #expect(try JSONDecoder().decode(CampaignReport.self, from: JSONEncoder().encode(report)) == report)
    }

    @Test func theReportOfAnEmptyFolderSaysSo() throws {
        let folder = try RealResults.folder(of: RealResults.idm, shards: 0..<0)
        let report = try CampaignReport(folder, replayCommand: RealResults.command)
        #expect(report.rollouts == 0 && report.events.allSatisfy { $0.rate == nil })
        #expect(report.text.contains("No failure, no near miss."))
        #expect(report.html.contains("</html>"))
    }

    @Test func shardsBeyondTheEndOfTheCampaignAreLeftOut() throws {
        var campaign = RealResults.constantVelocity
        campaign.stop.failures = 10
        let folder = try RealResults.folder(of: campaign)
        let report = try CampaignReport(folder, replayCommand: RealResults.command)
        let failures = try #require(report.events.first { $0.key == "failures" }).count
        let all = try RealResults.records(RealResults.b.get())
        var expected: UInt64 = 0
        var shards = 0
        while expected < 10 {
            expected += UInt64(all[shards * 32..<(shards + 1) * 32].count(where: \.isFailure))
            shards += 1
        }
        #expect(failures == expected)
        #expect(report.rollouts == UInt64(shards * 32))
        #expect(report.worst.allSatisfy { $0.incident.shard < shards })
    }

    @Test func aPageIsWholeAndNeedsNoNetwork() throws {
        let html = try CampaignReport(RealResults.b.get(), replayCommand: RealResults.command).html
        #expect(html.hasPrefix("<!doctype html>") && html.contains("</html>"))
        for word in ["http", "<script", "<link", "<img", "@import", "url("] { #expect(!html.contains(word)) }
        #expect(html.contains("prefers-color-scheme:dark"))
    }
}
