import Evaluation
import Foundation
import StreetTraffic
import Testing
import TrafficData

@Suite struct EvaluationTests {
    /// The fixture's traffic, long enough to be judged.
    private func recordings() throws -> [RoadRecording] {
        try (0..<3).map { number in
            let metersPerStep = 2 + 0.1 * Double(number)
            let traffic = (0..<6).map { index in
                let start = Double(40 * (index / 3) - 100)
                let x = (0...80).map { start + metersPerStep * Double($0) }
                return Fixtures.Vehicle(
                    id: index, y: 1.8 + 3.6 * Double(index % 3), speed: 10 * metersPerStep, x: x)
            }
            let data = Data(Fixtures.commonRoad(traffic).utf8)
            var recording = try RoadRecording(CommonRoadFile.read(data, file: "scene.xml"))
            recording.source = number == 0 ? .i24 : .us101
            return recording
        }
    }

    private var options: Evaluation.Options {
        var options = Evaluation.Options(worldModel: Fixtures.worldModel())
        options.rollouts = 8
        return options
    }

    @Test func theRecordingItselfIsTheCeiling() throws {
        let report = try Evaluation.run(recordings(), options: options)
        let ceiling = try #require(report.score(.recording, on: RoadScore.freeway))
        for contender in Contender.allCases where contender != .recording {
            let score = try #require(report.score(contender, on: RoadScore.freeway))
            #expect(score.meta <= ceiling.meta, "\(contender)")
            #expect(score.low <= score.meta && score.meta <= score.high)
        }
        // Everybody keeps his speed in this recording, so constant velocity is perfect, and random weights
        // are far from it.
        let steady = try #require(report.score(.constantVelocity, on: RoadScore.freeway))
        let random = try #require(report.score(.worldModel, on: RoadScore.freeway))
        #expect(steady.meta > ceiling.meta - 0.01)
        #expect(random.meta < steady.meta - 0.05)
    }

    @Test func freewayIsTheMeanOfBothRoads() throws {
        let report = try Evaluation.run(recordings(), options: options)
        let a = try #require(report.score(.idm, on: RecordingSource.us101.rawValue))
        let b = try #require(report.score(.idm, on: RecordingSource.i24.rawValue))
        let mean = try #require(report.score(.idm, on: RoadScore.freeway))
        #expect(abs(mean.meta - 0.5 * (a.meta + b.meta)) < 1e-12)
        #expect(a.agents == 12 && b.agents == 6 && mean.agents == 18)
    }

    @Test func threadsChangeNothing() throws {
        var one = options
        one.threads = 1
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let recordings = try recordings()
        let single = try encoder.encode(Evaluation.run(recordings, options: one))
        #expect(try encoder.encode(Evaluation.run(recordings, options: options)) == single)
        #expect(try JSONDecoder().decode(EvaluationReport.self, from: single).rollouts == 8)
    }

    @Test func shortRecordingsAreNotJudged() throws {
        let short = try recordings().map { $0.cut(0..<40, name: "short") }
        #expect(throws: EvaluationError.noScenes(recordings: 3)) {
            try Evaluation.run(short, options: options)
        }
    }

    @Test func theTableNamesEveryRoadAndContenderAndIsNoWiderThanPromised() throws {
        let table = try Evaluation.run(recordings(), options: options).table
        for contender in Contender.allCases { #expect(table.contains(contender.title)) }
        for road in ["freeway", "US-101", "I-24"] { #expect(table.contains("\n\(road)")) }
        #expect(table.split(separator: "\n").allSatisfy { $0.count <= 88 })
    }

    @Test(.enabled(if: SharedData.folder != nil, "the shared recordings are not on this machine"))
    func baselinesOfTheSharedRecordingsRankAsPublished() throws {
        let set = try TrafficDataSet.load(try #require(SharedData.folder), sources: [.us101])
        var options = options
        options.contenders = [.constantVelocity, .idmMobil, .recording]
        options.rollouts = 32
        let report = try Evaluation.run(set.recordings(.test), options: options)
        func meta(_ contender: Contender) throws -> Double {
            try #require(report.score(contender, on: RecordingSource.us101.rawValue)).meta
        }
        #expect(try meta(.constantVelocity) < meta(.idmMobil))
        #expect(try meta(.idmMobil) < meta(.recording) - 0.05)
        #expect(try (0.75...0.88).contains(meta(.recording)))
    }
}

@Suite struct StreetEvaluationTests {
    private func report() throws -> EvaluationReport {
        let data = Data(StreetFixture.commonRoad(StreetFixture.traffic).utf8)
        let recording = try StreetRecording(CommonRoadFile.read(data, file: "crossing.xml"))
        var options = Evaluation.Options(worldModel: Fixtures.worldModel())
        options.streetDriver = StreetFixture.driver()
        options.rollouts = 8
        return try Evaluation.run([], streets: [recording], options: options)
    }

    @Test func streetsAreJudgedWithoutLaneChangesByRule() throws {
        let report = try report()
        #expect(Set(report.scenes.map(\.contender)) == [.worldModel, .constantVelocity, .idm, .recording])
        let ceiling = try #require(report.score(.recording, on: "other"))
        for contender in [Contender.worldModel, .constantVelocity, .idm] {
            #expect(try #require(report.score(contender, on: "other")).meta <= ceiling.meta + 0.002)
        }
        // The parked car and the one beside the map are off the road, in the recording as in every rollout.
        #expect(ceiling.offRoadShare > 0.1)
    }

    @Test func thePageHoldsEveryPlotAndNothingFromElsewhere() throws {
        let html = try report().html
        #expect(html.hasPrefix("<!doctype html>") && html.contains("</html>"))
        #expect(html.components(separatedBy: "<svg").count == 4)
        for part in ["Meta scores with intervals", "Error over time", "prefers-color-scheme:dark"] {
            #expect(html.contains(part))
        }
        for outside in ["http:", "https:", "<script", "url("] { #expect(!html.contains(outside)) }
        for tag in ["svg", "section", "table", "figure", "g", "text"] {
            let opened = html.components(separatedBy: "<\(tag) ").count + html.components(separatedBy: "<\(tag)>").count
            #expect(opened - 2 == html.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
        }
    }
}
