import Foundation
import RoadNetwork

/// Makes a `Corridor` from a lane graph whose lanes run side by side in one direction.
///
/// The reference line follows the middle one of the long lanes, smoothed; the bounds of all lanes are carried
/// into its road coordinates and read off every 5 m. A lane that ends where the map ends goes on.
struct CorridorBuilder {
    /// Metres between samples.
    static let spacing = 5.0
    /// How far the reference line goes on, straight, beyond the mapped lanes, metres.
    static let overhang = 100.0
    /// A lane that ends this close to the map's end ends only because the map does, metres.
    static let openEnd = 25.0
    /// The most lanes side by side (`WorldModel.Surroundings` has room for as many).
    static let maximumLanes = 16

    private let name: String
    private let graph: LaneGraph

    /// - Throws: `TrafficDataError.notOneCarriageway`.
    static func corridor(of graph: LaneGraph, name: String, speedLevel: Double) throws -> Corridor {
        let builder = CorridorBuilder(name: name, graph: graph)
        let chains = LaneChains(graph).chains
        let line = ReferenceLine(
            through: try builder.mainChain(of: chains).centreLine, spacing: spacing, overhang: overhang)
        var corridor = Corridor(
            start: 0, spacing: Float(spacing), curvature: line.curvature.map { Float($0) }, laneCount: 0,
            laneCentre: [], laneWidth: [], speedLevel: Float(speedLevel), points: line.points,
            headings: line.headings)
        let strips = try builder.strips(of: chains, along: corridor)
        corridor.laneCount = strips.count
        for strip in strips {
            corridor.laneCentre += strip.samples.map { Float($0.centre) }
            corridor.laneWidth += strip.samples.map { Float($0.width) }
        }
        return corridor
    }

    /// The middle one of the lanes that are nearly as long as the longest: ramps and their bends lie outside.
    private func mainChain(of chains: [LaneChains.Chain]) throws -> LaneChains.Chain {
        guard let longest = chains.map(\.length).max(), longest >= 20 else {
            throw refusal("it has no lane of 20 m")
        }
        guard longest < 100_000 else { throw refusal("a lane is longer than 100 km") }
        let long = chains.filter { $0.length > 0.9 * longest }
        let axis = long[0].centreLine
        let (origin, far) = (axis[0], axis[axis.count - 1])
        func leftness(_ chain: LaneChains.Chain) -> Double {
            let middle = chain.centreLine[chain.centreLine.count / 2]
            return (far.x - origin.x) * (middle.y - origin.y) - (far.y - origin.y) * (middle.x - origin.x)
        }
        return long.sorted { leftness($0) > leftness($1) }[long.count / 2]
    }

    /// One lane over the whole corridor.
    private struct Strip {
        var samples: [(centre: Double, width: Double)]
        var length: Double
        var meanOffset: Double
    }

    /// Lanes from left to right.
    private func strips(of chains: [LaneChains.Chain], along corridor: Corridor) throws -> [Strip] {
        let bounds = try chains.map { chain in
            (left: try profile(chain.leftBound, chain, corridor), right: try profile(chain.rightBound, chain, corridor))
        }
        let mapStart = bounds.map { max($0.left.start, $0.right.start) }.min() ?? 0
        let mapEnd = bounds.map { min($0.left.end, $0.right.end) }.max() ?? 0
        var strips = zip(chains, bounds).map { chain, bound in
            strip(
                left: bound.left, right: bound.right, length: chain.length, corridor: corridor,
                mapStart: mapStart, mapEnd: mapEnd)
        }
        .filter { strip in strip.samples.contains { $0.width > 0 } }
        strips.sort { $0.meanOffset > $1.meanOffset }
        guard strips.count <= Self.maximumLanes else {
            throw refusal("\(strips.count) lanes side by side, more than \(Self.maximumLanes)")
        }
        removeOverlaps(&strips)
        return strips
    }

    private func profile(_ bound: [Point], _ chain: LaneChains.Chain, _ corridor: Corridor) throws -> OffsetProfile {
        let profile = OffsetProfile(bound, along: corridor)
        guard profile.directness > 0.8 else {
            throw refusal("lanelet \(chain.firstSourceID) turns away from the others or runs against them")
        }
        return profile
    }

    private func strip(
        left: OffsetProfile, right: OffsetProfile, length: Double, corridor: Corridor, mapStart: Double,
        mapEnd: Double
    ) -> Strip {
        let start = max(left.start, right.start)
        let end = min(left.end, right.end)
        let first = start < mapStart + Self.openEnd ? -Double.infinity : start
        let last = end > mapEnd - Self.openEnd ? Double.infinity : end
        let samples = (0..<corridor.sampleCount).map { sample in
            let s = Double(corridor.start) + Double(sample) * Self.spacing
            let (l, r) = (left.offset(at: s), right.offset(at: s))
            return (centre: 0.5 * (l + r), width: s >= first && s <= last ? max(0, l - r) : 0)
        }
        let mean = samples.reduce(0) { $0 + $1.centre } / Double(samples.count)
        return Strip(samples: samples, length: length, meanOffset: mean)
    }

    /// Where two lanes share more than half of a lane (at a merge), only the longer one stays.
    private func removeOverlaps(_ strips: inout [Strip]) {
        for a in strips.indices {
            for b in strips.indices where b > a {
                for i in strips[a].samples.indices {
                    let (p, q) = (strips[a].samples[i], strips[b].samples[i])
                    guard p.width > 0, q.width > 0, p.centre - q.centre < 0.25 * (p.width + q.width) else { continue }
                    if strips[a].length < strips[b].length {
                        strips[a].samples[i].width = 0
                    } else {
                        strips[b].samples[i].width = 0
                    }
                }
            }
        }
    }

    private func refusal(_ reason: String) -> TrafficDataError {
        .notOneCarriageway(recording: name, reason: reason)
    }
}

/// A lane bound in road coordinates: its offset `d` as a function of `s`.
private struct OffsetProfile {
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
                length += ((here.s - before.s) * (here.s - before.s) + (here.d - before.d) * (here.d - before.d))
                    .squareRoot()
                forward += here.s - before.s
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
