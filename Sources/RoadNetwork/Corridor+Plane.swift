import Foundation

/// Between road coordinates and the plane. For input and output only: no rollout reads these.
///
/// The reference line between two samples is the cubic with the samples' points and headings; beyond the
/// corridor's ends it goes on straight. Both directions use the same line, so that they are inverses of
/// each other wherever `d` stays inside the line's centre of curvature.
extension Corridor {
    /// The point at (`s`, `d`) and the reference line's heading there, radians.
    public func point(s: Double, d: Double) -> (point: Point, heading: Double) {
        let line = lineState(at: s)
        let (x, y) = (line.tangent.x, line.tangent.y)
        return (Point(x: line.point.x - d * y, y: line.point.y + d * x), atan2(y, x))
    }

    /// The road coordinates of `point`, and the reference line's heading at its foot, radians.
    public func roadCoordinates(of point: Point) -> (s: Double, d: Double, heading: Double) {
        var s = Double(start) + Double(spacing) * Double(nearestSample(to: point))
        // Newton's method on the distance along the tangent; the line is nearly straight and walked at
        // unit speed, so that each round shrinks the error by the factor curvature times d.
        for _ in 0..<40 {
            let line = lineState(at: s)
            let step = (point.x - line.point.x) * line.tangent.x + (point.y - line.point.y) * line.tangent.y
            s += step
            if abs(step) < 1e-7 { break }
        }
        let line = lineState(at: s)
        let d = (point.y - line.point.y) * line.tangent.x - (point.x - line.point.x) * line.tangent.y
        return (s, d, atan2(line.tangent.y, line.tangent.x))
    }

    /// Curvature of the reference line at `s`, 1/m, interpolated between samples.
    public func curvature(at s: Double) -> Double {
        let position = min(max((s - Double(start)) / Double(spacing), 0), Double(sampleCount - 1))
        let sample = min(Int(position), max(0, sampleCount - 2))
        let next = min(sample + 1, sampleCount - 1)
        return Double(curvature[sample])
            + (position - Double(sample)) * Double(curvature[next] - curvature[sample])
    }

    /// Point and unit tangent of the reference line.
    private func lineState(at s: Double) -> (point: Point, tangent: Point) {
        let position = (s - Double(start)) / Double(spacing)
        let last = sampleCount - 1
        guard position > 0, position < Double(last) else {
            let end = position > 0 ? last : 0
            let tangent = Point(x: cos(headings[end]), y: sin(headings[end]))
            let beyond = (position - Double(end)) * Double(spacing)
            return (
                Point(x: points[end].x + beyond * tangent.x, y: points[end].y + beyond * tangent.y), tangent
            )
        }
        let sample = Int(position)
        let t = position - Double(sample)
        let (x, slopeX) = cubic(
            t, points[sample].x, points[sample + 1].x, cos(headings[sample]), cos(headings[sample + 1]))
        let (y, slopeY) = cubic(
            t, points[sample].y, points[sample + 1].y, sin(headings[sample]), sin(headings[sample + 1]))
        let length = (slopeX * slopeX + slopeY * slopeY).squareRoot()
        return (Point(x: x, y: y), Point(x: slopeX / length, y: slopeY / length))
    }

    /// Hermite's cubic from `a` to `b` with slopes `u` and `v` per metre: value and slope per step of `t`.
    private func cubic(_ t: Double, _ a: Double, _ b: Double, _ u: Double, _ v: Double) -> (Double, Double) {
        let (m, n) = (u * Double(spacing), v * Double(spacing))
        let second = 3 * (b - a) - 2 * m - n
        let third = m + n - 2 * (b - a)
        return (a + t * (m + t * (second + t * third)), m + t * (2 * second + 3 * t * third))
    }

    private func nearestSample(to point: Point) -> Int {
        var nearest = 0
        var least = Double.infinity
        for (sample, candidate) in points.enumerated() {
            let (x, y) = (point.x - candidate.x, point.y - candidate.y)
            if x * x + y * y < least {
                least = x * x + y * y
                nearest = sample
            }
        }
        return nearest
    }
}
