import RoadNetwork
import TrafficData
import WorldModel

/// A recording prepared for reading frame by frame, as it is or mirrored left to right.
package final class PreparedRecording: @unchecked Sendable {
    package let recording: RoadRecording
    /// Tracks (indices into `recording.tracks`) present at each frame.
    let present: [[Int]]
    /// The most vehicles at one frame.
    let maximumPresent: Int
    private let road: CorridorMemory
    private let mirroredRoad: CorridorMemory

    package init(_ recording: RoadRecording) {
        self.recording = recording
        var present = [[Int]](repeating: [], count: recording.frameCount)
        for (index, track) in recording.tracks.enumerated() {
            let frames = track.firstFrame..<track.firstFrame + track.frameCount
            for frame in frames.clamped(to: 0..<recording.frameCount) { present[frame].append(index) }
        }
        self.present = present
        maximumPresent = present.lazy.map(\.count).max() ?? 0
        road = CorridorMemory(recording.corridor)
        mirroredRoad = CorridorMemory(recording.corridor.mirrored)
    }

    func corridor(mirrored: Bool) -> CorridorView { mirrored ? mirroredRoad.view : road.view }
}

extension Corridor {
    /// The corridor as a mirror shows it: left becomes right.
    package var mirrored: Corridor {
        var corridor = self
        corridor.curvature = curvature.map { -$0 }
        for lane in 0..<laneCount {
            for sample in 0..<sampleCount {
                let from = (laneCount - 1 - lane) * sampleCount + sample, to = lane * sampleCount + sample
                corridor.laneCentre[to] = -laneCentre[from]
                corridor.laneWidth[to] = laneWidth[from]
            }
        }
        corridor.points = points.map { Point(x: $0.x, y: -$0.y) }
        corridor.headings = headings.map { -$0 }
        return corridor
    }
}

/// A corridor at a fixed place in memory.
final class CorridorMemory: @unchecked Sendable {
    let view: CorridorView
    private let memory: AlignedFloats

    init(_ corridor: Corridor) {
        let samples = corridor.sampleCount, lanes = corridor.laneCentre.count
        memory = AlignedFloats(count: samples + 2 * lanes)
        let curvature = memory.pointer, centre = curvature + samples, width = centre + lanes
        curvature.update(from: corridor.curvature, count: samples)
        centre.update(from: corridor.laneCentre, count: lanes)
        width.update(from: corridor.laneWidth, count: lanes)
        view = CorridorView(
            start: corridor.start, inverseSpacing: 1 / corridor.spacing, sampleCount: Int32(samples),
            laneCount: Int32(corridor.laneCount), speedLevel: corridor.speedLevel, curvature: curvature,
            laneCentre: centre, laneWidth: width)
    }
}
