import ReproducibleMath
import RoadNetwork

/// The routes that an agent may take, and how likely each is.
public struct RouteChoice: Sendable {
    public struct Option: Sendable {
        public let route: Route
        /// Where the agent is on it.
        public let s: Double
        public let d: Double
        /// All options' weights sum to 1.
        public internal(set) var weight: Double
    }

    public let options: [Option]
    /// How far ahead lanes are followed, metres: 6 s at 20 m/s and what a driver looks ahead.
    private static let reach = 180.0
    private static let optionLimit = 24

    /// - Parameters:
    ///   - turnWeights: how often a driver who may choose goes straight, left, right; see `StreetDriver`.
    public init(map: StreetMap, place: Point, facing: Point, speed: Double, turnWeights: [Double]) {
        var options: [Option] = []
        for placement in map.placements(of: place, facing: facing) {
            var chains: [(lanes: [Int], length: Double, weight: Double)] = [
                ([placement.lane], map.lines[placement.lane].length - placement.s, placement.weight)
            ]
            var next = 0
            while next < chains.count, chains.count < Self.optionLimit {
                let chain = chains[next]
                let successors = map.graph.lanes[chain.lanes[chain.lanes.count - 1]].successors
                    .filter { !chain.lanes.contains($0) }
                guard chain.length < Self.reach, !successors.isEmpty else {
                    next += 1
                    continue
                }
                let weights = successors.map {
                    Self.weight(of: map.lines[$0].turn, after: chain.length, speed: speed, turnWeights)
                }
                let sum = max(weights.reduce(0, +), 1e-9)
                for (successor, weight) in zip(successors, weights) {
                    chains.append(
                        (chain.lanes + [successor], chain.length + map.lines[successor].length,
                         chain.weight * weight / sum))
                }
                chains.remove(at: next)
            }
            for chain in chains {
                let route = map.route(along: chain.lanes)
                guard let on = route.project(place, from: placement.s - 8, to: placement.s + 8) else { continue }
                options.append(Option(route: route, s: on.s, d: on.d, weight: chain.weight))
            }
        }
        let sum = options.reduce(0) { $0 + $1.weight }
        if options.isEmpty || !(sum > 0) {
            options = [Option(route: Route(straightFrom: place, along: facing), s: 0, d: 0, weight: 1)]
        } else {
            for index in options.indices { options[index].weight /= sum }
        }
        self.options = options
    }

    /// Who is too fast for a turn that comes too soon will hardly take it.
    private static func weight(
        of turn: StreetMap.Turn, after distance: Double, speed: Double, _ turnWeights: [Double]
    ) -> Double {
        guard turn != .straight else { return turnWeights[0] }
        let turning = 6.0
        let braking = (speed * speed - turning * turning) / (2 * max(distance, 1))
        return turnWeights[turn.rawValue] * (braking > 3.5 ? 0.03 : 1)
    }

    /// One option, drawn by its weight.
    public func draw(_ uniform: Float) -> Option {
        var left = Double(uniform)
        for option in options {
            left -= option.weight
            if left <= 0 { return option }
        }
        return options[options.count - 1]
    }
}

extension RouteChoice {
    /// Straight on, whatever the map says.
    init(straightFrom place: Point, along direction: Point) {
        options = [Option(route: Route(straightFrom: place, along: direction), s: 0, d: 0, weight: 1)]
    }
}
