import Metrics
import ReproducibleMath
import RoadNetwork
import WorldModel

/// Makes scenarios: scenario `i` is a pure function of (campaign, statistics, `i`), the same bits on
/// every machine, alone or in any order.
public struct ScenarioGenerator: Sendable {
    public let campaign: Campaign
    public let statistics: SceneStatistics
    /// Running sum of the mix, for drawing the family.
    private let mixSums: [Float]

    public init(campaign: Campaign, statistics: SceneStatistics) {
        self.campaign = campaign
        self.statistics = statistics
        var sum = 0.0
        mixSums = campaign.mix.map {
            sum += $0
            return Float(sum)
        }
    }

    /// - Parameter index: below 2^56.
    public func scenario(_ index: UInt64) -> Scenario {
        let random = CounterRandom(seed: campaign.seed, scenario: campaign.number(ofScenario: index))
        let draw = random.uniforms(agent: 0, step: 0, purpose: .traffic)
        let family = family(at: draw.x)
        let behind: Float = 1000
        let seconds = Float(campaign.horizonSeconds + campaign.burnInSeconds)
        let corridor = RoadDraw(random: random)
            .corridor(family: family, behind: behind, ahead: 45 * seconds + behind)
        let traffic = trafficSpeed(family, at: draw.y, speedLevel: corridor.speedLevel)
        let vehicles = VehicleDraw(statistics: statistics, random: random)
        let laneSpeeds = laneSpeeds(around: traffic, count: corridor.laneCount, draw: vehicles)
        let scene = SceneDraw(draw: vehicles, corridor: corridor, laneSpeeds: laneSpeeds)
            .scene(egoLane: Int(draw.z * Float(corridor.laneCount)), reach: 150 + 100 * draw.w)
        return Scenario(
            index: index, family: family, corridor: corridor, agents: scene.agents,
            windowBehind: scene.window, windowAhead: scene.window, laneSpeeds: laneSpeeds, random: random)
    }

    private func family(at uniform: Float) -> TrafficFamily {
        let families = TrafficFamily.allCases
        for (family, sum) in zip(families, mixSums) where uniform < sum { return family }
        // Rounding left a sliver above the last sum: it belongs to the last family that has a share.
        let last = campaign.mix.lastIndex { $0 > 0 } ?? 0
        return families[last]
    }

    /// Mean speed of the traffic, m/s. Levels of service A/B, C/D, E and F of the Highway Capacity
    /// Manual, roughly.
    private func trafficSpeed(_ family: TrafficFamily, at uniform: Float, speedLevel: Float) -> Float {
        switch family {
        case .freeFlow: return speedLevel * (0.92 + 0.1 * uniform)
        case .busy: return (16 + 10 * uniform).limited(0, 0.92 * speedLevel)
        case .dense: return 8 + 8 * uniform
        case .jam: return 2 + 6 * uniform
        }
    }

    /// Mean speed of each lane, m/s, the fastest on the left.
    private func laneSpeeds(around traffic: Float, count: Int, draw: VehicleDraw) -> [Float] {
        let speeds = (0..<count).map { lane in
            let uniform = draw.random.uniforms(agent: UInt32(lane), step: 1, purpose: .traffic).x
            let difference = draw.central(statistics.laneSpeedQuantiles, speed: traffic, at: uniform)
            return (traffic + difference).limited(0.5 * traffic, 1.5 * traffic)
        }
        return speeds.sorted(by: >)
    }
}
