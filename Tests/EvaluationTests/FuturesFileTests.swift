import Evaluation
import Foundation
import Testing
import TrafficData

@Suite struct FuturesFileTests {
    private struct Row: Equatable {
        var rollout, agent: Int
        var time, x, y, heading, speed: Double
    }

    private func rows(_ file: URL) throws -> [Row] {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.first.map(String.init) == FuturesFile.header)
        return try lines.dropFirst().map { line in
            let cells = line.split(separator: ",")
            let numbers = try cells.dropFirst(2).map { try #require(Double($0)) }
            try #require(numbers.count == 5)
            return Row(
                rollout: try #require(Int(cells[0])), agent: try #require(Int(cells[1])), time: numbers[0],
                x: numbers[1], y: numbers[2], heading: numbers[3], speed: numbers[4])
        }
    }

    private func options(rollouts: Int = 4) -> FuturesFile.Options {
        var options = FuturesFile.Options(worldModel: Fixtures.worldModel())
        options.rollouts = rollouts
        return options
    }

    @Test func everybodyAtTheStartHasEveryMomentUpToTheScenesEnd() throws {
        let folder = try TemporaryFolder()
        let scene = try folder.write(Fixtures.commonRoad(Fixtures.traffic), to: "scene.xml")
        let output = folder.url.appendingPathComponent("futures.csv")
        let summary = try FuturesFile.write(scene: scene, options: options(), output: output)
        #expect(summary == FuturesFile.Summary(agents: 4, steps: 20, rollouts: 4))
        let rows = try rows(output)
        #expect(rows.count == 4 * 4 * 20)
        for rollout in 0..<4 {
            for agent in [10, 11, 12, 13] {  // 14 comes later
                let times = rows.filter { $0.rollout == rollout && $0.agent == agent }.map(\.time)
                #expect(times == (11...30).map { Double($0) / 10 })
            }
        }
        #expect(rows.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.heading.isFinite && $0.speed >= 0 })
    }

    @Test func futuresBeginWhereTheVehiclesAre() throws {
        let folder = try TemporaryFolder()
        let scene = try folder.write(Fixtures.commonRoad(Fixtures.traffic), to: "scene.xml")
        let output = folder.url.appendingPathComponent("futures.csv")
        try FuturesFile.write(scene: scene, options: options(), output: output)
        for row in try rows(output) where row.time == 1.1 {
            let vehicle = try #require(Fixtures.traffic.first { $0.id == row.agent })
            #expect(abs(row.x - vehicle.x[11 - vehicle.firstStep]) < 0.2)
            #expect(abs(row.y - vehicle.y) < 0.1)
            #expect(abs(row.heading) < 0.05)
            #expect(abs(row.speed - 22) < 3)
        }
    }

    @Test func rolloutsDifferAndTheSameSeedGivesTheSameBytes() throws {
        let folder = try TemporaryFolder()
        let scene = try folder.write(Fixtures.commonRoad(Fixtures.traffic), to: "scene.xml")
        func bytes(_ options: FuturesFile.Options, _ name: String) throws -> Data {
            let output = folder.url.appendingPathComponent(name)
            try FuturesFile.write(scene: scene, options: options, output: output)
            return try Data(contentsOf: output)
        }
        let first = try bytes(options(), "a.csv")
        #expect(try bytes(options(), "b.csv") == first)
        var other = options()
        other.seed = 8
        #expect(try bytes(other, "c.csv") != first)
        let last = try rows(folder.url.appendingPathComponent("a.csv")).filter {
            $0.agent == 10 && $0.time == 3
        }
        #expect(Set(last.map(\.x)).count > 1)
    }

    @Test func whatHappensAfterTheStartChangesNothing() throws {
        var changed = Fixtures.traffic
        for vehicle in changed.indices {
            for index in changed[vehicle].x.indices where changed[vehicle].firstStep + index > 10 {
                changed[vehicle].x[index] -= 0.3 * Double(changed[vehicle].firstStep + index - 10)
            }
        }
        changed.removeLast()
        let folder = try TemporaryFolder()
        var files: [Data] = []
        for (name, vehicles) in [("a", Fixtures.traffic), ("b", changed)] {
            let scene = try folder.write(Fixtures.commonRoad(vehicles), to: "\(name).xml")
            let output = folder.url.appendingPathComponent("\(name).csv")
            try FuturesFile.write(scene: scene, options: options(), output: output)
            files.append(try Data(contentsOf: output))
        }
        #expect(files[0] == files[1])
    }

