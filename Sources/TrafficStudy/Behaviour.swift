/// What drivers do one by one: whether they differ and stay themselves, and how they react.
public struct Behaviour: Sendable, Codable {
    /// Headway to the leader while following, seconds; nil where too few drivers follow long enough.
    public var headway: DriverPersistence?
    /// Speed less the mean of those around, m/s.
    public var relativeSpeed: DriverPersistence?
    public var brakes: [BrakeResponse]
    public var cutIns: [CutInResponse]
}

/// Collects behaviour from scenes, each with numbers of its own.
struct BehaviourLog: Sendable {
    private(set) var headways: [DriverPersistence.Series] = []
    private(set) var speeds: [DriverPersistence.Series] = []
    private(set) var brakes: [BrakeResponse] = []
    private(set) var cutIns: [CutInResponse] = []

    mutating func add(_ drivers: DriverLog) {
        headways += drivers.headways.sorted { $0.key < $1.key }.map(\.value)
        speeds += drivers.speeds.sorted { $0.key < $1.key }.map(\.value)
    }

    mutating func add(_ reactions: ReactionLog) {
        brakes += reactions.brakes.map(\.response)
        cutIns += reactions.cutIns.map(\.response)
    }

    mutating func add(_ other: BehaviourLog) {
        headways += other.headways
        speeds += other.speeds
        brakes += other.brakes
        cutIns += other.cutIns
    }

    mutating func add(headways series: [DriverPersistence.Series]) { headways += series }
    mutating func add(brakes responses: [BrakeResponse]) { brakes += responses }

    var summary: Behaviour {
        Behaviour(
            headway: DriverPersistence(headways), relativeSpeed: DriverPersistence(speeds), brakes: brakes,
            cutIns: cutIns)
    }
}
