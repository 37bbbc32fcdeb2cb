import Metrics

/// What a report adds up, record by record, in memory that doesn't grow with their number.
struct ReportTally {
    /// Counts and kilometres of a part of the rollouts.
    struct Slice {
        var rollouts: UInt64 = 0
        var egoMeters = 0.0
        var agentMeters = 0.0
        var counts = [UInt64](repeating: 0, count: EventDefinition.all.count)
        /// Sum of the squares of the counts per rollout.
        var squares = [Double](repeating: 0, count: EventDefinition.all.count)

        mutating func add(_ record: RolloutRecord, _ events: [UInt64]) {
            rollouts += 1
            egoMeters += Double(record.egoMeters)
            agentMeters += Double(record.agentMeters)
            for (index, count) in events.enumerated() where count > 0 {
                counts[index] += count
                squares[index] += Double(count) * Double(count)
            }
        }

        /// Every event, in the order of `EventDefinition.all`.
        var events: [ReportedEvent] {
            EventDefinition.all.enumerated().map { index, definition in
                let kilometers = (definition.exposure == .egoKilometers ? egoMeters : agentMeters) / 1000
                let rate = EventRate(
                    name: definition.name, count: counts[index], exposure: definition.exposure,
                    kilometers: kilometers)
                return ReportedEvent(
                    key: definition.key, name: definition.name, level: definition.level, count: counts[index],
                    exposure: definition.exposure, kilometers: kilometers, rate: rate.rate,
                    isWorldModelFault: definition.isWorldModelFault,
                    clustering: definition.repeats ? clustering(index) : nil)
            }
        }

        private func clustering(_ index: Int) -> Double? {
            guard counts[index] > 0, rollouts > 1 else { return nil }
            let count = Double(rollouts), mean = Double(counts[index]) / count
            return max(0, squares[index] - count * mean * mean) / (count - 1) / mean
        }
    }

    /// Upper ends of density bands, vehicles per km and lane: the Highway Capacity Manual's levels of service
    /// A to E of basic freeway segments (11, 18, 26, 35, 45 cars per mile and lane); F is beyond.
    static let densityBands: [(name: String, below: Double)] = [
        ("A: up to 7", 7), ("B: up to 11", 11), ("C: up to 16", 16), ("D: up to 22", 22), ("E: up to 28", 28),
        ("F: over 28", .infinity),
    ]

    var all = Slice()
    var families = [Slice](repeating: Slice(), count: TrafficFamily.allCases.count)
    var densities = [Slice](repeating: Slice(), count: densityBands.count)
    var simulatedSeconds = 0.0
    var agentSteps: UInt64 = 0
    var distributions = Distribution.definitions.map { _ in ValueHistogram() }

    mutating func add(_ record: RolloutRecord) {
        let events = EventDefinition.all.map { $0.count(record) }
        all.add(record, events)
        families[Int(record.family.rawValue)].add(record, events)
        let band = Self.densityBands.firstIndex { Double(record.density) <= $0.below } ?? 0
        densities[band].add(record, events)
        simulatedSeconds += Double(record.simulatedSeconds)
        agentSteps += UInt64(record.agentSteps)
        for (index, definition) in Distribution.definitions.enumerated() {
            if let value = definition.value(record) { distributions[index].add(value) }
        }
    }
}
