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

    /// A recording from who knows where is read as exactly as its positions are.
    @Test func smoothPositionsAreTrustedWhereverTheyComeFrom() throws {
        // Braking that set in half a second ago: smooth positions show it, a parabola through noise hardly does.
        func position(_ t: Double) -> Double { 20 + 20 * t - (t > 1 ? 0.25 * (t - 1) * (t - 1) * (t - 1) : 0) }
        func track(_ noise: Double) -> RecordedTrack {
            var sign = 1.0
            return RoadFixture.track(times: RoadFixture.times(40)) {
                sign = -sign
                return position($0) + sign * noise
            }
        }
        let smooth = try #require(try road([track(0)]).stateFromPast(of: 0, at: 15))
        #expect(smooth == (try road([track(0)], source: .i24).stateFromPast(of: 0, at: 15)))
        let rough = try #require(try road([track(0.02)]).stateFromPast(of: 0, at: 15))
        #expect(rough == (try road([track(0.02)], source: .us101).stateFromPast(of: 0, at: 15)))
        let truth = 20 - 0.75 * 0.25
        #expect(abs(Double(smooth.speed) - truth) < 0.05, "\(smooth.speed)")
        #expect(abs(Double(smooth.speed) - truth) < abs(Double(rough.speed) - truth), "\(rough.speed)")
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

    /// Whoever has just appeared drives as those of his lane do.
    @Test func aNewcomersLaneTellsHisSpeed() throws {
        let own = RoadFixture.track(
            id: 2, times: Array(RoadFixture.times(30)[10...]), s: { 60 + 20 * $0 }, d: { _ in 1.75 })
        func others(_ id: Int, speed: Double, d: Double) -> [RecordedTrack] {
            (0..<4).map { number in
                RoadFixture.track(
                    id: id + number, times: RoadFixture.times(30), s: { 25 * Double(number) + speed * $0 }, d: { _ in d })
            }
        }
        let road = try road([own] + others(10, speed: 20, d: 1.75) + others(20, speed: 12, d: -1.75))
        let state = try #require(road.stateFromPast(of: 0, at: 10))
        #expect(abs(state.speed - 20) < 1, "\(state.speed)")
    }

    @Test func aSecondIsReadWholeOrNotAtAll() throws {
        var track = RoadFixture.track(times: RoadFixture.times(30)) { 20 + 10 * $0 }
        #expect(try road([track]).tracks[0].lastSecond(at: 15) == nil, "the file gives no speeds")
        for index in track.states.indices { track.states[index].speed = 10 }
        let tracks = try road([track]).tracks
        #expect(tracks[0].lastSecond(at: 9) == nil && tracks[0].lastSecond(at: 30) == nil)
        let second = try #require(tracks[0].lastSecond(at: 15))
        #expect(second.s.count == 11 && second.d.count == 11 && second.speed == [Double](repeating: 10, count: 11))
        #expect(second.lateralSpeed == nil, "the file gives no headings")
        #expect(abs(second.s[10] - second.s[0] - 10) < 1e-3)
        track.states[10].speed = nil
        #expect(try road([track]).tracks[0].lastSecond(at: 15) == nil, "one of the speeds is missing")
    }

    /// A heading tells the speed across, relative to the road wherever that leads.
    @Test func theFilesHeadingTellsTheSpeedAcross() throws {
        var track = RoadFixture.track(times: RoadFixture.times(30)) { 20 + 10 * $0 }
        for index in track.states.indices {
            track.states[index].speed = 10
            track.states[index].heading = 0.45  // the road leads to 0.4
        }
        let second = try #require(try road([track]).tracks[0].lastSecond(at: 15))
        #expect(abs(try #require(second.lateralSpeed) - 0.5) < 0.01, "\(second)")
    }

    @Test func aVehicleThatIsNotThereHasNoState() throws {
        let road = try road([RoadFixture.track(times: Array(RoadFixture.times(40)[10...])) { 20 + 10 * $0 }])
        #expect(road.tracks[0].frames == 0..<30)
        #expect(road.stateFromPast(of: 0, at: 30) == nil)
        #expect(road.stateFromPast(of: 0, at: -1) == nil)
    }
}
