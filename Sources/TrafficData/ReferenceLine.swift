import Foundation
import RoadNetwork

/// A corridor's reference line: a lane's centre line, smoothed so that its curvature is clean, sampled at
/// equal distances and extended straight at both ends.
struct ReferenceLine {
    /// Half of the smoothing window, metres.
    private static let smoothing = 40

    private(set) var points: [Point] = []
    private(set) var headings: [Double] = []
    private(set) var curvature: [Double] = []

    init(through centreLine: [Point], spacing: Double, overhang: Double) {
        let rough = Polyline(centreLine)
        let smooth = Self.smoothed(rough.resampled(max(2, Int(rough.length.rounded()) + 1)))
        let extended = Self.extended(smooth, by: overhang)
        let line = Polyline(extended)
        let count = Int(line.length / spacing) + 1
        points = line.sampled(count, every: spacing)
        headings = points.indices.map { i in
            let (a, b) = (points[max(0, i - 1)], points[min(count - 1, i + 1)])
            return atan2(b.y - a.y, b.x - a.x)
        }
        curvature = points.indices.map { i in
            let (a, b) = (max(0, i - 1), min(count - 1, i + 1))
            let turn = headings[b] - headings[a]
            return atan2(sin(turn), cos(turn)) / (Double(b - a) * spacing)
        }
    }

    /// Points about 1 m apart, each moved onto the parabola through its surroundings.
    private static func smoothed(_ points: [Point]) -> [Point] {
        let prior = LocalQuadraticFit.Prior(noise: 0.1, acceleration: 0.1, speed: nil)
        let (xs, ys) = (points.map(\.x), points.map(\.y))
        return points.indices.map { i in
            let window = max(0, i - smoothing)..<min(points.count, i + smoothing + 1)
            func fit(_ values: [Double]) -> Double {
                LocalQuadraticFit(samples: values, window: window, at: i, interval: 1, prior: prior).position
            }
            return Point(x: fit(xs), y: fit(ys))
        }
    }

    /// The line with a straight piece at both ends, in the direction of its outermost metres.
    private static func extended(_ points: [Point], by overhang: Double) -> [Point] {
        let reach = min(8, points.count - 1)
        func beyond(_ end: Point, from inner: Point) -> Point {
            let length = max(end.distance(to: inner), 1e-9)
            return Point(
                x: end.x + overhang * (end.x - inner.x) / length,
                y: end.y + overhang * (end.y - inner.y) / length)
        }
        let (first, last) = (points[0], points[points.count - 1])
        return [beyond(first, from: points[reach])] + points
            + [beyond(last, from: points[points.count - 1 - reach])]
    }
}
