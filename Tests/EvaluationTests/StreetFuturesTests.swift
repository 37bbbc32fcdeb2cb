import Evaluation
import Foundation
import StreetTraffic
import Testing
import TrafficData

@Suite struct StreetFuturesTests {
    private func options(rollouts: Int = 8) -> FuturesFile.Options {
        var options = FuturesFile.Options(worldModel: Fixtures.worldModel())
        options.streetDriver = StreetFixture.driver()
        options.rollouts = rollouts
        return options
    }

    private func rows(
        _ cars: [StreetFixture.Car], _ options: FuturesFile.Options
    ) throws -> [StreetFixture.Row] {
        let folder = try TemporaryFolder()
        let scene = try folder.write(StreetFixture.commonRoad(cars), to: "crossing.xml")
        let output = folder.url.appendingPathComponent("futures.csv")
        try FuturesFile.write(scene: scene, options: options, output: output)
        return try StreetFixture.rows(output)
    }

    @Test func theShippedDriverSaysWhereItComesFrom() throws {
        let driver = try StreetDriver.shipped()
        #expect(driver.provenance["data_origin"]?.contains("NGSIM") == true)
        #expect(driver.provenance["training_data"]?.contains("USA_Lanker") == true)
        #expect(driver.provenance["made_by"] == "longhaul train-streets")
    }

    @Test func everybodyOnACrossingHasEveryMomentAndNothingIsInfinite() throws {
        let rows = try rows(StreetFixture.traffic, options())
        #expect(rows.count == 8 * 7 * 50)
        for rollout in 0..<8 {
            for car in StreetFixture.traffic {
                let times = rows.filter { $0.rollout == rollout && $0.agent == car.id }.map(\.time)
                #expect(times == (11...60).map { Double($0) / 10 })
            }
        }
        #expect(rows.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.heading.isFinite && $0.speed >= 0 })
    }

    @Test func nobodyJumpsAndTheRowsSpeedIsThatOfTheMotion() throws {
        let rows = try rows(StreetFixture.traffic, options())
        for (before, after) in zip(rows, rows.dropFirst())
        where before.agent == after.agent && before.rollout == after.rollout {
            let moved = hypot(after.x - before.x, after.y - before.y)
            #expect(abs(moved - 0.05 * (before.speed + after.speed)) < 0.12)
            #expect(abs((after.heading - before.heading).remainder(dividingBy: 2 * .pi)) < 0.25)
            #expect(after.speed - before.speed < 0.5 && before.speed - after.speed < 0.85)
        }
    }

    @Test func rolloutsDifferAndDriversWhoMayTurnDo() throws {
        let rows = try rows(StreetFixture.traffic, options(rollouts: 32))
        let ends = rows.filter { $0.agent == 1 && $0.time == 6 }
        #expect(Set(ends.map(\.x)).count > 16)
        var fast = StreetFixture.traffic
        fast[0] = .steady(1, x: -25, y: -1.75, heading: 0, speed: 6)
        let turned = try self.rows(fast, options(rollouts: 32)).filter { $0.agent == 1 && $0.time == 6 }
        let directions = Set(turned.map { Int(($0.heading / (.pi / 2)).rounded()) })
        #expect(directions.count >= 2, "\(directions)")
    }

    @Test func whatHappensAfterTheStartChangesNothing() throws {
        var changed = StreetFixture.traffic
        for car in changed.indices {
            for step in changed[car].states.indices where step > 10 {
                changed[car].states[step].x += 0.4 * Double(step - 10)
                changed[car].states[step].heading += 0.01
                changed[car].states[step].speed += 3
            }
        }
        changed[1].states.removeLast(49)  // is no longer there right after the start
        #expect(try rows(changed, options()) == rows(StreetFixture.traffic, options()))
    }

    @Test func theSameSeedGivesTheSameBytesAndAnotherDoesNot() throws {
        let first = try rows(StreetFixture.traffic, options())
        #expect(try rows(StreetFixture.traffic, options()) == first)
        var other = options()
        other.seed = 8
        #expect(try rows(StreetFixture.traffic, other) != first)
    }

    @Test func aFollowerDoesNotDriveIntoAStandingCar() throws {
        for seed in UInt64(0)..<10 {
            var options = options(rollouts: 4)
            options.seed = seed
            let cars: [StreetFixture.Car] = [
                .steady(1, x: -60, y: -1.75, heading: 0, speed: 12),
                .steady(2, x: -30, y: -1.75, heading: 0, speed: 0),
            ]
            options.ego = EgoPlan(agent: 2, rows: [.init(time: 0, place: .init(x: -30, y: -1.75), heading: 0),
                .init(time: 60, place: .init(x: -30, y: -1.75), heading: 0)])
            let nearest = try rows(cars, options).filter { $0.agent == 1 && abs($0.y + 1.75) < 1.5 }.map(\.x).max()
            #expect(try #require(nearest) < -34.4, "seed \(seed)")
        }
    }

    @Test(.enabled(if: SharedData.folder != nil, "the shared recordings are not on this machine"))
    func everySharedStreetSceneGivesAFullTable() throws {
        let data = try #require(SharedData.folder).appendingPathComponent("commonroad")
        let names = try FileManager.default.contentsOfDirectory(atPath: data.path).sorted()
            .filter { $0.hasPrefix("USA_Lanker") || $0.hasPrefix("USA_Peach") }
        #expect(names.count >= 28)
        let folder = try TemporaryFolder()
        let output = folder.url.appendingPathComponent("futures.csv")
        for name in names {
            let scene = data.appendingPathComponent(name)
            let recording = try CommonRoadFile.read(scene)
            // One scene ends with the second that is needed as the past.
            guard recording.tracks.contains(where: { $0.states.last!.time > 1.05 }) else { continue }
            let summary = try FuturesFile.write(scene: scene, options: options(rollouts: 1), output: output)
            let present = recording.tracks.filter { $0.states[0].time <= 1.0001 && $0.states.last!.time >= 0.9999 }
            let rows = try StreetFixture.rows(output)
            #expect(summary.agents == present.count, "\(name)")
            #expect(rows.count == present.count * summary.steps, "\(name)")
            #expect(Set(rows.map(\.agent)) == Set(present.map(\.id)), "\(name)")
            #expect(rows.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.heading.isFinite && $0.speed.isFinite })
        }
    }
}
