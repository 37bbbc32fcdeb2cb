extension RoadTrack {
    /// The last second of what was recorded.
    package struct LastSecond {
        /// Positions of 11 frames, the present one last, metres.
        package var s: [Double]
        package var d: [Double]
        /// As the file gives them, m/s.
        package var speed: [Double]
        /// The present one, by the file's heading, m/s; nil where it gives none.
        package var lateralSpeed: Double?
    }

    /// - Returns: nil where something of it is missing.
    package func lastSecond(at frame: Int) -> LastSecond? {
        let now = frame - firstFrame
        guard now >= 10, now < frameCount else { return nil }
        let window = now - 10...now
        guard !recordedS[window].contains(where: \.isNaN), !recordedSpeed[window].contains(where: \.isNaN) else { return nil }
        let lateral = Double(recordedLateralSpeed[now])
        return LastSecond(
            s: recordedS[window].map(Double.init), d: recordedD[window].map(Double.init),
            speed: recordedSpeed[window].map(Double.init), lateralSpeed: lateral.isNaN ? nil : lateral)
    }
}

extension RoadRecording {
    /// Frames of the past that a state is estimated from. This and the priors were tuned on the training
    /// scenes, against the states that know the future too.
    private static let memory = 8
    /// How far the file's own speed is off, m/s.
    private static let fileSpeedDeviation = 0.3
    /// How far the speed of those around is from a vehicle's own, m/s (US-101 2.0, I-24 1.9), with these weights: by
    /// distance, metres, and for those in other lanes, farther across than this, metres.
    private static let trafficSpeedDeviation = 2.0
    private static let speedReach = 100.0, otherLanesWeight = 0.05, halfLane: Float = 1.8

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
        let isSmooth = isSmooth(at: frame)
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

    /// Roughness below which positions count as smoothed, metres: in a second NGSIM's have 0.002 to 0.008 (median of all
    /// vehicles), I-24's 0.0001.
    private static let smoothest = 0.0005

    /// Whether the recording's makers smoothed its positions; where the source isn't known, whether the last second looks
    /// so. Noise of one standard deviation makes third differences of √20.
    private func isSmooth(at frame: Int) -> Bool {
        guard source == .other else { return source.isSmoothed }
        let roughness = tracks.compactMap { track -> Double? in
            let now = frame - track.firstFrame
            guard now >= 10, now < track.frameCount else { return nil }
            let s = track.recordedS[now - 10...now].map(Double.init)
            var squares = 0.0
            for k in 3...10 {
                let third: Double = s[k] - s[k - 3] - 3 * (s[k - 1] - s[k - 2])
                squares += third * third
            }
            return squares.isNaN ? nil : (squares / (8 * 20)).squareRoot()
        }
        return !roughness.isEmpty && roughness.sorted()[roughness.count / 2] < Self.smoothest
    }

    /// The speed that the file gives; failing that, for a track with hardly a past, the mean of others' over their
    /// last half second, in which those of the same lane count most, and near ones more than far ones.
    private func speedGuess(of track: RoadTrack, at now: Int, frame: Int) -> (
        guess: Double, deviation: Double
    )? {
        if !track.recordedSpeed[now].isNaN {
            return (Double(track.recordedSpeed[now]), Self.fileSpeedDeviation)
        }
        guard now < 4 else { return nil }
        var sum = 0.0, weights = 0.0
        for other in tracks {
            let here = frame - other.firstFrame
            guard here >= 5, here < other.frameCount else { continue }
            let advance = Double(other.recordedS[here] - other.recordedS[here - 5])
            let ahead = Double(other.recordedS[here] - track.recordedS[now])
            guard !advance.isNaN, !ahead.isNaN else { continue }
            let isInLane = (other.recordedD[here] - track.recordedD[now]).magnitude < Self.halfLane
            let distance = ahead / Self.speedReach
            let weight = (isInLane ? 1 : Self.otherLanesWeight) / (1 + distance * distance)
            sum += weight * advance / (5 * RecordedSamples.interval)
            weights += weight
        }
        return weights > 0 ? (sum / weights, Self.trafficSpeedDeviation) : nil
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

    package init(
        state: RoadState, lateralAcceleration: Float, recentAcceleration: Float, olderAcceleration: Float,
        olderLateralSpeed: Float, along: StateSpread, across: StateSpread
    ) {
        self.state = state
        self.lateralAcceleration = lateralAcceleration
        self.recentAcceleration = recentAcceleration
        self.olderAcceleration = olderAcceleration
        self.olderLateralSpeed = olderLateralSpeed
        self.along = along
        self.across = across
    }
}
