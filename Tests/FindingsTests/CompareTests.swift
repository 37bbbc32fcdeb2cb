import Foundation
import Metrics
import Scenarios
import Testing

import Findings

@Suite struct CompareTests {
    private func compare(_ a: ResultFolder, _ b: ResultFolder, limit: Int = 5) throws -> Comparison {
        try Comparison(a, b, limit: limit, replayCommand: RealResults.command)
    }

    @Test func everyScenarioIsPairedWithItself() throws {
        let a = try RealResults.a.get(), b = try RealResults.b.get()
        let comparison = try compare(a, b, limit: 1000)
        let recordsA = try RealResults.records(a), recordsB = try RealResults.records(b)
        #expect(comparison.pairs == 480 && comparison.onlyInA == 0 && comparison.onlyInB == 0)
        let new = zip(recordsA, recordsB).filter { !$0.isFailure && $1.isFailure }.map(\.0.scenario)
        let fixed = zip(recordsA, recordsB).filter { $0.isFailure && !$1.isFailure }.map(\.0.scenario)
        #expect(new.count > 10)
        #expect(comparison.newlyFailing.map(\.number).sorted() == new)
        #expect(comparison.nowFixed.map(\.number).sorted() == fixed)
        #expect(comparison.newFailures == UInt64(new.count))
        #expect(comparison.outcomes.reduce(0) { $0 + $1.count } == 480)
        let failures = try #require(comparison.metrics.first { $0.key == "failures" })
        #expect(failures.mcnemar == McNemarTest(onlyA: UInt64(fixed.count), onlyB: UInt64(new.count)))
        #expect(failures.verdict == .worse && comparison.isWorse("failures"))
        #expect(comparison.isWorse("new-failures"))
        for change in comparison.newlyFailing {
            #expect(change.replayA == RealResults.command(a, shard: Int(change.number / 32), scenario: change.number))
            #expect(change.replayB == RealResults.command(b, shard: Int(change.number / 32), scenario: change.number))
        }
        #expect(try JSONDecoder().decode(Comparison.self, from: JSONEncoder().encode(comparison)) == comparison)
    }

    @Test func theListsCanBeAboutAnotherEvent() throws {
        let a = try RealResults.a.get(), b = try RealResults.b.get()
        let comparison = try Comparison(
            a, b, event: .hardBrakes, limit: 1000, replayCommand: RealResults.command)
        let pairs = zip(try RealResults.records(a), try RealResults.records(b))
        let gone = pairs.filter { $0.hardBrakes > 0 && $1.hardBrakes == 0 }.map(\.0.scenario)
        #expect(!gone.isEmpty && comparison.nowFixed.map(\.number).sorted() == gone)
        #expect(comparison.text.contains("no longer with hard-brakes"))
        #expect(comparison.isWorse("new-failures"), "whatever the lists are about")
    }

    @Test func theSamePolicyIsNeitherBetterNorWorse() throws {
        let a = try RealResults.a.get()
        let comparison = try compare(a, a)
        #expect(comparison.newFailures == 0 && comparison.fixedFailures == 0)
        for metric in comparison.metrics {
            #expect(metric.verdict == .undecided && metric.a == metric.b, "\(metric.key)")
            if let difference = metric.difference { #expect(abs(difference.value) + abs(difference.high) < 1e-6) }
        }
        for key in Comparison.metricKeys { #expect(!comparison.isWorse(key)) }
    }

    @Test func pairedMeansAreTheirDifferences() throws {
        let a = try RealResults.a.get(), b = try RealResults.b.get()
        let pairs = zip(try RealResults.records(a), try RealResults.records(b))
        let differences = pairs.map { Double($1.maximumJerk) - Double($0.maximumJerk) }
        let mean = differences.reduce(0, +) / 480
        let deviation = (differences.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 479).squareRoot()
        // t.ppf(0.975, 479) from SciPy 1.17.1.
        let reach = 1.9649292 * deviation / Double(480).squareRoot()
        let metric = try #require(compare(a, b).metrics.first { $0.key == "maximum-jerk" })
        let difference = try #require(metric.difference)
        #expect(abs(difference.value - mean) < 1e-6)
        #expect(abs(difference.high - mean - reach) < 1e-5 * reach)
    }

    @Test func aSmallerHeadwayIsSeen() throws {
        let comparison = try compare(RealResults.a.get(), RealResults.folder(of: RealResults.careless))
        let brakes = try #require(comparison.metrics.first { $0.key == "hard-brakes" })
        #expect(brakes.countA != brakes.countB, "the parameters reach the driver")
        #expect(comparison.b.driver == "idm-mobil (comfortable-braking 8, minimum-gap 0.200, time-headway 0.200)"
            || comparison.b.driver.hasPrefix("idm-mobil (comfortable-braking 8"))
    }

    @Test func whatOnlyOneSideHasIsNotCompared() throws {
        let part = try RealResults.folder(of: RealResults.constantVelocity, shards: 3..<9)
        let comparison = try compare(RealResults.a.get(), part)
        #expect(comparison.pairs == 192 && comparison.onlyInA == 288 && comparison.onlyInB == 0)
        #expect(comparison.text.contains("288 scenarios that only A has"))
    }

    @Test func otherShardsAreNoObstacle() throws {
        var campaign = RealResults.constantVelocity
        campaign.shardSize = 7
        let comparison = try compare(RealResults.a.get(), RealResults.folder(of: campaign))
        let same = try compare(RealResults.a.get(), RealResults.b.get())
        #expect(comparison.metrics == same.metrics && comparison.outcomes == same.outcomes)
    }

    struct Obstacle: Sendable, CustomTestStringConvertible {
        var word: String
        var change: @Sendable (inout Campaign) -> Void
        var testDescription: String { word }
    }

    @Test(arguments: [
        Obstacle(word: "the seed is 31 in A and 32 in B") { $0.seed = 32 },
        Obstacle(word: "the mix is [0.4, 0.3, 0.2, 0.1] in A and [0.3, 0.4, 0.2, 0.1] in B") {
            $0.mix = [0.3, 0.4, 0.2, 0.1]
        },
        Obstacle(word: "the horizon is 20.0 in A and 10.0 in B") { $0.horizonSeconds = 10 },
        Obstacle(word: "the burn-in is 2.0 in A and 3.0 in B") { $0.burnInSeconds = 3 },
    ]) func whatCantBeComparedIsRefusedWithTheReason(obstacle: Obstacle) throws {
        var campaign = RealResults.idm
        obstacle.change(&campaign)
        let other = try RealResults.folder(of: campaign, shards: 0..<1)
        let error = #expect(throws: NotComparable.self) { try compare(RealResults.a.get(), other) }
        #expect(error?.description.contains(obstacle.word) == true, "\(String(describing: error))")
    }

    @Test func everyLineFitsEightyColumnsButCommands() throws {
        let text = try compare(RealResults.a.get(), RealResults.b.get()).text
        for line in text.split(separator: "\n") where !line.contains("longhaul replay") && !line.hasPrefix("A  ") {
            #expect(line.count <= 80, "\(line)")
        }
        #expect(text.contains("newly failing"))
    }
}
