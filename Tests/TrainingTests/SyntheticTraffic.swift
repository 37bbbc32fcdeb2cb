import Metrics
import RoadNetwork
import TrafficData
import Training

/// Invented traffic on three straight lanes: every vehicle's speed swings around its own mean, and now
/// and then it drifts across its lane. What comes next follows from what was.
func syntheticRecording(name: String = "synthetic", phase: Float = 0, seconds: Int = 20) -> RoadRecording {
    let lanes = 3, samples = 101
    let centres: [Float] = [3.6, 0, -3.6]
    let corridor = Corridor(
        start: 0, spacing: 10, curvature: .init(repeating: 0.0004, count: samples), laneCount: lanes,
        laneCentre: centres.flatMap { [Float](repeating: $0, count: samples) },
        laneWidth: .init(repeating: 3.6, count: lanes * samples), speedLevel: 25,
        points: .init(repeating: Point(x: 0, y: 0), count: samples),
        headings: .init(repeating: 0, count: samples))
    let tracks = (0..<18).map { number in
        syntheticTrack(
            number, lane: centres[number % lanes],
            start: Float(number / lanes) * 40 + Float(number % lanes) * 11,
            phase: phase + Float(number), frames: seconds * 10)
    }
    return RoadRecording(
        name: name, source: .other, corridor: corridor, firstTime: 0, frameCount: seconds * 10,
        tracks: tracks)
}

private func syntheticTrack(
    _ number: Int, lane: Float, start: Float, phase: Float, frames: Int
) -> RoadTrack {
    var track = RoadTrack(
        id: number, kind: number % 6 == 5 ? .truck : .car, length: number % 6 == 5 ? 12 : 4.6, width: 1.9,
        firstFrame: 0, s: [], d: [], heading: [], speed: [], lateralSpeed: [], acceleration: [])
    var s = start, d = lane, speed: Float = 14, lateral: Float = 0
    var swing = triangle(phase)
    for frame in 0..<frames {
        track.s.append(s)
        track.d.append(d)
        track.speed.append(speed)
        track.lateralSpeed.append(lateral)
        track.heading.append(lateral / speed)
        swing = triangle(phase + Float(frame) * 0.02)
        let acceleration = 1.2 * swing - 0.05 * (speed - 14)
        track.acceleration.append(acceleration)
        speed += acceleration * 0.1
        lateral += (0.3 * triangle(1.7 * phase + Float(frame) * 0.03) - (d - lane) - 1.5 * lateral) * 0.1
        s += speed * 0.1
        d += lateral * 0.1
    }
    track.recordedS = track.s
    track.recordedD = track.d
    track.recordedSpeed = track.speed
    track.recordedLateralSpeed = track.lateralSpeed
    return track
}

/// A triangular wave from -1 to 1 with period 1.
private func triangle(_ phase: Float) -> Float {
    let position = phase - phase.rounded(.down)
    return position < 0.5 ? 4 * position - 1 : 3 - 4 * position
}
