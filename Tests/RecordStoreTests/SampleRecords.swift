import Metrics

/// SplitMix64 (Steele, Lea, Flood, 2014): the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

/// Records such as a campaign makes: most rollouts complete, few end early, counts are small.
func plausibleRecords(_ count: Int, seed: UInt64, first: UInt64 = 0) -> [RolloutRecord] {
    var generator = SeededGenerator(seed: seed)
    func float(_ range: ClosedRange<Float>) -> Float { Float.random(in: range, using: &generator) }
    func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }
    return (0..<count).map { index in
        var record = RolloutRecord()
        record.scenario = first + UInt64(index)
        record.family = TrafficFamily.allCases.randomElement(using: &generator)!
        record.simulatedSeconds = 60
        if chance(0.05) {
            record.outcome = chance(0.8) ? .collision : .offRoad
            record.simulatedSeconds = Float(Int(float(1...599))) / 10
        }
        if record.outcome == .collision {
            record.collisionKind = [.egoRanIntoOther, .otherRanIntoEgo, .sideswipe].randomElement(
                using: &generator)!
            record.collisionPartner = AgentKind.allCases.randomElement(using: &generator)!
            record.collisionSpeed = float(0...15)
        }
        record.egoMeters = record.simulatedSeconds * float(3...32)
        record.agentMeters = record.egoMeters * float(20...40)
        record.agentSteps = UInt32(record.simulatedSeconds * 10 * float(24...40))
        record.minimumTimeToCollision = chance(0.3) ? 100 : float(0.3...30)
        record.minimumGap = chance(0.1) ? 1000 : float(1...60)
        record.hardBrakes = chance(0.2) ? UInt16(float(1...4)) : 0
        record.maximumJerk = float(2...12)
        record.offRoadSteps = record.outcome == .offRoad ? UInt16(float(1...5)) : 0
        record.laneChanges = UInt16(float(0...4))
        record.backgroundCollisions = chance(0.1) ? 1 : 0
        record.backgroundOffRoad = chance(0.05) ? 1 : 0
        record.guardedDecisions = UInt32(float(0...400))
        record.digest = generator.next()
        return record
    }
}

/// Records whose every field holds any value that it may hold, extremes included.
func anyRecords(_ count: Int, seed: UInt64) -> [RolloutRecord] {
    var generator = SeededGenerator(seed: seed)
    func integer<T: FixedWidthInteger>() -> T {
        [T.min, T.max, T(truncatingIfNeeded: generator.next()), 1].randomElement(using: &generator)!
    }
    func float() -> Float {
        let bits = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
        let numbers: [Float] = [
            0, -0.0, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, bits.isFinite ? bits : 1,
        ]
        return numbers.randomElement(using: &generator)!
    }
    return (0..<count).map { _ in
        var record = RolloutRecord()
        record.scenario = integer()
        record.family = TrafficFamily.allCases.randomElement(using: &generator)!
        record.outcome = RolloutOutcome.allCases.randomElement(using: &generator)!
        record.egoMeters = Float.random(in: 0...1e8, using: &generator)
        record.agentMeters = Float.random(in: 0...1e8, using: &generator)
        record.simulatedSeconds = Float.random(in: 0...1e8, using: &generator)
        record.agentSteps = integer()
        record.collisionKind = CollisionKind.allCases.randomElement(using: &generator)!
        record.collisionPartner = AgentKind.allCases.randomElement(using: &generator)!
        record.collisionSpeed = float()
        record.minimumTimeToCollision = float()
        record.minimumGap = float()
        record.hardBrakes = integer()
        record.maximumJerk = float()
        record.offRoadSteps = integer()
        record.laneChanges = integer()
        record.backgroundCollisions = integer()
        record.backgroundOffRoad = integer()
        record.guardedDecisions = integer()
        record.digest = integer()
        return record
    }
}
