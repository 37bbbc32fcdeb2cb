import RoadNetwork

/// A lane bound in road coordinates: its offset `d` as a function of `s`.
struct OffsetProfile {
    private var s: [Double] = []
    private var d: [Double] = []
    /// Share of the bound's length that leads along +s; near 1 where it follows the road.
    private(set) var directness: Double

    init(_ bound: [Point], along corridor: Corridor) {
        var length = 0.0
        var forward = 0.0
        var before: (s: Double, d: Double)?
        for point in bound {
            let here = corridor.roadCoordinates(of: point)
            if let before {
                let (along, across) = (here.s - before.s, here.d - before.d)
                length += (along * along + across * across).squareRoot()
                forward += along
            }
            before = (here.s, here.d)
            // A few bounds step back by centimetres where lanelets join.
            if let last = s.last, here.s <= last { continue }
            s.append(here.s)
            d.append(here.d)
        }
        directness = length > 0 ? forward / length : 1
    }

    var start: Double { s[0] }
    var end: Double { s[s.count - 1] }

    /// Interpolated; the first and the last value go on beyond the ends.
    func offset(at position: Double) -> Double {
        guard let after = s.firstIndex(where: { $0 >= position }) else { return d[d.count - 1] }
        guard after > 0 else { return d[0] }
        let share = (position - s[after - 1]) / (s[after] - s[after - 1])
        return d[after - 1] + share * (d[after] - d[after - 1])
    }
}
