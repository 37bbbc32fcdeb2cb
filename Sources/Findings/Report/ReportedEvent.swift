import Metrics

/// One line of a report: how often something happened, with its exact 95 % Poisson interval.
public struct ReportedEvent: Sendable, Equatable, Codable {
    /// Its name for programs, such as `ego-ran-into-other/5-10`.
    public var key: String
    public var name: String
    /// 0 for a line of its own, 1 and 2 for a part of the line above.
    public var level: Int
    public var count: UInt64
    public var exposure: EventRate.Exposure
    public var kilometers: Double
    /// Nil where nothing has been driven yet.
    public var rate: EventRate.Rate?
    /// True for a fault of the world model rather than of the policy under test.
    public var isWorldModelFault: Bool
    /// Variance over mean of the number of events per rollout, where a rollout can bring several. Above 1 they
    /// come in clusters, and the interval, which takes them for independent, is too narrow by about its root.
    public var clustering: Double?
}

/// How something is counted in a record.
package struct EventDefinition: Sendable {
    package var key: String
    var name: String
    var level = 0
    var isWorldModelFault = false
    /// Whether one rollout can bring several.
    var repeats = false
    package var count: @Sendable (RolloutRecord) -> UInt64

    var exposure: EventRate.Exposure { isWorldModelFault ? .agentKilometers : .egoKilometers }
}

extension EventDefinition {
    /// Edges of the severity of a collision, by the speed difference in m/s. 5 m/s (18 km/h) and 10 m/s are
    /// roughly where injuries and serious injuries of belted car occupants begin to be likely (Kusano &
    /// Gabler 2012; Jurewicz et al. 2016).
    static let severities: [(name: String, key: String, range: Range<Float>)] = [
        ("below 2 m/s", "0-2", -.infinity..<2), ("2 to 5 m/s", "2-5", 2..<5),
        ("5 to 10 m/s", "5-10", 5..<10), ("10 m/s and more", "10-up", 10..<Float.infinity),
    ]
    /// Times to collision that are reported, s. 1.5 s: van der Horst & Hogema 1993.
    static let nearMissSeconds: [Float] = [CampaignTotals.nearMissSeconds, 1, 0.5]

    /// Every line of a report, in order.
    package static let all: [EventDefinition] = policy + faults

    static let policy: [EventDefinition] =
        [counted(.failures, "failures"), counted(.collisions, "ego collisions")]
        + collisionKinds.flatMap { kind, name in
            [of(kind, name)] + severities.map { of(kind, name: $0.name, key: $0.key, range: $0.range) }
        }
        + [counted(.offRoad, "off-road"), counted(.policyFaults, "policy faults")]
        + nearMissSeconds.enumerated().map { index, seconds in nearMiss(seconds, level: index == 0 ? 0 : 1) }
        + [
            counted(.hardBrakes, "hard brakes (> 3 m/s²)", repeats: true),
            counted(.discomforts, "discomfort", repeats: true), counted(.stuck, "stuck"),
            EventDefinition(key: "lane-changes", name: "lane changes", repeats: true) { UInt64($0.laneChanges) },
        ]

    static let faults = [
        EventDefinition(
            key: "background-collisions", name: "background collisions", isWorldModelFault: true, repeats: true
        ) { UInt64($0.backgroundCollisions) },
        EventDefinition(
            key: "background-off-road", name: "background off-road", isWorldModelFault: true, repeats: true
        ) { UInt64($0.backgroundOffRoad) },
    ]

    private static let collisionKinds: [(CollisionKind, String)] = [
        (.egoRanIntoOther, "ego ran into other"), (.otherRanIntoEgo, "other ran into ego"),
        (.sideswipe, "sideswipe"),
    ]

    private static func counted(
        _ event: CountedEvent, _ name: String, repeats: Bool = false
    ) -> EventDefinition {
        EventDefinition(key: event.rawValue, name: name, repeats: repeats) { event.count(in: $0) }
    }

    private static func of(_ kind: CollisionKind, _ name: String) -> EventDefinition {
        EventDefinition(key: kind.name, name: name, level: 1) {
            $0.outcome == .collision && $0.collisionKind == kind ? 1 : 0
        }
    }

    private static func of(
        _ kind: CollisionKind, name: String, key: String, range: Range<Float>
    ) -> EventDefinition {
        EventDefinition(key: "\(kind.name)/\(key)", name: name, level: 2) {
            $0.outcome == .collision && $0.collisionKind == kind && range.contains($0.collisionSpeed) ? 1 : 0
        }
    }

    private static func nearMiss(_ seconds: Float, level: Int) -> EventDefinition {
        let name = level == 0 ? "near misses (TTC < \(seconds) s)" : "TTC < \(seconds) s"
        let key = CountedEvent.nearMisses.rawValue
        return EventDefinition(key: level == 0 ? key : "\(key)/\(seconds)", name: name, level: level) {
            $0.isNearMiss && $0.minimumTimeToCollision < seconds ? 1 : 0
        }
    }
}
