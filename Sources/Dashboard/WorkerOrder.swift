import Farm
import Foundation

/// How the worker table is sorted. Ties, and everything else equal, go by name and then host.
public struct WorkerOrder: Sendable, Equatable {
    public enum Field: String, Sendable, CaseIterable {
        case name, host, state, rate, leases, shards
        case lastSeen = "last seen"
        case mismatches
    }

    public var field = Field.name
    public var isDescending = false

    public init() {}

    /// The next field, in the direction that is most useful first: names upwards, numbers downwards.
    mutating func advance() {
        let all = Field.allCases
        let index = all.firstIndex(of: field) ?? 0
        field = all[(index + 1) % all.count]
        isDescending = ![.name, .host].contains(field)
    }

    func sorted(_ workers: [FarmSnapshot.Worker]) -> [FarmSnapshot.Worker] {
        workers.sorted { first, second in
            switch compare(first, second) {
            case .orderedAscending: !isDescending
            case .orderedDescending: isDescending
            case .orderedSame: (first.name, first.host) < (second.name, second.host)
            }
        }
    }

    private func compare(_ a: FarmSnapshot.Worker, _ b: FarmSnapshot.Worker) -> ComparisonResult {
        switch field {
        case .name: a.name.compare(b.name, options: .numeric)
        case .host: a.host.compare(b.host, options: .numeric)
        case .state: Self.order(Self.severity(a.state), Self.severity(b.state))
        case .rate: Self.order(a.egoKilometersPerDay, b.egoKilometersPerDay)
        case .leases: Self.order(Double(a.leases), Double(b.leases))
        case .shards: Self.order(Double(a.shardsCommitted), Double(b.shardsCommitted))
        case .lastSeen: Self.order(a.lastSeenSeconds, b.lastSeenSeconds)
        case .mismatches: Self.order(Double(a.mismatches), Double(b.mismatches))
        }
    }

    /// NaN sorts below every number, so that the order stays a strict weak one.
    private static func order(_ a: Double, _ b: Double) -> ComparisonResult {
        let (a, b) = (a.isNaN ? -Double.infinity : a, b.isNaN ? -Double.infinity : b)
        return a < b ? .orderedAscending : a > b ? .orderedDescending : .orderedSame
    }

    private static func severity(_ state: FarmSnapshot.Worker.State) -> Double {
        switch state {
        case .active: 0
        case .left: 1
        case .draining: 2
        case .lost: 3
        case .quarantined: 4
        }
    }
}
