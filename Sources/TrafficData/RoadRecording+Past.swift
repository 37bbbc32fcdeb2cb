extension RoadRecording {
    /// Frames of the past that a state is estimated from. This and the priors were tuned on the training
    /// scenes, against the states that know the future too.
    private static let memory = 8
    /// How far the file's own speed is off, m/s.
    private static let fileSpeedDeviation = 0.3
    /// How far the others' speed is from this vehicle's, m/s.
    private static let trafficSpeedDeviation = 3.0

    /// The state of a track at a frame, estimated from what was recorded up to that frame only: for
    /// simulations that start there and may not know the future. nil where the track is not recorded.
    ///
    /// - Parameters:
    ///   - track: index into `tracks`.
    ///   - frame: frame of the recording.
    public func stateFromPast(of track: Int, at frame: Int) -> RoadState? {
        let past = tracks[track]
        guard past.frames.contains(frame) else { return nil }
        let now = frame - past.firstFrame
        let window = max(0, now - Self.memory)...now
        let s = window.map { Double(past.recordedS[$0]) }
        let d = window.map { Double(past.recordedD[$0]) }
        guard s.contains(where: { !$0.isNaN }) else { return nil }
        // I-24's trajectories were smoothed by their makers; NGSIM's were not.
        let smooth = source == .i24
        let along = LocalQuadraticFit.Prior(
            noise: smooth ? 0.02 : 0.15, acceleration: 1.2, speed: speedGuess(of: past, at: now, frame: frame)
        )
        let across = LocalQuadraticFit.Prior(
            noise: smooth ? 0.05 : 0.1, acceleration: smooth ? 0.4 : 0.8, speed: (0, 0.5))
        func fit(_ values: [Double], _ prior: LocalQuadraticFit.Prior) -> LocalQuadraticFit {
            LocalQuadraticFit(
                samples: values, window: 0..<values.count, at: values.count - 1,
                interval: RecordedSamples.interval, prior: prior)
        }
        return RoadState(along: fit(s, along), across: fit(d, across), corridor: corridor)
    }

    /// The speed that the file gives; failing that, for a track with hardly a past, the median of all
    /// others' over their last frames.
    private func speedGuess(of track: RoadTrack, at now: Int, frame: Int) -> (
        guess: Double, deviation: Double
    )? {
        if !track.recordedSpeed[now].isNaN {
            return (Double(track.recordedSpeed[now]), Self.fileSpeedDeviation)
        }
        guard now < 4 else { return nil }
        let others = tracks.compactMap { other -> Double? in
            let here = frame - other.firstFrame
            guard here >= 5, here < other.frameCount else { return nil }
            let advance = Double(other.recordedS[here] - other.recordedS[here - 5])
            return advance.isNaN ? nil : advance / (5 * RecordedSamples.interval)
        }
        return others.isEmpty ? nil : (others.sorted()[others.count / 2], Self.trafficSpeedDeviation)
    }
}
