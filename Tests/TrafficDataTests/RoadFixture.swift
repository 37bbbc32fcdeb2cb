import Foundation
import Metrics
import RoadNetwork
import TrafficData

/// Lanes and vehicles made for tests.
enum RoadFixture {
    /// `count` lanes, 3.5 m wide, along a circle of `radius` metres to the left (or straight), in pieces
    /// of 40 m, rotated by `heading`.
    static func lanes(count: Int, length: Double = 200, radius: Double = .infinity, heading: Double = 0.4)
        -> LaneGraph
    {
        let pieces = Int(length / 40)
        var lanes: [LaneGraph.Lane] = []
        for lane in 0..<count {
            let left = 3.5 * (Double(count) / 2 - Double(lane))
            for piece in 0..<pieces {
                func bound(_ d: Double) -> [Point] {
                    (0...20).map { point(s: 40 * Double(piece) + 2 * Double($0), d: d, radius, heading) }
                }
                let index = lanes.count
                lanes.append(
                    LaneGraph.Lane(
                        sourceID: 100 + index, leftBound: bound(left), rightBound: bound(left - 3.5),
                        successors: piece < pieces - 1 ? [index + 1] : [],
                        predecessors: piece > 0 ? [index - 1] : []))
            }
        }
        return LaneGraph(lanes: lanes)
    }

    /// The point `s` along and `d` to the left of the road's middle.
    static func point(s: Double, d: Double, _ radius: Double = .infinity, _ heading: Double = 0.4) -> Point {
        var (x, y) = (s, d)
        if radius.isFinite {
            let angle = s / radius
            x = (radius - d) * sin(angle)
            y = radius - (radius - d) * cos(angle)
        }
        return Point(x: x * cos(heading) - y * sin(heading), y: x * sin(heading) + y * cos(heading))
    }

    /// A car on a straight road; `s` and `d` are functions of time.
    static func track(
        id: Int = 1, times: [Double], radius: Double = .infinity, s: (Double) -> Double,
        d: (Double) -> Double = { _ in 0 }
    ) -> RecordedTrack {
        RecordedTrack(
            id: id, kind: .car, length: 4.5, width: 1.8,
            states: times.map { RecordedState(time: $0, position: point(s: s($0), d: d($0), radius)) })
    }

    static func recording(
        _ tracks: [RecordedTrack], radius: Double = .infinity, source: RecordingSource = .other
    ) -> Recording {
        Recording(name: "fixture", source: source, lanes: lanes(count: 3, radius: radius), tracks: tracks)
    }

    /// Times 0.1 s apart.
    static func times(_ count: Int) -> [Double] { (0..<count).map { Double($0) / 10 } }
}
