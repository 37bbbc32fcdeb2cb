/// How often something happened, per million kilometres, with its exact 95 % Poisson interval.
public struct EventRate: Sendable, Equatable, Codable {
    /// Whose kilometres the rate is per.
    public enum Exposure: String, Sendable, Codable {
        case egoKilometers = "ego-km"
        case agentKilometers = "agent-km"
    }

    /// Per million kilometres.
    public struct Rate: Sendable, Equatable, Codable {
        public var perMillionKilometers: Double
        public var low: Double
        public var high: Double
    }

    public var name: String
    public var count: UInt64
    public var exposure: Exposure
    public var kilometers: Double
    /// Nil where nothing has been driven yet.
    public var rate: Rate?
    /// True for a fault of the world model rather than of the policy under test.
    public var isWorldModelFault: Bool

    public init(
        name: String, count: UInt64, exposure: Exposure, kilometers: Double, isWorldModelFault: Bool = false
    ) {
        self.name = name
        self.count = count
        self.exposure = exposure
        self.kilometers = kilometers
        self.isWorldModelFault = isWorldModelFault
        guard kilometers > 0 else { return }
        let interval = PoissonInterval(count: count)
        let perEvent = 1e6 / kilometers
        rate = Rate(
            perMillionKilometers: Double(count) * perEvent, low: interval.low * perEvent,
            high: interval.high * perEvent)
    }

    /// Every kind of event: the policy's own first, per ego-km, then the world model's faults, per agent-km.
    public static func all(of totals: CampaignTotals) -> [EventRate] {
        let sums = totals.all
        let policy: [(String, UInt64)] = [
            ("ego collisions", sums.collisions),
            ("ego ran into other", sums.egoRanIntoOther),
            ("other ran into ego", sums.otherRanIntoEgo),
            ("sideswipe", sums.sideswipes),
            ("off-road", sums.offRoad),
            ("policy faults", sums.policyFaults),
            ("near misses (TTC < 1.5 s)", sums.nearMisses),
            ("hard brakes (> 3 m/s²)", sums.hardBrakes),
            ("discomfort", sums.discomforts),
            ("stuck", sums.stuck),
            ("lane changes", sums.laneChanges),
        ]
        let faults: [(String, UInt64)] = [
            ("background collisions", sums.backgroundCollisions),
            ("background off-road", sums.backgroundOffRoad),
        ]
        return policy.map {
            EventRate(name: $0.0, count: $0.1, exposure: .egoKilometers, kilometers: sums.egoKilometers)
        }
            + faults.map {
                EventRate(
                    name: $0.0, count: $0.1, exposure: .agentKilometers, kilometers: sums.agentKilometers,
                    isWorldModelFault: true)
            }
    }
}
