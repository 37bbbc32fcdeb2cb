import RoadNetwork
import TrafficData

extension StreetRecording {
    /// Everybody who is there at `frame`, as indices into `tracks`.
    public func present(at frame: Int) -> [Int] { tracks.indices.filter { tracks[$0].frames.contains(frame) } }

    /// An agent's state at `frame` from what was recorded up to then and nothing later.
    public func agentFromPast(_ track: Int, at frame: Int) -> StreetAgent {
        agent(track, at: frame, frames: frame - 8...frame)
    }

    /// An agent's state at `frame` with the knowledge of what came next: what training learns from.
    func smoothedAgent(_ track: Int, at frame: Int) -> StreetAgent {
        agent(track, at: frame, frames: frame - 8...frame + 8)
    }

    private func agent(_ index: Int, at frame: Int, frames: ClosedRange<Int>) -> StreetAgent {
        let track = tracks[index]
        let now = frame - track.firstFrame
        let low = max(frames.lowerBound - track.firstFrame, 0)
        let high = min(frames.upperBound - track.firstFrame, track.places.count - 1)
        let facing = track.facings[now]
        let speed = track.speeds[now]
        func fit(_ values: [Double], _ direction: Double) -> LocalQuadraticFit {
            // NGSIM's positions are noisy; how much a speed may differ from the file's was found on the
            // freeway scenes (`RoadRecording.stateFromPast`).
            let guess = high > now ? nil : (speed.isNaN ? nil : (guess: speed * direction, deviation: 0.3))
            return LocalQuadraticFit(
                samples: values, window: low..<high + 1, at: now, interval: Self.interval,
                prior: .init(noise: 0.15, acceleration: high > now ? 3 : 1.2, speed: guess))
        }
        let x = fit(track.places.map(\.x), facing.x), y = fit(track.places.map(\.y), facing.y)
        let forward = facing.along(Point(x: x.speed, y: y.speed))
        var agent = StreetAgent(
            place: track.places[now], facing: facing, speed: max(0, forward),
            acceleration: facing.along(Point(x: x.acceleration, y: y.acceleration)),
            length: track.length, width: track.width)
        agent.curvature = curvature(track, low: low, now: now, speed: forward)
        let recent = max(0, now - 5)
        let moved = (track.places[now] - track.places[recent]).length
        if agent.stands || (moved < 0.1 && now - recent >= 3 && !(speed > 0.4)) {
            agent.speed = 0
            agent.acceleration = 0
            agent.standing = standing(track, before: now)
        }
        return agent
    }

    /// From how the box turned; 0 where it is too slow to tell.
    private func curvature(_ track: Track, low: Int, now: Int, speed: Double) -> Double {
        guard speed > 2, now - low >= 4 else { return 0 }
        // Small angles: the sine against the present direction.
        let angles = track.facings[low...now].map { track.facings[now].across($0) }
        let fit = LocalQuadraticFit(
            samples: angles, window: 0..<angles.count, at: angles.count - 1, interval: Self.interval,
            prior: .init(noise: 0.03, acceleration: 0.3, speed: (0, 0.5)))
        return min(max(fit.speed / speed, -0.15), 0.15)
    }

    private func standing(_ track: Track, before now: Int) -> Double {
        var first = now
        while first > 0, now - first < 20, (track.places[now] - track.places[first - 1]).length < 0.15 { first -= 1 }
        return Double(now - first) * Self.interval
    }
}
