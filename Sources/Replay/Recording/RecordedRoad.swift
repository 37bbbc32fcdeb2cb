import Foundation
import RoadNetwork

/// The road of a recording: the corridor of its scenario, cut to what anybody saw of it.
public struct RecordedRoad: Sendable, Equatable {
    public var corridor: Corridor

    /// - Parameter visited: the stretch to keep, metres of `s`.
    public init(_ corridor: Corridor, visited: ClosedRange<Float>) {
        let last = corridor.sampleCount - 1
        func sample(_ s: Float, _ rule: FloatingPointRoundingRule) -> Int {
            Int(min(max(((s - corridor.start) / corridor.spacing).rounded(rule), 0), Float(last)))
        }
        let first = sample(visited.lowerBound, .down)
        let end = min(max(sample(visited.upperBound, .up), first + 1), last)
        func cut(_ lanes: [Float]) -> [Float] {
            (0..<corridor.laneCount).flatMap { lane in
                lanes[lane * corridor.sampleCount + first...lane * corridor.sampleCount + end]
            }
        }
        let plane = Self.planeOrStraight(corridor)
        self.corridor = Corridor(
            start: corridor.start + Float(first) * corridor.spacing, spacing: corridor.spacing,
            curvature: Array(corridor.curvature[first...end]), laneCount: corridor.laneCount,
            laneCentre: cut(corridor.laneCentre), laneWidth: cut(corridor.laneWidth),
            speedLevel: corridor.speedLevel, points: Array(plane.points[first...end]),
            headings: Array(plane.headings[first...end]))
    }

    /// A corridor without plane geometry is drawn straight, as the rollout's observer places its agents.
    private static func planeOrStraight(_ corridor: Corridor) -> (points: [Point], headings: [Double]) {
        if corridor.points.count == corridor.sampleCount { return (corridor.points, corridor.headings) }
        let points = (0..<corridor.sampleCount).map {
            Point(x: Double(corridor.start + Float($0) * corridor.spacing), y: 0)
        }
        return (points, Array(repeating: 0, count: points.count))
    }

    /// Heading in the plane of an agent at (`s`, `d`) with `heading` relative to the road, radians.
    public func planeHeading(of state: RecordedState) -> Double {
        corridor.point(s: Double(state.s), d: Double(state.d)).heading + Double(state.heading)
    }

    /// Lines between and beside lanes at sample `sample`, from the left: offset `d` in metres.
    public func lines(at sample: Int) -> [Float] {
        var lines: [Float] = []
        for lane in 0..<corridor.laneCount {
            let index = lane * corridor.sampleCount + sample
            let (centre, width) = (corridor.laneCentre[index], corridor.laneWidth[index])
            guard width > 0 else { continue }
            if lines.isEmpty { lines.append(centre + 0.5 * width) }
            lines.append(centre - 0.5 * width)
        }
        return lines
    }

    /// Index of the sample nearest to `s`.
    public func sample(at s: Float) -> Int {
        let position = ((s - corridor.start) / corridor.spacing).rounded()
        return Int(min(max(position, 0), Float(corridor.sampleCount - 1)))
    }

    /// How far a body reaches beyond the outermost line, metres; negative inside.
    func distanceOutside(_ state: RecordedState, _ agent: RecordedAgent) -> Float {
        let lines = lines(at: sample(at: state.s))
        guard let left = lines.first, let right = lines.last else { return 0 }
        let reach = 0.5 * agent.width + 0.5 * agent.length * abs(sin(state.heading))
        return max(state.d + reach - left, right - (state.d - reach))
    }
}
