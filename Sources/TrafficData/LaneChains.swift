import RoadNetwork

/// The lanes of a graph strung together along their successors: each lane is in exactly one chain.
struct LaneChains {
    struct Chain {
        var firstSourceID: Int
        var leftBound: [Point]
        var rightBound: [Point]
        var centreLine: [Point]
        var length: Double
    }

    /// The most points of one lane's centre line, about 1 m apart.
    private static let mostPoints = 10_000

    private(set) var chains: [Chain] = []

    init(_ graph: LaneGraph) {
        let (next, hasPrevious) = Self.links(graph)
        var seen = [Bool](repeating: false, count: graph.lanes.count)
        // Chains with a beginning first; what is left then are rings, opened at their first lane.
        for wantsStart in [true, false] {
            for lane in graph.lanes.indices where !seen[lane] && (!wantsStart || !hasPrevious[lane]) {
                var members: [LaneGraph.Lane] = []
                var current: Int? = lane
                while let here = current, !seen[here] {
                    seen[here] = true
                    members.append(graph.lanes[here])
                    current = next[here]
                }
                chains.append(Self.chain(members))
            }
        }
    }

    /// Each lane's continuation. Of several successors the straightest one continues it, and of several
    /// lanes that lead into one the straightest owns it.
    private static func links(_ graph: LaneGraph) -> (next: [Int?], hasPrevious: [Bool]) {
        var next = [Int?](repeating: nil, count: graph.lanes.count)
        var owner = [Int?](repeating: nil, count: graph.lanes.count)
        for lane in graph.lanes.indices {
            func straightness(_ a: Int, _ b: Int) -> Double {
                let out = direction(graph.lanes[a], atEnd: true)
                let into = direction(graph.lanes[b], atEnd: false)
                return out.x * into.x + out.y * into.y
            }
            let ranked = graph.lanes[lane].successors.max { straightness(lane, $0) < straightness(lane, $1) }
            guard let best = ranked, best != lane else { continue }
            if let rival = owner[best] {
                if straightness(rival, best) >= straightness(lane, best) { continue }
                next[rival] = nil
            }
            owner[best] = lane
            next[lane] = best
        }
        return (next, owner.map { $0 != nil })
    }

    /// Unit vector along the first or last 5 m or so of a lane's left bound.
    private static func direction(_ lane: LaneGraph.Lane, atEnd: Bool) -> Point {
        let bound = atEnd ? lane.leftBound.reversed() : lane.leftBound
        guard let first = bound.first,
            let last = bound.first(where: { $0.distance(to: first) >= 5 }) ?? bound.last
        else { return Point(x: 0, y: 0) }
        let length = max(first.distance(to: last), 1e-9)
        let sign = atEnd ? -1.0 : 1.0
        return Point(x: sign * (last.x - first.x) / length, y: sign * (last.y - first.y) / length)
    }

    private static func chain(_ lanes: [LaneGraph.Lane]) -> Chain {
        let centre = lanes.flatMap { lane in
            let count = min(max(2, Int(Polyline(lane.leftBound).length) + 1), mostPoints)
            return zip(Polyline(lane.leftBound).resampled(count), Polyline(lane.rightBound).resampled(count))
                .map { Point(x: 0.5 * ($0.x + $1.x), y: 0.5 * ($0.y + $1.y)) }
        }
        return Chain(
            firstSourceID: lanes.first?.sourceID ?? 0, leftBound: lanes.flatMap(\.leftBound),
            rightBound: lanes.flatMap(\.rightBound), centreLine: centre, length: Polyline(centre).length)
    }
}
