import Foundation
import Testing
import TrafficData
import Training
import WorldModel

@Suite(.serialized) struct TrainerTests {
    private static let dataFolder: String = {
        if let folder = ProcessInfo.processInfo.environment["LONGHAUL_DATA"] { return folder }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.appendingPathComponent("../shared/data").path
    }()

    private func options() -> TrainingOptions {
        var options = TrainingOptions(dataFolder: "/nonexistent")
        options.epochs = 5
        options.batchSize = 256
        options.hiddenWidths = [32]
        options.longitudinalProfiles = 32
        options.lateralProfiles = 16
        return options
    }

    private func train(
        _ options: TrainingOptions
    ) throws -> (model: WorldModel, reports: [TrainingProgress]) {
        var reports: [TrainingProgress] = []
        let model = try Trainer.train(
            options, training: [syntheticRecording(name: "a"), syntheticRecording(name: "b", phase: 0.6)],
            validation: [syntheticRecording(name: "c", phase: 0.25)]) { reports.append($0) }
        return (model, reports)
    }

    @Test func theSameSeedGivesTheSameFileAndAnotherSeedAnother() throws {
        let first = try train(options()).model.encoded(), second = try train(options()).model.encoded()
        #expect(ContentHash.sha256(first) == ContentHash.sha256(second))
        var other = options()
        other.seed = 2
        #expect(try train(other).model.encoded() != first)
        #expect(try WorldModel(safetensors: first).encoded() == first)
    }

    @Test func trainingBeatsTheTokenFrequencies() throws {
        let (model, reports) = try train(options())
        let epochs = reports.compactMap { if case .epoch(let report) = $0 { report } else { nil } }
        #expect(epochs.count == 5)
        #expect(epochs[4].trainingLoss < epochs[0].trainingLoss)
        let frequencies = reports.compactMap { if case .baselines(_, let value) = $0 { value } else { nil } }
        #expect(epochs[4].validationLoss < frequencies[0])
        #expect(model.provenance["training_data"] == "a b")
        #expect(model.provenance["validation_data"] == "c")
    }

    @Test func epochsInClosedLoopAlsoLearnFromTheNetworksOwnDrives() throws {
        func decisions(from share: Float) throws -> [Int] {
            var options = options()
            options.closedLoopFrom = share
            return try train(options).reports.compactMap {
                if case .epoch(let report) = $0 { report.decisions } else { nil }
            }
        }
        let never = try decisions(from: 1), late = try decisions(from: 0.6)
        #expect(zip(late, never).prefix(3).allSatisfy { $0 == $1 })
        #expect(zip(late, never).dropFirst(3).allSatisfy { $0 > $1 })
    }

    @Test func learnedSceneStatisticsDescribeTheTraffic() throws {
        let statistics = try train(options()).model.statistics
        // The synthetic traffic drives at about 14 m/s with 40 m from bumper to bumper and some.
        let row = SceneStatistics.bin(speed: 14)
        let median = statistics.sample(statistics.gapQuantiles, row: row, at: 0.5)
        #expect(median > 20 && median < 50)
        #expect(statistics.kindShares[1] > 0.1 && statistics.kindShares[1] < 0.2)
        #expect(statistics.sample(statistics.lengthQuantiles, row: 1, at: 0.5) > 6)
    }

    @Test func whoKeepsLessDistanceAndDrivesFasterShowsItInHisTraits() {
        var recording = syntheticRecording()
        // Vehicle 1 follows vehicle 4 in its lane closely; vehicle 0 is faster than everybody.
        recording.tracks[1].s = recording.tracks[4].s.map { $0 - 12 }
        recording.tracks[0].speed = recording.tracks[0].speed.map { $0 + 6 }
        let observed = DriverTraits.observe(PreparedRecording(recording))
        let traits = DriverTraits.standardised(observed, by: DriverTraits.scale([observed]))
        #expect(traits.compactMap { $0?.headway }.min() == traits[1]?.headway)
        #expect(traits.compactMap { $0?.speed }.max() == traits[0]?.speed)
        #expect((traits[0]?.speed ?? 0) > 1.5)
    }

    @Test func badOptionsAreNamed() {
        for change: (inout TrainingOptions) -> Void in [
            { $0.epochs = 0 }, { $0.batchSize = 100 }, { $0.hiddenWidths = [20] }, { $0.hiddenWidths = [] },
            { $0.lateralProfiles = 300 }, { $0.learningRate = .nan }, { $0.disturbedShare = 2 },
            { $0.frameStride = 0 }, { $0.closedLoopFrom = 2 }, { $0.closedLoopStride = 0 },
            { $0.closedLoopChoices = 0 }, { $0.temperature = 0 }, { $0.lateralTemperature = 0 },
        ] {
            var bad = options()
            change(&bad)
            #expect {
                try Trainer.train(bad, training: [], validation: []) { _ in }
            } throws: { error in
                if case .badOption = error as? TrainingError { true } else { false }
            }
        }
    }

    @Test func aFolderWithoutRecordingsIsNamed() {
        #expect(throws: TrainingError.noRecordings(folder: "/nonexistent")) {
            try Trainer.train(options()) { _ in }
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: dataFolder), "no recordings in ../shared/data"))
    func trainingOnRecordedDrivingBeatsTheTokenFrequencies() throws {
        var options = TrainingOptions(dataFolder: Self.dataFolder)
        options.sources = [.us101]
        options.epochs = 6
        options.frameStride = 3
        var frequencies = 0.0, last = Double.infinity
        _ = try Trainer.train(options) { progress in
            if case .baselines(_, let value) = progress { frequencies = value }
            if case .epoch(let report) = progress { last = report.validationLoss }
        }
        #expect(last < frequencies - 0.1)
    }
}