    /// Two carriageways' worth of I-24 trajectories, 25 Hz, feet, times of day; `future` moves whatever
    /// comes more than 1 s after the start.
    private func i24(future: Double) throws -> Data {
        let begin = 1_641_481_246.59
        let vehicles: [[String: Any]] = (0..<6).map { number in
            let direction = number < 4 ? 1.0 : -1.0
            let times = (0...75).map { 0.04 * Double($0) }
            let x: [Double] = times.map { time in
                let along = 100 * Double(number) + 90 * time
                return direction * along + (time > 1.0001 ? future * time : 0)
            }
            let y = direction > 0 ? 6 + 12 * Double(number) : 78 + 12 * Double(number - 4)
            return [
                "timestamp": times.map { begin + $0 }, "x_position": x, "y_position": times.map { _ in y },
                "length": 15.0, "width": 6.0, "height": 5.0, "coarse_vehicle_class": 0,
                "direction": Int(direction),
            ]
        }
        return try JSONSerialization.data(withJSONObject: vehicles)
    }

    @Test func bothCarriagewaysOfI24AreSimulatedFromThePastOnly() throws {
        let folder = try TemporaryFolder()
        var files: [Data] = []
        for (name, future) in [("a", 0.0), ("b", 4.0)] {
            let scene = folder.url.appendingPathComponent("\(name).json")
            try i24(future: future).write(to: scene)
            let output = folder.url.appendingPathComponent("\(name).csv")
            let summary = try FuturesFile.write(scene: scene, options: options(), output: output)
            #expect(summary.agents == 6)
            #expect(summary.steps == 20)
            files.append(try Data(contentsOf: output))
        }
        #expect(files[0] == files[1])
        let rows = try rows(folder.url.appendingPathComponent("a.csv"))
        #expect(Set(rows.map(\.agent)) == Set(0..<6))
        for row in rows where row.time == 1.1 {
            let direction: Double = row.agent < 4 ? 1 : -1
            let heading: Double = row.agent < 4 ? 0 : .pi
            let feet = 100 * Double(row.agent) + 99 + 7.5
            let centre = direction * feet * 0.3048
            #expect(abs(row.speed - 27.4) < 1)
            #expect(abs(abs(row.heading) - heading) < 0.05)
            #expect(abs(row.x - centre) < 0.3)
        }
    }

    @Test func startsOutsideTheRecordingAreRefused() throws {
        let folder = try TemporaryFolder()
        let scene = try folder.write(Fixtures.commonRoad(Fixtures.traffic), to: "scene.xml")
        let output = folder.url.appendingPathComponent("futures.csv")
        for from in [-1.0, 3.0, 99] {
            var options = options()
            options.from = from
            #expect(throws: EvaluationError.startOutside(scene: "scene.xml", from: from, first: 0, last: 3))
            {
                try FuturesFile.write(scene: scene, options: options, output: output)
            }
        }
        #expect(!FileManager.default.fileExists(atPath: output.path))
    }

    @Test func impossibleRequestsAreRefused() throws {
        let folder = try TemporaryFolder()
        let scene = try folder.write(Fixtures.commonRoad(Fixtures.traffic), to: "scene.xml")
        let other = try folder.write("a,b", to: "scene.txt")
        let output = folder.url.appendingPathComponent("futures.csv")
        #expect(throws: EvaluationError.rollouts(0)) {
            try FuturesFile.write(scene: scene, options: options(rollouts: 0), output: output)
        }
        var long = options()
        long.horizon = .infinity
        #expect(throws: EvaluationError.horizon(.infinity)) {
            try FuturesFile.write(scene: scene, options: long, output: output)
        }
        #expect(throws: EvaluationError.unknownFormat(file: "scene.txt")) {
            try FuturesFile.write(scene: other, options: options(), output: output)
        }
        #expect(throws: EvaluationError.self) {
            try FuturesFile.write(
                scene: scene, options: options(),
                output: folder.url.appendingPathComponent("no/such/folder.csv"))
        }
    }

    @Test func aFolderIsDoneSceneBySceneAndOneBadSceneStopsNobody() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Fixtures.commonRoad(Fixtures.traffic), to: "good.xml")
        _ = try folder.write("<commonRoad", to: "bad.xml")
        _ = try folder.write("not a scene", to: "README.md")
        let output = folder.url.appendingPathComponent("out")
        let outcomes = try FuturesFile.write(scenes: folder.url, options: options(), output: output)
        #expect(outcomes.map(\.scene) == ["bad.xml", "good.xml"])
        #expect(throws: TrafficDataError.self) { try outcomes[0].result.get() }
        #expect(try outcomes[1].result.get().agents == 4)
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path) == ["good.csv"])
    }
}
