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
        estimateFromPast(of: track, at: frame)?.state
    }

    /// The same, with how sure it is.
    public func estimateFromPast(of track: Int, at frame: Int) -> StateEstimate? {
        let past = tracks[track]
        guard past.frames.contains(frame) else { return nil }
        let now = frame - past.firstFrame
        // I-24's trajectories were smoothed by their makers; NGSIM's were not.
        let isSmooth = source == .i24
        let window = max(0, now - (isSmooth ? Self.memory + 2 : Self.memory))...now
        let s = window.map { Double(past.recordedS[$0]) }
        let d = window.map { Double(past.recordedD[$0]) }
        guard s.contains(where: { !$0.isNaN }) else { return nil }
        let guess = speedGuess(of: past, at: now, frame: frame)
        let along = isSmooth
            ? PastStateFit.Prior(noise: 0.005, acceleration: 1.2, jerk: 1, speed: guess)
            : PastStateFit.Prior(noise: 0.15, acceleration: 1.2, jerk: 0.01, speed: guess)
        let across = isSmooth
            ? PastStateFit.Prior(noise: 0.01, acceleration: 0.4, jerk: 0.4, speed: (0, 0.5))
            : PastStateFit.Prior(noise: 0.1, acceleration: 0.8, jerk: 0.01, speed: (0, 0.5))
        let alongFit = PastStateFit(samples: s, interval: RecordedSamples.interval, prior: along)
        let acrossFit = PastStateFit(samples: d, interval: RecordedSamples.interval, prior: across)
        return StateEstimate(
            state: RoadState(along: alongFit, across: acrossFit, corridor: corridor),
            lateralAcceleration: Float(acrossFit.acceleration),
            recentAcceleration: Float(alongFit.acceleration - 0.25 * alongFit.jerk),
            olderAcceleration: Float(alongFit.acceleration - 0.75 * alongFit.jerk),
            olderLateralSpeed: Float(
                acrossFit.speed - 0.5 * acrossFit.acceleration + 0.125 * acrossFit.jerk),
            along: alongFit.spread, across: acrossFit.spread)
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

/// A state as the past alone shows it, and how far it may be off.
public struct StateEstimate: Sendable, Equatable {
    public var state: RoadState
    /// Change of the speed across the road, m/s².
    public var lateralAcceleration: Float
    /// Mean acceleration over the last half second and the one before it, m/s².
    public var recentAcceleration: Float
    public var olderAcceleration: Float
    /// Speed across the road half a second ago, m/s.
    public var olderLateralSpeed: Float
    /// Of `s` and its derivatives, and of `d` and its.
    public var along: StateSpread
    public var across: StateSpread
}
