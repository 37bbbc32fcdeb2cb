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

/// Records such as a campaign makes: most rollouts complete, some end early.
func sampleRecords(_ count: Int, seed: UInt64) -> [RolloutRecord] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { index in
        var record = RolloutRecord()
        record.scenario = UInt64(index)
        record.family = TrafficFamily.allCases.randomElement(using: &generator)!
        record.outcome = [.completed, .completed, .completed, .collision, .offRoad].randomElement(
            using: &generator)!
        if record.outcome == .collision {
            record.collisionKind = [.egoRanIntoOther, .otherRanIntoEgo, .sideswipe].randomElement(
                using: &generator)!
            record.collisionSpeed = Float.random(in: 0...20, using: &generator)
        }
        record.egoMeters = Float.random(in: 0...2000, using: &generator)
        record.agentMeters = record.egoMeters * Float.random(in: 20...40, using: &generator)
        record.simulatedSeconds = 60
        record.agentSteps = UInt32.random(in: 10_000...24_000, using: &generator)
        record.minimumTimeToCollision = Float.random(in: 0...20, using: &generator)
        record.hardBrakes = UInt16.random(in: 0...3, using: &generator)
        record.laneChanges = UInt16.random(in: 0...5, using: &generator)
        record.backgroundCollisions = UInt16.random(in: 0...1, using: &generator)
        record.backgroundOffRoad = UInt16.random(in: 0...1, using: &generator)
        record.digest = generator.next()
        return record
    }
}
