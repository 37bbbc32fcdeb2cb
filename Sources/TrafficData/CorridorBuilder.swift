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
    /// The most chains of lanes that are looked at; a carriageway has a few dozen at most.
    private static let maximumChains = 256
    /// Lane bounds are smoothed over this many samples to either side: mapped lines tremble by decimetres.
    private static let boundSmoothing = 4

    private let name: String
    private let graph: LaneGraph

    /// - Throws: `TrafficDataError.notOneCarriageway`.
    static func corridor(of graph: LaneGraph, name: String, speedLevel: Double) throws -> Corridor {
        let builder = CorridorBuilder(name: name, graph: graph)
        guard graph.lanes.allSatisfy({ $0.leftBound.count >= 2 && $0.rightBound.count >= 2 }) else {
            throw builder.refusal("a lane has a bound of less than two points")
        }
        let chains = LaneChains(graph).chains
        guard chains.count <= maximumChains else {
            throw builder.refusal("\(chains.count) lanes, more than \(maximumChains)")
        }
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
            (
                left: try profile(chain.leftBound, chain, corridor),
                right: try profile(chain.rightBound, chain, corridor)
            )
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

    private func profile(
        _ bound: [Point], _ chain: LaneChains.Chain, _ corridor: Corridor
    ) throws -> OffsetProfile {
        let profile = OffsetProfile(bound, along: corridor)
        guard profile.directness > 0.8 else {
            throw refusal("lane \(chain.firstSourceID) turns away from the others or runs against them")
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
        let positions = (0..<corridor.sampleCount).map { Double(corridor.start) + Double($0) * Self.spacing }
        let lefts = Self.smoothed(positions.map(left.offset))
        let rights = Self.smoothed(positions.map(right.offset))
        let samples = positions.indices.map { i in
            let exists = positions[i] >= first && positions[i] <= last
            return (centre: 0.5 * (lefts[i] + rights[i]), width: exists ? max(0, lefts[i] - rights[i]) : 0)
        }
        let mean = samples.reduce(0) { $0 + $1.centre } / Double(samples.count)
        return Strip(samples: samples, length: length, meanOffset: mean)
    }

    private static func smoothed(_ offsets: [Double]) -> [Double] {
        let prior = LocalQuadraticFit.Prior(noise: 0.1, acceleration: 0.01, speed: nil)
        return offsets.indices.map { i in
            let window = max(0, i - boundSmoothing)..<min(offsets.count, i + boundSmoothing + 1)
            return LocalQuadraticFit(samples: offsets, window: window, at: i, interval: spacing, prior: prior)
                .position
        }
    }

    /// Where two lanes share more than half of a lane (at a merge), only the longer one stays.
    private func removeOverlaps(_ strips: inout [Strip]) {
        for a in strips.indices {
            for b in strips.indices where b > a {
                for i in strips[a].samples.indices {
                    let (p, q) = (strips[a].samples[i], strips[b].samples[i])
                    guard p.width > 0, q.width > 0, p.centre - q.centre < 0.25 * (p.width + q.width) else {
                        continue
                    }
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
