import RoadNetwork
import Testing
import TrafficData
import Training
import WorldModel

/// What is read off a second of noisy positions.
@Suite struct StartFilterTests {
    @Test func leastSquaresFindsWhatWasPutIn() {
        var random = TrainingRandom(seed: 2, stream: .samples)
        var fit = LeastSquares(inputs: 3, outputs: 2)
        for _ in 0..<2_000 {
            let x = (0..<3).map { _ in Double(random.normal()) }
            let error = 0.1 * Double(random.normal())
            fit.add(x, [2 * x[0] - x[2] + error, x[1] + 0.5 * error])
        }
        let found = fit.solution(noise: [0, 0, 0])
        for (value, expected) in zip(found, [2, 0, 0, 1, -1, 0]) { #expect(abs(value - Double(expected)) < 0.02) }
    }

    @Test func itIsNearerToTheTruthThanAParabola() throws {
        let filter = try #require(StartFilter.learned(from: (0..<8).map { noisy(phase: Float($0)) }))
        let other = noisy(phase: 0.37)
        var errors = (filter: 0.0, parabola: 0.0, heading: 0.0, blind: 0.0)
        for (index, track) in other.tracks.enumerated() {
            for frame in stride(from: 20, to: 150, by: 7) {
                let second = try #require(track.lastSecond(at: frame))
                let read = filter.along(second.s, speeds: second.speed).0
                let parabola = try #require(other.stateFromPast(of: index, at: frame))
                let truth = Double(track.speed[frame])
                errors.filter += (read.speed - truth) * (read.speed - truth)
                errors.parabola += (Double(parabola.speed) - truth) * (Double(parabola.speed) - truth)
                #expect(abs(read.position - Double(track.s[frame])) < 0.5)
                let across = filter.across(second.d, headingSpeed: second.lateralSpeed).0
                #expect(abs(across.position - Double(track.d[frame])) < 0.3)
                let blind = filter.across(second.d, headingSpeed: nil).0
                #expect(abs(blind.position - Double(track.d[frame])) < 0.3)
                let drift = Double(track.lateralSpeed[frame])
                errors.heading += (across.speed - drift) * (across.speed - drift)
                errors.blind += (blind.speed - drift) * (blind.speed - drift)
            }
        }
        #expect(errors.filter < 0.95 * errors.parabola, "\(errors)")
        #expect(errors.heading < 0.8 * errors.blind, "a heading tells more than positions alone: \(errors)")
    }

    @Test func uniformMotionIsReadAsItIs() throws {
        let filter = try #require(StartFilter.learned(from: (0..<8).map { noisy(phase: Float($0)) }))
        let read = filter.along(
            (0..<11).map { 100 + 1.5 * Double($0) }, speeds: [Double](repeating: 15, count: 11)).0
        #expect(abs(read.position - 115) < 1e-6 && abs(read.speed - 15) < 1e-6 && abs(read.acceleration) < 1e-6)
        let still = filter.across([Double](repeating: 2, count: 11), headingSpeed: 0).0
        #expect(abs(still.position - 2) < 1e-6 && abs(still.speed) < 1e-6)
    }

    /// Whose last second was straight is known better, and what is drawn is what readings were off by.
    @Test func straightSecondsAreReadMoreExactly() throws {
        let filter = try #require(StartFilter.learned(from: (0..<8).map { noisy(phase: Float($0), wavers: $0 % 2 == 1) }))
        let straight = (0..<11).map { 100 + 1.5 * Double($0) }
        let wavering = straight.enumerated().map { $1 + ($0 % 2 == 0 ? 0.3 : -0.3) }
        func spread(_ positions: [Double]) -> Float {
            let errors = filter.along(positions, speeds: [Double](repeating: 15, count: 11)).1
            let drawn = (0..<200).map { errors.draw((Float($0) + 0.5) / 200).speed }
            #expect(Set(drawn).count > 100, "128 errors are kept")
            return (drawn.reduce(0) { $0 + $1 * $1 } / 200).squareRoot()
        }
        #expect(spread(straight) < 0.8 * spread(wavering), "\(spread(straight)), \(spread(wavering))")
        let errors = filter.along(straight, speeds: [Double](repeating: 15, count: 11)).1
        #expect(errors.draw(0) != errors.draw(1), "the ends of the list can be drawn")
    }

    @Test func nothingIsLearnedFromOtherRecordings() {
        #expect(StartFilter.learned(from: [syntheticRecording()]) == nil)
    }

    /// Invented traffic whose recorded positions err as NGSIM's do: from frame to frame the error stays.
    private func noisy(phase: Float, wavers: Bool = true) -> RoadRecording {
        var recording = syntheticRecording(phase: phase)
        recording.source = .us101
        var random = TrainingRandom(seed: UInt64(100 * phase), stream: .samples)
        for track in recording.tracks.indices {
            var along: Float = 0, across: Float = 0
            for frame in recording.tracks[track].s.indices {
                along = 0.9 * along + (wavers ? 0.05 : 0.005) * random.normal()
                across = 0.9 * across + (wavers ? 0.03 : 0.003) * random.normal()
                recording.tracks[track].recordedS[frame] += along
                recording.tracks[track].recordedD[frame] += across
                recording.tracks[track].recordedSpeed[frame] += (wavers ? 0.2 : 0.02) * random.normal()
                recording.tracks[track].recordedLateralSpeed[frame] += (wavers ? 0.05 : 0.005) * random.normal()
            }
        }
        return recording
    }
}
