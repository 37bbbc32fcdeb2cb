/// Sums over rollouts, per traffic family. Whole numbers only, so the sums are the same bits in whatever
/// order records or parts are added.
public struct CampaignTotals: Sendable, Equatable, Codable {
    /// Sums over the rollouts of one family.
    public struct Sums: Sendable, Equatable, Codable {
        public var rollouts: UInt64 = 0
        /// Driven by the policy under test.
        public var egoMillimeters: UInt64 = 0
        /// Driven by all simulated vehicles, the egos included.
        public var agentMillimeters: UInt64 = 0
        public var simulatedMilliseconds: UInt64 = 0
        public var agentSteps: UInt64 = 0
        /// Rollouts that ended in a collision of the ego, of whatever kind.
        public var collisions: UInt64 = 0
        public var egoRanIntoOther: UInt64 = 0
        public var otherRanIntoEgo: UInt64 = 0
        public var sideswipes: UInt64 = 0
        /// Rollouts that ended because the ego left the road.
        public var offRoad: UInt64 = 0
        /// Rollouts that ended because of the policy: it crashed, hung, asked for the impossible, ...
        public var policyFaults: UInt64 = 0
        /// Rollouts without collision in which the time to collision fell below `nearMissSeconds`.
        public var nearMisses: UInt64 = 0
        public var hardBrakes: UInt64 = 0
        /// Times that the ego's motion began to be uncomfortable.
        public var discomforts: UInt64 = 0
        /// Rollouts in which the ego stood although it could have driven.
        public var stuck: UInt64 = 0
        public var laneChanges: UInt64 = 0
        public var backgroundCollisions: UInt64 = 0
        public var backgroundOffRoad: UInt64 = 0
        public var guardedDecisions: UInt64 = 0

        public init() {}

        /// Rollouts that did not reach the horizon.
        public var failures: UInt64 { collisions + offRoad + policyFaults }
        public var egoKilometers: Double { Double(egoMillimeters) / 1e6 }
        public var agentKilometers: Double { Double(agentMillimeters) / 1e6 }

        /// Every sum with its database column, in the columns' order.
        public static let fields: [(name: String, path: WritableKeyPath<Sums, UInt64> & Sendable)] = [
            ("rollouts", \.rollouts), ("ego_millimeters", \.egoMillimeters),
            ("agent_millimeters", \.agentMillimeters), ("simulated_milliseconds", \.simulatedMilliseconds),
            ("agent_steps", \.agentSteps), ("collisions", \.collisions),
            ("ego_ran_into_other", \.egoRanIntoOther), ("other_ran_into_ego", \.otherRanIntoEgo),
            ("sideswipes", \.sideswipes), ("off_road", \.offRoad),
            ("policy_faults", \.policyFaults), ("near_misses", \.nearMisses),
            ("hard_brakes", \.hardBrakes), ("discomforts", \.discomforts), ("stuck", \.stuck),
            ("lane_changes", \.laneChanges),
            ("background_collisions", \.backgroundCollisions), ("background_off_road", \.backgroundOffRoad),
            ("guarded_decisions", \.guardedDecisions),
        ]

        /// Adds each sum where none can pass the limit.
        fileprivate mutating func addBelowLimit(_ other: Sums) {
            withUnsafeMutableBytes(of: &self) { own in
                withUnsafeBytes(of: other) { other in
                    let sums = own.bindMemory(to: UInt64.self), added = other.bindMemory(to: UInt64.self)
                    for index in sums.indices { sums[index] &+= added[index] }
                }
            }
        }

        /// Adds each sum; one that would pass `limit` stays there.
        public mutating func add(_ other: Sums) {
            withUnsafeMutableBytes(of: &self) { own in
                withUnsafeBytes(of: other) { other in
                    let sums = own.bindMemory(to: UInt64.self), added = other.bindMemory(to: UInt64.self)
                    for index in sums.indices {
                        let sum = min(sums[index], CampaignTotals.limit) + min(added[index], CampaignTotals.limit)
                        sums[index] = min(sum, CampaignTotals.limit)
                    }
                }
            }
        }
    }

    /// A time to collision below this is a near miss, seconds.
    public static let nearMissSeconds: Float = 1.5
    /// No sum exceeds this: the largest whole number that SQLite holds.
    public static let limit = UInt64(Int64.max)

    /// One entry a family, in the order of `TrafficFamily.allCases`.
    public private(set) var families = [Sums](repeating: Sums(), count: TrafficFamily.allCases.count)

    public init() {}

    /// - Throws: `DecodingError` where there isn't one entry a family.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        families = try container.decode([Sums].self, forKey: .families)
        guard families.count == TrafficFamily.allCases.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .families, in: container,
                debugDescription: "\(families.count) families instead of \(TrafficFamily.allCases.count)")
        }
    }

    public init(_ records: [RolloutRecord]) {
        var first = 0
        while first < records.count {
            let next = min(first + Self.chunk, records.count)
            addChunk(records[first..<next])
            first = next
        }
    }

    /// So many rollouts' sums stay below `limit`, whatever they are.
    private static let chunk = 4_096

    private mutating func addChunk(_ records: ArraySlice<RolloutRecord>) {
        var sums = [Sums](repeating: Sums(), count: families.count)
        for record in records { sums[Int(record.family.rawValue)].addBelowLimit(Sums(record)) }
        for (index, sums) in sums.enumerated() { families[index].add(sums) }
    }

    public subscript(family: TrafficFamily) -> Sums { families[Int(family.rawValue)] }

    /// Over all families.
    public var all: Sums {
        families.reduce(into: Sums()) { $0.add($1) }
    }

    public mutating func add(_ record: RolloutRecord) {
        add(Sums(record), to: record.family)
    }

    public mutating func add(_ sums: Sums, to family: TrafficFamily) {
        families[Int(family.rawValue)].add(sums)
    }

    public mutating func add(_ other: CampaignTotals) {
        for family in TrafficFamily.allCases { add(other[family], to: family) }
    }
}

extension CampaignTotals.Sums {
    /// One rollout. Distances and times are rounded to thousandths here, once, and are exact from then on.
    public init(_ record: RolloutRecord) {
        rollouts = 1
        egoMillimeters = Self.thousandths(record.egoMeters)
        agentMillimeters = Self.thousandths(record.agentMeters)
        simulatedMilliseconds = Self.thousandths(record.simulatedSeconds)
        agentSteps = UInt64(record.agentSteps)
        if record.outcome == .collision {
            collisions = 1
            switch record.collisionKind {
            case .none: break
            case .egoRanIntoOther: egoRanIntoOther = 1
            case .otherRanIntoEgo: otherRanIntoEgo = 1
            case .sideswipe: sideswipes = 1
            }
        }
        offRoad = record.outcome == .offRoad ? 1 : 0
        policyFaults = record.outcome.isPolicyFault ? 1 : 0
        nearMisses = record.isNearMiss ? 1 : 0
        hardBrakes = UInt64(record.hardBrakes)
        discomforts = UInt64(record.discomforts)
        stuck = record.isStuck ? 1 : 0
        laneChanges = UInt64(record.laneChanges)
        backgroundCollisions = UInt64(record.backgroundCollisions)
        backgroundOffRoad = UInt64(record.backgroundOffRoad)
        guardedDecisions = UInt64(record.guardedDecisions)
    }

    /// 1,000 times a value limited to 0 ... 1e12, rounded to the nearest whole number.
    private static func thousandths(_ value: Float) -> UInt64 {
        guard value > 0 else { return 0 }
        return UInt64((min(Double(value), 1e12) * 1000).rounded())
    }
}
