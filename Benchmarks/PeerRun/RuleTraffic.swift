import RoadNetwork
import Rollout
import WorldModel

/// Rule-based traffic, IDM along the road and MOBIL between lanes for everybody: the counterpart of SUMO's
/// ring of 5 km with four lanes and the same number of vehicles.
///
/// Not a ring: the road is straight, and whoever drives off its end finds the same road going on. So the
/// front of the platoon thins out, by a little in the minute after which the scene starts anew. One state a
/// vehicle and step is kept, as a recording would; nothing tests for collisions here, nor in SUMO's run.
struct RuleTraffic {
    private static let roadLength: Float = 5000
    private static let lanes = 4
    private static let laneWidth: Float = 3.5
    /// m/s, as the speed limit of SUMO's ring.
    private static let speedLevel: Float = 33
    private static let steps = 600

    private let vehicles: Int

    init(vehicles: Int) { self.vehicles = vehicles }

    func run(_ model: WorldModel, cpuSeconds: Double) throws -> Figures {
        let simulator = try FuturesSimulator(worldModel: model)
        var figures = Figures(kernel: KernelClass.best.rawValue)
        let (start, agents) = (cpuTime(), startingAgents)
        var seed: UInt64 = 0
        repeat {
            let futures = simulator.roll(
                agents: agents, corridor: corridor, controller: .idmMobil,
                parameters: Array(repeating: .trafficBaseline, count: vehicles),
                rollouts: 1, steps: Self.steps, seed: seed)
            seed += 1
            figures.cpuSeconds = cpuTime() - start
            figures.sceneSteps += Self.steps
            figures.agentSteps += Self.steps * vehicles
            for (end, agent) in zip(futures.s.suffix(vehicles), agents) { figures.agentMeters += Double(end - agent.s) }
        } while figures.cpuSeconds < cpuSeconds
        return figures
    }

    private var corridor: Corridor {
        let spacing: Float = 5
        let samples = Int(Self.roadLength / spacing) + 1
        let centres = (0..<Self.lanes).map { (Float(Self.lanes - 1) / 2 - Float($0)) * Self.laneWidth }
        return Corridor(
            start: 0, spacing: spacing, curvature: Array(repeating: 0, count: samples), laneCount: Self.lanes,
            laneCentre: centres.flatMap { Array(repeating: $0, count: samples) },
            laneWidth: Array(repeating: Self.laneWidth, count: Self.lanes * samples),
            speedLevel: Self.speedLevel, points: [], headings: [])
    }

    /// Evenly spaced on every lane, the lanes staggered; desired speeds differ from driver to driver.
    private var startingAgents: [InitialAgent] {
        let gap = Self.roadLength * Float(Self.lanes) / Float(vehicles)
        return (0..<vehicles).map { number in
            let (lane, place) = (number % Self.lanes, number / Self.lanes)
            var agent = InitialAgent()
            agent.s = (Float(place) + Float(lane) / Float(Self.lanes)) * gap
            agent.d = (Float(Self.lanes - 1) / 2 - Float(lane)) * Self.laneWidth
            agent.speed = 20
            // Multiples of the golden ratio: spread evenly over -1.5...1.5 and unrelated to the place.
            let share = Float(number) * 0.618_034
            agent.speedTrait = 3 * (share - share.rounded(.down)) - 1.5
            return agent
        }
    }
}
