import Evaluation
import Foundation
import WorldModel

/// Files written for a test and removed with it.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "evaluation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws -> URL {
        let file = url.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file
    }
}

/// Shared recordings, where the machine has them.
enum SharedData {
    static let folder: URL? = {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment["LONGHAUL_DATA"].map { URL(fileURLWithPath: $0) }
        let folder = named ?? root.appendingPathComponent("../shared/data").standardizedFileURL
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()
}

enum Fixtures {
    /// Weights drawn at random, so that tokens differ from driver to driver and rollout to rollout.
    static func worldModel() -> WorldModel {
        var generator: UInt64 = 1
        func random(_ scale: Float) -> Float {
            generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Float(generator >> 40) / Float(1 << 24) - 0.5) * scale
        }
        let longitudinal = 16
        let lateral = 8
        let hidden = 16
        func layer(_ inputs: Int, _ outputs: Int) -> NetworkWeights.Layer {
            .init(
                inputs: inputs, outputs: outputs, weight: (0..<inputs * outputs).map { _ in random(0.2) },
                bias: (0..<outputs).map { _ in random(0.2) })
        }
        let table = [Float](repeating: 1, count: SceneStatistics.speedBins * SceneStatistics.quantileCount)
        let sizes = [Float](repeating: 2, count: SceneStatistics.kinds * SceneStatistics.quantileCount)
        return WorldModel(
            vocabulary: MotionVocabulary(
                longitudinal: (0..<longitudinal * 5).map { Float($0 / 5) * 0.25 - 2 },
                lateral: (0..<lateral * 5).map { Float($0 / 5) * 0.1 - 0.35 }),
            network: NetworkWeights(layers: [
                layer(Features.count, hidden), layer(hidden, longitudinal + lateral),
            ]),
            statistics: SceneStatistics(
                gapQuantiles: table, speedDeviationQuantiles: table, laneSpeedQuantiles: table,
                offsetQuantiles: table, kindShares: [0.9, 0.09, 0.01], lengthQuantiles: sizes,
                widthQuantiles: sizes),
            temperature: 1, provenance: [:])
    }

    /// A vehicle of a CommonRoad fixture: its y, and its x at each step of 0.1 s from `firstStep` on.
    struct Vehicle {
        var id: Int
        var y: Double
        var firstStep = 0
        /// m/s, as the file gives it.
        var speed: Double
        var x: [Double]
    }

    /// Steady traffic on the straight three-lane road of `commonRoad`: 3 s, vehicle 13 appears after 1 s.
    static let traffic: [Vehicle] = [
        Vehicle(id: 10, y: 1.8, speed: 20, x: (0...30).map { 2 * Double($0) }),
        Vehicle(id: 11, y: 5.4, speed: 22, x: (0...30).map { 30 + 2.2 * Double($0) }),
        Vehicle(id: 12, y: 9, speed: 24, x: (0...30).map { 10 + 2.4 * Double($0) }),
        Vehicle(id: 13, y: 5.4, firstStep: 10, speed: 20, x: (10...30).map { 2 * Double($0) - 40 }),
        Vehicle(id: 14, y: 1.8, firstStep: 15, speed: 20, x: (15...30).map { 2 * Double($0) - 60 }),
    ]

    /// A CommonRoad 2018b file: three lanes along +x, 400 m long.
    static func commonRoad(_ vehicles: [Vehicle]) -> String {
        func point(_ x: Double, _ y: Double) -> String { "<point><x>\(x)</x><y>\(y)</y></point>" }
        func bound(_ name: String, _ y: Double) -> String {
            "<\(name)>" + stride(from: -200.0, through: 200, by: 20).map { point($0, y) }.joined()
                + "</\(name)>"
        }
        let lanes = (0..<3).map { lane in
            let right = lane > 0 ? "<adjacentRight ref=\"\(lane)\" drivingDir=\"same\"/>" : ""
            let left = lane < 2 ? "<adjacentLeft ref=\"\(lane + 2)\" drivingDir=\"same\"/>" : ""
            return "<lanelet id=\"\(lane + 1)\">" + bound("leftBound", 3.6 * Double(lane + 1))
                + bound("rightBound", 3.6 * Double(lane)) + left + right + "</lanelet>"
        }
        func state(_ name: String, _ step: Int, _ x: Double, _ y: Double, _ speed: Double) -> String {
            "<\(name)><position>\(point(x, y))</position><orientation><exact>0</exact></orientation>"
                + "<time><exact>\(step)</exact></time><velocity><exact>\(speed)</exact></velocity></\(name)>"
        }
        let obstacles = vehicles.map { vehicle in
            let states = vehicle.x.enumerated().map { index, x in
                state(
                    index == 0 ? "initialState" : "state", vehicle.firstStep + index, x, vehicle.y,
                    vehicle.speed)
            }
            let shape = "<shape><rectangle><length>4.5</length><width>1.8</width></rectangle></shape>"
            return "<obstacle id=\"\(vehicle.id)\"><role>dynamic</role><type>car</type>" + shape + states[0]
                + "<trajectory>" + states.dropFirst().joined() + "</trajectory></obstacle>"
        }
        return
            "<?xml version=\"1.0\"?><commonRoad commonRoadVersion=\"2018b\" benchmarkID=\"ZAM_Fixture-1_1_T-1\" "
            + "timeStepSize=\"0.1\">" + (lanes + obstacles).joined(separator: "\n") + "</commonRoad>"
    }
}
