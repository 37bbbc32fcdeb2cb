import Foundation
import RoadNetwork
import Testing
import TrafficData

@Suite struct StateFromPastTests {
    private func road(_ tracks: [RecordedTrack], source: RecordingSource = .other) throws -> RoadRecording {
        try RoadRecording(RoadFixture.recording(tracks, source: source))
    }

    @Test(arguments: [1, 3, 9, 10, 25]) func theFutureDoesNotMatter(frame: Int) throws {
        let times = RoadFixture.times(60)
        let now = Double(frame) / 10 + 0.05
        let usual = RoadFixture.track(times: times, s: { 20 + 15 * $0 }, d: { 0.2 * $0 })
        let other = RoadFixture.track(
            times: times, s: { 20 + 15 * $0 + ($0 > now ? 5 * ($0 - now) : 0) },
            d: { 0.2 * $0 - ($0 > now ? $0 - now : 0) })
        let (a, b) = (try road([usual]), try road([other]))
        #expect(a.tracks[0].speed[frame] != b.tracks[0].speed[frame], "smoothing does see the future")
        let state = try #require(a.stateFromPast(of: 0, at: frame))
        #expect(state == b.stateFromPast(of: 0, at: frame))
    }

    @Test func steadyDrivingIsRecognised() throws {
        let track = RoadFixture.track(times: RoadFixture.times(40), s: { 20 + 15 * $0 }, d: { 0.3 * $0 })
        let state = try #require(try road([track], source: .i24).stateFromPast(of: 0, at: 15))
        #expect(abs(state.speed - 15) < 0.05)
        #expect(abs(state.lateralSpeed - 0.3) < 0.05)
        #expect(abs(state.acceleration) < 0.05)
        #expect(abs(state.heading - 0.02) < 0.004)
    }

    @Test func brakingIsRecognised() throws {
        let track = RoadFixture.track(times: RoadFixture.times(40)) { 20 + 20 * $0 - 1.5 * $0 * $0 }
        let state = try #require(try road([track], source: .i24).stateFromPast(of: 0, at: 15))
        #expect(abs(state.speed - 15.5) < 0.4)
        #expect(state.acceleration < -1.5 && state.acceleration > -3.5)
    }

    @Test func aFirstSampleAloneIsReadWithTheFilesSpeedOrTheTraffics() throws {
        var own = RoadFixture.track(id: 2, times: Array(RoadFixture.times(30)[10...])) { 80 + 9 * $0 }
        let others = (0..<3).map { id in
            RoadFixture.track(id: 10 + id, times: RoadFixture.times(30)) { 20 * Double(id) + 14 * $0 }
        }
        let guessed = try #require(try road([own] + others).stateFromPast(of: 0, at: 10))
        #expect(abs(guessed.speed - 14) < 0.1)
        for index in own.states.indices { own.states[index].speed = 9 }
        let told = try #require(try road([own] + others).stateFromPast(of: 0, at: 10))
        #expect(abs(told.speed - 9) < 0.01)
    }

    @Test func aVehicleThatIsNotThereHasNoState() throws {
        let road = try road([RoadFixture.track(times: Array(RoadFixture.times(40)[10...])) { 20 + 10 * $0 }])
        #expect(road.tracks[0].frames == 0..<30)
        #expect(road.stateFromPast(of: 0, at: 30) == nil)
        #expect(road.stateFromPast(of: 0, at: -1) == nil)
    }
}
