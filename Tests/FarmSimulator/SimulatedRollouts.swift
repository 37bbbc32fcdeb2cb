import Farm
import Metrics
import RecordStore

/// Rollouts that cost nothing: a result is a function of the scenario, and of a fault where one is wanted.
/// A block is its scenarios' numbers after a byte that says how wrong it is.
enum SimulatedRollouts {
    static func egoMillimeters(_ scenario: UInt64) -> UInt64 { 1_000 + (scenario &* 7919) % 1_000 }

    static func digest(_ scenario: UInt64, error: UInt8) -> UInt32 {
        UInt32(truncatingIfNeeded: (scenario &+ 1) &* 0x9e37_79b1) ^ UInt32(error) << 7
    }

    static func digests(_ scenarios: some Sequence<UInt64>, error: UInt8) -> StepDigests {
        StepDigests(sums: [scenarios.reduce(0) { $0 &+ digest($1, error: error) }])
    }

    static func block(_ scenarios: Range<UInt64>, error: UInt8) -> [UInt8] {
        [error, UInt8(scenarios.count)] + scenarios.map { UInt8(truncatingIfNeeded: $0) }
    }

    static func totals(_ scenarios: some Sequence<UInt64>) -> CampaignTotals {
        var totals = CampaignTotals()
        var sums = CampaignTotals.Sums()
        for scenario in scenarios {
            sums.rollouts += 1
            sums.egoMillimeters += egoMillimeters(scenario)
        }
        totals.add(sums, to: .busy)
        return totals
    }
}
