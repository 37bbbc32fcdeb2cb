import Foundation
import RoadNetwork
import Testing
import TrafficData

@Suite struct NGSIMFileTests {
    /// Rows of one vehicle at 50 ft/s in the middle of a lane.
    private func rows(vehicle: Int, lane: Int, frames: Range<Int>, length: String = "15.0") -> [String] {
        frames.map { frame in
            let x = 12 * Double(lane) - 6
            let y = 100 + 5 * Double(frame - frames.lowerBound)
            return "\(vehicle) \(frame) 437 1118846980200 \(x)\t\(y) 6451137.641 1873344.962 "
                + "\(length) 6.5 2 50.0 0.00 \(lane) 0 0 0.00 0.00"
        }
    }

    private func read(_ rows: [String]) throws -> Recording {
        try NGSIMFile.read(Data(rows.joined(separator: "\r\n").utf8), file: "ngsim.txt", source: .us101)
    }

    @Test func rowsBecomeTracksInMetresAtTheBoxesCentre() throws {
        let recording = try read(
            rows(vehicle: 2, lane: 1, frames: 13..<43) + rows(vehicle: 5, lane: 3, frames: 20..<40))
        #expect(recording.tracks.map(\.id) == [2, 5])
        #expect(recording.lanes.lanes.count == 3)
        let state = try #require(recording.tracks.first?.states.first)
        #expect(abs(state.time - 1.3) < 1e-9)
        #expect(abs(state.position.x - (30.48 - 2.286)) < 1e-9)  // Local_Y is the front's
        #expect(abs(state.position.y + 1.8288) < 1e-9)  // Local_X grows to the right
        #expect(state.speed == 15.24)
    }

    @Test func theRoadHasLaneOneOnTheLeft() throws {
        let road = try RoadRecording(
            read(rows(vehicle: 2, lane: 1, frames: 0..<30) + rows(vehicle: 5, lane: 3, frames: 0..<30)))
        let samples = road.corridor.sampleCount
        for (track, lane) in zip(road.tracks, [0, 2]) {
            #expect(abs(track.d[10] - road.corridor.laneCentre[lane * samples + samples / 2]) < 0.01)
            #expect(track.speed.allSatisfy { abs($0 - 15.24) < 0.01 })
            #expect(track.acceleration.allSatisfy { abs($0) < 0.01 })
        }
    }

    @Test func rowsInAnyOrderGiveTheSameTracks() throws {
        let ordered = rows(vehicle: 2, lane: 1, frames: 0..<30)
        #expect(try read(ordered.reversed()).tracks == read(ordered).tracks)
    }

    @Test(arguments: [
        ("1 2 3", "18 columns"), ("", "at least one row"), ("\u{ff}\u{fe}", "18 columns"),
        (String(repeating: "x ", count: 18), "a number from"),
    ])
    func rubbishIsRefused(text: String, expected: String) {
        let error = #expect(throws: TrafficDataError.self) { try read([text]) }
        #expect(error?.description.contains(expected) == true)
    }

    @Test(arguments: ["-15.0", "0", "inf", "nan", "1e9"]) func anImpossibleLengthIsRefusedByLine(
        length: String
    ) {
        let good = rows(vehicle: 1, lane: 1, frames: 0..<3)
        let error = #expect(throws: TrafficDataError.self) {
            try read(good + rows(vehicle: 2, lane: 1, frames: 0..<1, length: length))
        }
        #expect(error?.description.contains("line 4") == true)
        #expect(error?.description.contains("v_Length") == true)
    }

    @Test func aFrameGivenTwiceIsRefused() {
        let row = rows(vehicle: 1, lane: 1, frames: 0..<1)
        #expect(throws: TrafficDataError.self) { try read(row + row) }
    }
}
