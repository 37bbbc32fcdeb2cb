import Foundation
import Metrics
import RoadNetwork

/// Turns recorded samples into states: a parabola is laid through the samples around each frame, along
/// and across the road separately, and position, speed and acceleration are read off it.
struct TrackSmoothing {
    /// Frames to either side: ±0.8 s, as the realism score smooths.
    static let reach = 8
    private static let prior = LocalQuadraticFit.Prior(noise: 0.1, acceleration: 3, speed: nil)

    let corridor: Corridor

    /// A smoothed track. At its ends the window keeps its length and becomes one-sided.
    func track(_ track: RecordedTrack, _ samples: RecordedSamples) -> RoadTrack {
        let count = samples.s.count
        var result = RoadTrack(
            id: track.id, kind: track.kind, length: Float(track.length), width: Float(track.width),
            firstFrame: samples.firstFrame, s: [], d: [], heading: [], speed: [], lateralSpeed: [],
            acceleration: [])
        result.recordedS = samples.s.map { Float($0) }
        result.recordedD = samples.d.map { Float($0) }
        result.recordedSpeed = samples.speed.map { Float($0) }
        result.recordedLateralSpeed = samples.lateralSpeed.map { Float($0) }
        let size = min(count, 2 * Self.reach + 1)
        for frame in 0..<count {
            let start = min(max(frame - Self.reach, 0), count - size)
            func fit(_ values: [Double]) -> LocalQuadraticFit {
                LocalQuadraticFit(
                    samples: values, window: start..<start + size, at: frame,
                    interval: RecordedSamples.interval, prior: Self.prior)
            }
            let state = RoadState(along: fit(samples.s), across: fit(samples.d), corridor: corridor)
            result.s.append(state.s)
            result.d.append(state.d)
            result.heading.append(state.heading)
            result.speed.append(state.speed)
            result.lateralSpeed.append(state.lateralSpeed)
            result.acceleration.append(state.acceleration)
        }
        return result
    }
}

/// One vehicle at one moment. Units and frame as in `RoadTrack`.
public struct RoadState: Sendable, Equatable {
    public var s: Float
    public var d: Float
    public var heading: Float
    public var speed: Float
    public var lateralSpeed: Float
    public var acceleration: Float

    public init(s: Float, d: Float, heading: Float, speed: Float, lateralSpeed: Float, acceleration: Float) {
        self.s = s
        self.d = d
        self.heading = heading
        self.speed = speed
        self.lateralSpeed = lateralSpeed
        self.acceleration = acceleration
    }

    /// From the motion along `s` and across it. Beside a curved reference line a metre of `s` is
    /// 1 - curvature * d metres of road.
    package init(along: some MotionFit, across: some MotionFit, corridor: Corridor) {
        let stretch = 1 - corridor.curvature(at: along.position) * across.position
        let forward = along.speed * stretch
        s = Float(along.position)
        d = Float(across.position)
        speed = Float(max(0, forward))
        lateralSpeed = Float(across.speed)
        acceleration = Float(along.acceleration * stretch)
        // Slow vehicles move too little across for a heading; they point along their lane.
        let trust = min(max((forward - 1) / 2, 0), 1)
        let course = trust > 0 ? atan2(across.speed, forward) : 0
        let lane = trust < 1 ? corridor.laneHeading(s: along.position, d: across.position) : 0
        heading = Float(trust * course + (1 - trust) * lane)
    }
}

/// Position, speed and acceleration of one coordinate at one moment.
package protocol MotionFit {
    var position: Double { get }
    var speed: Double { get }
    var acceleration: Double { get }
}

extension LocalQuadraticFit: MotionFit {}
extension PastStateFit: MotionFit {}

extension Corridor {
    /// Direction of the lane around (`s`, `d`) relative to the reference line, radians.
    func laneHeading(s: Double, d: Double) -> Double {
        let position = (s - Double(start)) / Double(spacing)
        let sample = min(max(Int(position.rounded()), 1), sampleCount - 2)
        guard sample >= 1 else { return 0 }
        func centre(_ lane: Int, _ sample: Int) -> Double { Double(laneCentre[lane * sampleCount + sample]) }
        let lanes = (0..<laneCount).filter { laneWidth[$0 * sampleCount + sample] > 0 }
        guard let lane = lanes.min(by: { abs(centre($0, sample) - d) < abs(centre($1, sample) - d) }) else {
            return 0
        }
        return atan2(centre(lane, sample + 1) - centre(lane, sample - 1), 2 * Double(spacing))
    }
}
