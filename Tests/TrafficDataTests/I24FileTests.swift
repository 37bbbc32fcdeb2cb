import Foundation
import RoadNetwork
import Testing
import TrafficData

@Suite struct I24FileTests {
    /// One vehicle per lane and direction at 30 m/s, 25 samples a second for 6 s.
    private func vehicle(
        direction: Int, y: Double, length: String = "15.0", keys: (String) -> String = { $0 }
    ) -> String {
        let times = (0..<150).map { 1_641_481_246.6 + 0.04 * Double($0) }
        let xs = times.indices.map { Double(direction) * (100 + 98.4252 * 0.04 * Double($0)) }
        return keys(
            """
            {"timestamp": \(times), "x_position": \(xs), "y_position": \(times.map { _ in y }),
             "length": \(length), "width": 6.0, "height": 5.0, "direction": \(direction),
             "coarse_vehicle_class": 0, "_id": "abc"}
            """)
    }

    private func read(_ text: String) throws -> [Recording] {
        try I24File.read(Data(text.utf8), file: "REC_test.json", fewestVehicles: 1)
    }

    @Test func bothCarriagewaysAreReadInMetres() throws {
        let file = "[\(vehicle(direction: 1, y: 42)), \(vehicle(direction: -1, y: 78))]"
        let recordings = try read(file)
        #expect(recordings.map(\.name) == ["REC_test+1", "REC_test-1"])
        #expect(recordings.allSatisfy { $0.source == .i24 && $0.lanes.lanes.count == 4 })
        let track = try #require(recordings[0].tracks.first)
        #expect(abs(track.length - 4.572) < 1e-9)
        // x is the vehicle's back: its centre is half a length farther on.
        #expect(abs(track.states[0].position.x - (30.48 + 2.286)) < 1e-9)
        #expect(abs(track.states[0].position.y - 12.8016) < 1e-9)
        let other = try #require(recordings[1].tracks.first)
        #expect(abs(other.states[0].position.x + (30.48 + 2.286)) < 1e-9)
    }

    @Test(arguments: [1, -1]) func trafficDrivesTowardsPlusSWithTheFastLaneOnTheLeft(direction: Int) throws {
        let inner = direction > 0 ? 42.0 : 78.0
        let file = "[\(vehicle(direction: direction, y: inner))]"
        let road = try RoadRecording(try #require(try read(file).first))
        #expect(road.corridor.laneCount == 4)
        let track = try #require(road.tracks.first)
        #expect(track.frameCount == 60)
        #expect(zip(track.s, track.s.dropFirst()).allSatisfy { $0 < $1 })
        #expect(track.speed.allSatisfy { abs($0 - 30) < 0.01 })
        let samples = road.corridor.sampleCount
        #expect(abs(track.d[30] - road.corridor.laneCentre[samples / 2]) < 0.01)
        #expect(road.corridor.laneCentre[samples / 2] > road.corridor.laneCentre[3 * samples + samples / 2])
        #expect(abs(road.corridor.laneWidth[samples / 2] - 3.6576) < 1e-3)
    }

    @Test func aCarriagewayOfFewVehiclesIsLeftOut() throws {
        let text = "[\(vehicle(direction: 1, y: 42))]"
        #expect(try I24File.read(Data(text.utf8), file: "few.json").isEmpty)
    }

    @Test(arguments: [
        ("\"length\": 15.0", "\"length\": -15.0", "length"),
        ("\"length\": 15.0", "\"length\": \"long\"", "[0] length"),
        ("\"length\": 15.0", "\"size\": 15.0", "\"length\""),
        ("\"direction\": 1", "\"direction\": 2", "direction"),
        ("\"timestamp\": [", "\"timestamp\": [0.0, ", "as many timestamps"),
        ("\"x_position\": [100.0", "\"x_position\": [1e300", "positions"),
        ("\"timestamp\": [1641481246.6", "\"timestamp\": [2641481246.6", "increase"),
    ])
    func aWrongVehicleIsRefusedByName(from: String, to: String, expected: String) {
        let text = "[" + vehicle(direction: 1, y: 6).replacingOccurrences(of: from, with: to) + "]"
        let error = #expect(throws: TrafficDataError.self) { try read(text) }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    @Test(arguments: ["", "[", "nonsense", "{}", "[1, 2]", "[{}]", "[[[[[[[["])
    func whatIsNoListOfVehiclesIsRefused(text: String) {
        #expect(throws: TrafficDataError.self) { try read(text) }
    }
}
