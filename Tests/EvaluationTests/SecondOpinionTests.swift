import Evaluation
import Foundation
import StreetTraffic
import Testing
import TrafficData

/// `Benchmarks/Realism/score_futures.py` scores what `longhaul futures` wrote by the same definition, in
/// NumPy and without our code.
@Suite struct SecondOpinionTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func python(_ arguments: [String]) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    private static let hasNumPy = (try? python(["-c", "import numpy"]).status) == 0

    private struct Opinion: Decodable {
        var agents: Int
        var fine: [String: Double]
        var published: [String: Double]
    }

    private func compare(_ scene: URL, _ score: SceneScore, _ futures: FuturesFile.Options) throws {
        let folder = try TemporaryFolder()
        let output = folder.url.appendingPathComponent("futures.csv")
        try FuturesFile.write(scene: scene, options: futures, output: output)
        let script = Self.root.appendingPathComponent("Benchmarks/Realism/score_futures.py").path
        let (status, bytes) = try Self.python([script, scene.path, output.path])
        try #require(status == 0)
        let opinion = try JSONDecoder().decode(Opinion.self, from: bytes)
        #expect(opinion.agents == score.agents)
        for (bins, values) in [(BinSet.fine, opinion.fine), (.published, opinion.published)] {
            #expect(abs(try #require(values["meta"]) - score.meta(bins)) < 0.003, "\(bins)")
            for component in RealismComponent.allCases {
                let ours = (bins == .fine ? score.fine : score.published)[component.rawValue]
                #expect(abs(try #require(values[component.name]) - ours) < 0.02, "\(component.name), \(bins)")
            }
        }
    }

    @Test(.enabled(if: hasNumPy, "python3 has no numpy"))
    func agreesOnACrossing() throws {
        let folder = try TemporaryFolder()
        let text = StreetFixture.commonRoad(StreetFixture.traffic)
        let scene = try folder.write(text, to: "crossing.xml")
        var options = Evaluation.Options(worldModel: Fixtures.worldModel())
        options.streetDriver = StreetFixture.driver()
        options.contenders = [.worldModel]
        options.rollouts = 16
        options.seed = 7
        let recording = try StreetRecording(CommonRoadFile.read(Data(text.utf8), file: "crossing.xml"))
        let report = try Evaluation.run([], streets: [recording], options: options)
        var futures = FuturesFile.Options(worldModel: options.worldModel)
        futures.streetDriver = options.streetDriver
        futures.rollouts = 16
        try compare(scene, report.scenes[0].score, futures)
    }

    @Test(.enabled(if: hasNumPy, "python3 has no numpy"))
    func agreesOnAFreeway() throws {
        let folder = try TemporaryFolder()
        // 21 m/s: in the middle of a bin, where rounding decides nothing.
        let traffic = (0..<6).map { index -> Fixtures.Vehicle in
            let start = Double(40 * (index / 3) - 100)
            let x: [Double] = (0...60).map { start + 2.1 * Double($0) }
            return Fixtures.Vehicle(id: index, y: 1.8 + 3.6 * Double(index % 3), speed: 21, x: x)
        }
        let text = Fixtures.commonRoad(traffic)
        let scene = try folder.write(text, to: "freeway.xml")
        var options = Evaluation.Options(worldModel: Fixtures.worldModel())
        options.contenders = [.worldModel]
        options.rollouts = 16
        options.seed = 7
        let recording = try RoadRecording(CommonRoadFile.read(Data(text.utf8), file: "freeway.xml"))
        let report = try Evaluation.run([recording], options: options)
        var futures = FuturesFile.Options(worldModel: options.worldModel)
        futures.rollouts = 16
        try compare(scene, report.scenes[0].score, futures)
    }
}
