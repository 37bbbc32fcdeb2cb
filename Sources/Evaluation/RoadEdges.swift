import Foundation
import RoadNetwork

/// The outer edges of a corridor's lanes, and poses on it in the plane.
struct RoadEdges {
    private let corridor: Corridor
    /// Offsets of the leftmost and the rightmost lane line per sample, metres.
    private let left: [Double]
    private let right: [Double]

    init(_ corridor: Corridor) {
        self.corridor = corridor
        var left = [Double](repeating: 0, count: corridor.sampleCount)
        var right = left
        for sample in 0..<corridor.sampleCount {
            let lanes = (0..<corridor.laneCount).map { $0 * corridor.sampleCount + sample }
                .filter { corridor.laneWidth[$0] > 0 }
            left[sample] =
                lanes.map { Double(corridor.laneCentre[$0] + 0.5 * corridor.laneWidth[$0]) }.max() ?? 0
            right[sample] =
                lanes.map { Double(corridor.laneCentre[$0] - 0.5 * corridor.laneWidth[$0]) }.min() ?? 0
        }
        (self.left, self.right) = (left, right)
    }

    /// A box on the road, in the plane. `heading` is relative to the road's reference line.
    func pose(s: Double, d: Double, heading: Double, length: Double, width: Double) -> Pose {
        let (point, roadHeading) = corridor.point(s: s, d: d)
        var outermost = -Double.infinity
        let (cosine, sine) = (cos(heading), sin(heading))
        for (along, across) in [(1.0, 1.0), (1, -1), (-1, 1), (-1, -1)] {
            let (x, y) = (0.5 * length * along, 0.5 * width * across)
            let edge = edges(at: s + x * cosine - y * sine)
            let offset = d + x * sine + y * cosine
            outermost = max(outermost, offset - edge.left, edge.right - offset)
        }
        return Pose(x: point.x, y: point.y, heading: roadHeading + heading, roadEdge: outermost)
    }

    /// Interpolated; beyond its ends the road goes on as it ends.
    private func edges(at s: Double) -> (left: Double, right: Double) {
        let last = corridor.sampleCount - 1
        let position = min(max((s - Double(corridor.start)) / Double(corridor.spacing), 0), Double(last))
        let sample = min(Int(position), max(0, last - 1))
        let next = min(sample + 1, last)
        let share = position - Double(sample)
        return (
            left[sample] + share * (left[next] - left[sample]),
            right[sample] + share * (right[next] - right[sample])
        )
    }
}
