import ReproducibleMath
import Rollout
import WorldModel

/// Traffic of a given density on a ring, left to itself.
public struct RingTraffic: Sendable, Codable {
    /// Vehicles per kilometre and lane, at the start.
    public var density: Double
    public var vehicles: Int
    /// Taken off because bodies overlapped.
    public var collisions: Int
    /// m/s: everybody's mean at the start, over the first minute, and over the last two.
    public var startSpeed: Double
    public var firstMinuteSpeed: Double
    public var speed: Double
    /// Vehicles per hour and lane over the last two minutes.
    public var flow: Double
    /// Share slower than 1.5 m/s in the last two minutes.
    public var crawlingShare: Double
    /// How disturbances travel; nil where there are none.
    public var wave: WaveSpeed?

    static let lanes = 3
    static let laneWidth: Float = 3.6
    static let circumference: Float = 2000
    static let speedLevel: Float = 29

    /// - Parameter minutes: at least 3; the first two are the traffic's own affair.
    /// - Throws: `RolloutEngine.Failure`.
    package init(density: Double, model: WorldModel, seed: UInt64, minutes: Int = 8) throws {
        let perLane = Int((density * Double(Self.circumference) / 1000).rounded())
        let initial = Self.vehicles(perLane: perLane, model: model, seed: seed)
        let ring = try RingRoad(
            worldModel: model, agents: initial, lanes: Self.lanes, laneWidth: Self.laneWidth,
            speedLevel: Self.speedLevel, circumference: Self.circumference, seed: seed)
        self.density = density
        vehicles = initial.count
        startSpeed = Double(initial.reduce(0) { $0 + $1.speed }) / Double(max(1, initial.count))
        let decisions = minutes * 120
        var field = SpeedField(
            meters: Double(Self.circumference), seconds: Double(minutes - 2) * 60, isRing: true)
        var first = (sum: 0.0, count: 0), last = (sum: 0.0, count: 0, crawling: 0)
        for decision in 1...decisions {
            ring.advance()
            let seconds = 0.5 * Double(decision)
            for slot in 0..<ring.count {
                let speed = Double(ring.agents.speed[slot])
                field.add(meters: Double(ring.agents.s[slot]), seconds: seconds - 120, speed: speed)
                if decision <= 120 { first = (first.sum + speed, first.count + 1) }
                if decision > decisions - 240 {
                    last = (last.sum + speed, last.count + 1, last.crawling + (speed < 1.5 ? 1 : 0))
                }
            }
        }
        collisions = ring.collisions
        firstMinuteSpeed = first.sum / Double(max(1, first.count))
        speed = last.sum / Double(max(1, last.count))
        let remaining = Double(last.count) / 240 / Double(Self.lanes) / (Double(Self.circumference) / 1000)
        flow = 3.6 * speed * remaining
        crawlingShare = Double(last.crawling) / Double(max(1, last.count))
        wave = WaveSpeed(field)
    }

    /// Evenly spaced, lanes shifted against each other, at about the speed that the recordings have there.
    private static func vehicles(perLane: Int, model: WorldModel, seed: UInt64) -> [InitialAgent] {
        let random = CounterRandom(seed: seed, scenario: 1)
        let spacing = circumference / Float(max(1, perLane))
        var agents: [InitialAgent] = []
        for lane in 0..<lanes {
            for place in 0..<perLane {
                let number = UInt32(agents.count)
                let looks = random.uniforms(agent: number, step: 0, purpose: .placement)
                let traits = random.normals(agent: number, step: 0, purpose: .driver)
                var agent = InitialAgent()
                let kind = looks.x < model.statistics.kindShares[1] && lane > 0 ? 1 : 0
                agent.kind = Float(kind)
                agent.length = model.statistics.sample(model.statistics.lengthQuantiles, row: kind, at: looks.y)
                    .limited(3, min(18, 0.7 * spacing))
                agent.width = model.statistics.sample(model.statistics.widthQuantiles, row: kind, at: looks.z)
                    .limited(1.5, 2.6)
                agent.s = spacing * (Float(place) + 0.33 * Float(lane) + 0.2 * (looks.w - 0.5))
                if agent.s < 0 { agent.s += circumference }
                agent.d = (0.5 * Float(lanes - 1) - Float(lane)) * laneWidth
                agent.speed = ((spacing - 7.5) / 1.7).limited(0.5, 0.95 * speedLevel)
                agent.headwayTrait = traits.x
                agent.speedTrait = traits.y
                agent.traitsKnown = 1
                agents.append(agent)
            }
        }
        return agents
    }
}
