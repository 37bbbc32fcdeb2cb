import Foundation
import Metrics
import RoadNetwork
import Testing
import TrafficData

@Suite struct RoadRecordingTests {
    private let everything = RoadRecording.Filter(shortestTrack: 0, longestOverlap: .infinity)

    @Test func constantAccelerationComesBackExactly() throws {
        let track = RoadFixture.track(times: RoadFixture.times(50)) { 20 + 8 * $0 + 0.75 * $0 * $0 }
        let road = try RoadRecording(RoadFixture.recording([track]))
        let smooth = try #require(road.tracks.first)
        #expect(smooth.frameCount == 50 && road.frameCount == 50)
        for frame in 0..<50 {
            #expect(abs(smooth.acceleration[frame] - 1.5) < 0.03)
            #expect(abs(smooth.speed[frame] - (8 + 0.15 * Float(frame))) < 0.02)
            #expect(abs(smooth.heading[frame]) < 1e-4)
        }
    }

    @Test func onABendSpeedIsMeasuredOnTheVehiclesOwnPath() throws {
        // 3.5 m left of the middle of a left bend of 200 m, 20 m/s on the vehicle's own path.
        let radius = 200.0
        let track = RoadFixture.track(
            times: RoadFixture.times(40), radius: radius, s: { 60 + 20 * $0 * radius / (radius - 3.5) },
            d: { _ in 3.5 })
        let road = try RoadRecording(RoadFixture.recording([track], radius: radius))
        #expect(try #require(road.tracks.first).speed.allSatisfy { abs($0 - 20) < 0.1 })
    }

    @Test func aLaneChangeToTheLeftHasPositiveLateralSpeedAndHeading() throws {
        let track = RoadFixture.track(times: RoadFixture.times(40), s: { 20 + 20 * $0 }, d: { 0.8 * $0 })
        let smooth = try #require(try RoadRecording(RoadFixture.recording([track])).tracks.first)
        #expect(smooth.lateralSpeed.allSatisfy { abs($0 - 0.8) < 0.02 })
        #expect(smooth.heading.allSatisfy { abs($0 - 0.04) < 0.002 })
    }

    @Test(arguments: 1...5) func noiseIsSmoothedAndSpeedNeverNegative(seed: UInt64) throws {
        var noise = TestRandom(seed: seed)
        // Stops after 4 s and stands.
        let track = RoadFixture.track(
            times: RoadFixture.times(100),
            s: { 20 + ($0 < 4 ? 8 * $0 - $0 * $0 : 16) + 0.1 * noise.normal() },
            d: { _ in 0.1 * noise.normal() })
        let smooth = try #require(try RoadRecording(RoadFixture.recording([track])).tracks.first)
        #expect(smooth.speed.allSatisfy { $0 >= 0 })
        #expect(smooth.speed[50...].allSatisfy { $0 < 0.8 })
        #expect(smooth.acceleration.allSatisfy { abs($0) < 4 })
        #expect(smooth.heading[60...].allSatisfy { abs($0) < 1e-3 }, "a standing car points along its lane")
    }

    @Test func samplesAtAnotherRateAreBroughtTo10Hz() throws {
        let times = (0..<100).map { 0.013 + 0.04 * Double($0) }
        let track = RoadFixture.track(times: times) { 20 + 25 * $0 }
        let road = try RoadRecording(RoadFixture.recording([track]))
        let smooth = try #require(road.tracks.first)
        #expect(abs(road.firstTime - 0.1) < 1e-9)
        let start = smooth.s[0]
        for (frame, s) in smooth.s.enumerated() { #expect(abs(s - start - 2.5 * Float(frame)) < 0.01) }
    }

    @Test func aShortHoleIsBridgedAndALongOneCutsTheTrack() throws {
        let times = RoadFixture.times(60).filter {
            !(2.05...2.45).contains($0) && !(4.05...4.75).contains($0)
        }
        let road = try RoadRecording(
            RoadFixture.recording([RoadFixture.track(times: times) { 20 + 12 * $0 }]))
        #expect(road.tracks.map(\.frames) == [0..<41, 48..<60])
        #expect(road.tracks.map(\.id) == [1, 1])
        #expect(road.tracks.allSatisfy { $0.speed.allSatisfy { abs($0 - 12) < 0.01 } })
        #expect(road.tracks[0].recordedS[21...24].allSatisfy { $0.isNaN })
        #expect(road.tracks[0].s.allSatisfy { $0.isFinite })
    }

    @Test func fragmentsAndOverlapsAreLeftOutOfCameraTracking() throws {
        let times = RoadFixture.times(100)
        let real = RoadFixture.track(id: 1, times: times) { 10 + 10 * $0 }
        let copy = RoadFixture.track(id: 2, times: Array(times[20..<60])) { 11 + 10 * $0 }
        let fragment = RoadFixture.track(id: 3, times: Array(times[0..<20])) { 40 + 10 * $0 }
        let beside = RoadFixture.track(id: 4, times: times, s: { 10 + 10 * $0 }, d: { _ in 3.5 })
        let tracks = [real, copy, fragment, beside]
        let kept = try RoadRecording(RoadFixture.recording(tracks, source: .i24)).tracks
        #expect(kept.map(\.id) == [1, 4])
        #expect(kept.allSatisfy { $0.frameCount == 100 })
        let all = try RoadRecording(RoadFixture.recording(tracks), filter: everything).tracks
        #expect(all.map(\.id) == [1, 2, 3, 4])
    }

    @Test func ofAPassingOverlapOnlyThePartAroundItIsLeftOut() throws {
        let times = RoadFixture.times(150)
        let slow = RoadFixture.track(id: 1, times: times) { 60 + 4 * $0 }
        let through = RoadFixture.track(id: 2, times: times) { 20 + 10 * $0 }
        let kept = try RoadRecording(RoadFixture.recording([slow, through], source: .i24)).tracks
        #expect(kept.count == 3)
        #expect(kept.map(\.frameCount).reduce(0, +) > 250)
        for (a, p) in kept.enumerated() {
            for q in kept[(a + 1)...] {
                for frame in p.frames.clamped(to: q.frames) {
                    #expect(abs(p.s[frame - p.firstFrame] - q.s[frame - q.firstFrame]) > 4.5)
                }
            }
        }
    }

    @Test func thePartsOfARecordingInTimeAreApart() throws {
        let road = try RoadRecording(
            RoadFixture.recording([RoadFixture.track(times: RoadFixture.times(300)) { 10 + 0.5 * $0 }]))
        let parts = road.splitByTime()
        #expect(parts.map(\.name) == ["fixture/train", "fixture/validation", "fixture/test"])
        #expect(parts.map(\.frameCount) == [170, 40, 50])
        for (before, after) in zip(parts, parts.dropFirst()) {
            let end = before.firstTime + 0.1 * Double(before.frameCount)
            #expect(after.firstTime - end > 1.99)
        }
        let track = try #require(parts[1].tracks.first)
        #expect(track.frames == 0..<40)
        #expect(track.s[0] == road.tracks[0].s[190])
    }

    @Test func emptyAndEndlessRecordingsAreRefused() {
        #expect(throws: TrafficDataError.self) { try RoadRecording(RoadFixture.recording([])) }
        for times in [[0, 20_000], [0, 1e300], [0, .infinity], [.nan, 1], [1, .nan]] {
            let track = RoadFixture.track(times: times) { _ in 10 }
            #expect(throws: TrafficDataError.self) { try RoadRecording(RoadFixture.recording([track])) }
        }
    }
}
