import Metrics

/// Faults per million agent-km, with exact Poisson intervals.
public struct FaultRates: Sendable, Codable {
    public struct Row: Sendable, Codable {
        /// `all`, a traffic family, or a band of speed.
        public var group: String
        public var agentKilometers: Double
        public var collisions: EventRate
        public var egoCollisions: EventRate
        public var offRoad: EventRate
    }

    public var rows: [Row]

    init(_ findings: [RolloutFindings]) {
        let faults = findings.flatMap(\.faults)
        func kilometers(_ findings: [RolloutFindings]) -> Double {
            findings.reduce(0) { $0 + $1.meters.reduce(0, +) } / 1000
        }
        rows = [Row("all", kilometers(findings), faults)]
        for family in TrafficFamily.allCases {
            let part = findings.filter { $0.family == family }
            if part.isEmpty { continue }
            rows.append(Row(family.name, kilometers(part), faults.filter { $0.family == family }))
        }
        for band in SpeedBand.allCases {
            let driven = findings.reduce(0) { $0 + $1.meters[band.rawValue] } / 1000
            rows.append(Row(band.name, driven, faults.filter { SpeedBand(speed: $0.speed) == band }))
        }
    }
}

extension FaultRates.Row {
    fileprivate init(_ group: String, _ kilometers: Double, _ faults: [TrafficFault]) {
        func rate(_ kind: TrafficFault.Kind) -> EventRate {
            EventRate(
                name: kind.rawValue, count: UInt64(faults.lazy.filter { $0.kind == kind }.count),
                exposure: .agentKilometers, kilometers: kilometers, isWorldModelFault: true)
        }
        self.init(
            group: group, agentKilometers: kilometers, collisions: rate(.collision),
            egoCollisions: rate(.egoCollision), offRoad: rate(.offRoad))
    }
}
