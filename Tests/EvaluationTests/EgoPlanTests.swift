import Evaluation
import Foundation
import Testing

@Suite struct EgoPlanTests {
    private func write(_ text: String) throws -> EgoPlan {
        let folder = try TemporaryFolder()
        return try EgoPlan(agent: 10, contentsOf: folder.write(text, to: "plan.csv"))
    }

    @Test func plansAreReadAndBadOnesRefusedWithTheLine() throws {
        let plan = try write("time_s,x_m,y_m\n1.5,10,2\n2,12.5,2\n")
        #expect(plan.rows.map(\.time) == [1.5, 2])
        #expect(try write("time_s,x_m,y_m,heading_rad\n1,2,3,0.5\n").rows[0].heading == 0.5)
        for (text, line) in [
            ("t,x,y\n1,2,3\n", 1), ("time_s,x_m,y_m\n", 2), ("time_s,x_m,y_m\n1,2\n", 2),
            ("time_s,x_m,y_m\n1,2,3\n1,2,3\n", 3), ("time_s,x_m,y_m\n1,nan,3\n", 2),
            ("time_s,x_m,y_m\n1,2,3\n2,x,3\n", 3), ("time_s,x_m,y_m\n1,2,3\n2,1e9,3\n", 3),
            // Next to no time between two rows, and farther than anybody drives.
            ("time_s,x_m,y_m\n2,0,0\n2.0000000000000004,9e6,9e6\n", 3), ("time_s,x_m,y_m\n1,0,0\n1.5,70,40\n", 3),
        ] {
            let error = #expect(throws: EvaluationError.self) { try write(text) }
            guard case .badPlan("plan.csv", line, _) = error else {
                Issue.record("\(text): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func damagedPlansAreRefusedOrInOrder() throws {
        var random = SeededDamage(state: 3)
        for round in 0..<20_000 {
            var bytes = Array("time_s,x_m,y_m,heading_rad\r\n0,1,2,0.5\r\n0.5,3e1,-2,.1\r\n1,6e1,4,-3\r\n".utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place...)
                default: bytes.insert(contentsOf: Array("\n-1e,nan".utf8).shuffled(using: &random), at: place)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let plan = try? EgoPlan(agent: 1, csv: text, file: "plan.csv") else { continue }
            let isInOrder = zip(plan.rows, plan.rows.dropFirst()).allSatisfy { $1.time - $0.time > 0.009 }
            let isFinite = plan.rows.allSatisfy { $0.place.x.magnitude <= 1e7 && $0.place.y.magnitude <= 1e7 }
            #expect(!plan.rows.isEmpty && isInOrder && isFinite, "round \(round): \(text)")
        }
    }

    private func rows(_ ego: EgoPlan?, controller: Bool = true) throws -> [StreetFixture.Row] {
        let folder = try TemporaryFolder()
        var traffic = Fixtures.traffic
        // A follower 25 m behind vehicle 10's lane mate.
        traffic = traffic.map { vehicle in
            var vehicle = vehicle
            vehicle.x = vehicle.x.map { $0 + (vehicle.id == 10 ? 30 : 0) }
            return vehicle
        }
        traffic.append(.init(id: 20, y: 1.8, speed: 20, x: (0...30).map { 2 * Double($0) }))
        let scene = try folder.write(Fixtures.commonRoad(traffic), to: "scene.xml")
        var options = FuturesFile.Options(worldModel: Fixtures.worldModel())
        options.controller = .idm
        options.rollouts = 2
        options.ego = ego
        let output = folder.url.appendingPathComponent("futures.csv")
        try FuturesFile.write(scene: scene, options: options, output: output)
        return try StreetFixture.rows(output)
    }

    @Test func theEgoFollowsItsPlanAndItsFollowerBrakes() throws {
        // Vehicle 10 is at x = 50 at 1 s with 20 m/s; it brakes at 6 m/s².
        let plan = EgoPlan(
            agent: 10,
            rows: (1...20).map { step in
                let t = 0.1 * Double(step)
                return .init(time: 1 + t, place: .init(x: 50 + 20 * t - 3 * t * t, y: 1.8))
            })
        let free = try rows(nil), braked = try rows(plan)
        for row in braked where row.agent == 10 {
            let t = row.time - 1
            #expect(abs(row.x - (50 + 20 * t - 3 * t * t)) < 0.01)
            #expect(abs(row.y - 1.8) < 0.001)
        }
        func speed(_ rows: [StreetFixture.Row]) throws -> Double {
            try #require(rows.first { $0.agent == 20 && $0.time == 3 && $0.rollout == 0 }).speed
        }
        #expect(try speed(braked) < speed(free) - 1.5)
        #expect(try speed(braked) < 18)
    }

    @Test func onStreetsTheFollowerOfABrakingPlanBrakesToo() throws {
        let cars: [StreetFixture.Car] = [
            .steady(1, x: -60, y: -1.75, heading: 0, speed: 10), .steady(2, x: -78, y: -1.75, heading: 0, speed: 10),
        ]
        func speeds(_ ego: EgoPlan?) throws -> [Double] {
            let folder = try TemporaryFolder()
            let scene = try folder.write(StreetFixture.commonRoad(cars), to: "crossing.xml")
            var options = FuturesFile.Options(worldModel: Fixtures.worldModel())
            options.streetDriver = StreetFixture.driver()
            options.rollouts = 16
            options.ego = ego
            let output = folder.url.appendingPathComponent("futures.csv")
            try FuturesFile.write(scene: scene, options: options, output: output)
            return try StreetFixture.rows(output).filter { $0.agent == 2 && $0.time == 3.5 }.map(\.speed)
        }
        let stops = EgoPlan(
            agent: 1,
            rows: (0...20).map { step in
                let t = min(0.1 * Double(step), 10.0 / 6)
                return .init(time: 1 + 0.1 * Double(step), place: .init(x: -50 + 10 * t - 3 * t * t, y: -1.75))
            } + [.init(time: 9, place: .init(x: -50 + 100.0 / 6 - 25.0 / 3, y: -1.75))])
        let free = try speeds(nil), braked = try speeds(stops)
        let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
        #expect(mean(braked) < mean(free) - 2)
        #expect(try #require(braked.max()) < 6)
    }

    @Test func aPlanForSomebodyWhoIsNotThereIsRefused() throws {
        let plan = EgoPlan(agent: 99, rows: [.init(time: 1, place: .init(x: 0, y: 0))])
        #expect(throws: EvaluationError.unknownEgo(scene: "scene.xml", agent: 99, from: 1)) { try rows(plan) }
    }

    @Test func aPlanThatBeginsOutOfReachIsRefused() throws {
        let plan = EgoPlan(
            agent: 10, rows: [.init(time: 1.5, place: .init(x: 9e6, y: 1.8)), .init(time: 2, place: .init(x: 9e6, y: 1.8))])
        let error = #expect(throws: EvaluationError.self) { try rows(plan) }
        guard case .planOutOfReach(10, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func occupancyIsTheShareOfRolloutsWhoseBoxCoversACell() throws {
        let folder = try TemporaryFolder()
        let scene = try folder.write(StreetFixture.commonRoad(StreetFixture.traffic), to: "crossing.xml")
        var options = FuturesFile.Options(worldModel: Fixtures.worldModel())
        options.streetDriver = StreetFixture.driver()
        options.rollouts = 4
        options.occupancyCell = 0.5
        let output = folder.url.appendingPathComponent("futures.csv"), grid = folder.url.appendingPathComponent("grid.csv")
        try FuturesFile.write(scene: scene, options: options, output: output, occupancy: grid)
        let lines = try String(contentsOf: grid, encoding: .utf8).split(separator: "\n")
        #expect(lines[0] == "agent,time_s,x_m,y_m,share")
        let cells = lines.dropFirst().map { $0.split(separator: ",").map { Double($0) ?? .nan } }
        #expect(cells.allSatisfy { $0.count == 5 && $0[4] > 0 && $0[4] <= 1 && $0.allSatisfy(\.isFinite) })
        let futures = try StreetFixture.rows(output)
        for car in StreetFixture.traffic {
            for tenth in stride(from: 15, through: 60, by: 5) {
                let time = Double(tenth) / 10
                let mine = cells.filter { Int($0[0]) == car.id && $0[1] == time }
                // Areas agree: shares times a cell's area, and the box, within the grid's roughness.
                let area = mine.reduce(0) { $0 + $1[4] } * 0.25
                #expect(abs(area - car.length * 1.8) < 1.6, "\(car.id) \(time)")
                for row in futures where row.agent == car.id && row.time == time {
                    #expect(mine.contains { abs($0[2] - row.x) <= 0.26 && abs($0[3] - row.y) <= 0.26 })
                }
            }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
private struct SeededDamage: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
