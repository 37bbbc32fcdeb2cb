import Farm
import Scenarios

/// What a seed makes of a campaign, its workers and its bad luck.
struct SimulationPlan {
    let shards: Int
    let shardSize: Int
    let scenarios: UInt64
    let workers: Int
    let auditShare: Double
    /// This worker computes wrongly.
    let corrupt: Int?
    /// No worker gets through this scenario.
    let poison: UInt64?
    let poisonHangs: Bool
    let faultSeconds: Double
    /// Mean time between two faults.
    let faultInterval: Double
    let dropShare: Double
    let duplicateShare: Double
    let lateShare: Double

    init(random: inout SimulationRandom) {
        let isCrowd = random.chance(0.02)
        shards = isCrowd ? 30 : 2 + random.below(7)
        shardSize = 1 + random.below(4)
        scenarios = UInt64(shards * shardSize - (shardSize > 1 ? random.below(2) : 0))
        let kind = random.below(10)
        corrupt = kind < 2 ? 0 : nil
        poison = kind == 2 || kind == 3 ? random.next() % scenarios : nil
        poisonHangs = kind == 3
        workers = isCrowd ? 20 + random.below(20) : (corrupt == nil ? 2 : 4) + random.below(3)
        auditShare = corrupt == nil ? [0, 0.3, 1][random.below(3)] : 1
        let isCalm = random.chance(0.1)
        faultSeconds = isCalm ? 0 : random.seconds(4...16)
        faultInterval = random.seconds(0.3...2)
        dropShare = random.chance(0.5) ? 0 : random.seconds(0...0.1)
        duplicateShare = random.seconds(0...0.1)
        lateShare = random.chance(0.5) ? 0.02 : 0
    }

    /// SHA-256 of the byte 1.
    let weightsHash = "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"

    func settings(defect: Defect?) -> FarmSettings {
        let campaign = Campaign(name: "simulation", goal: .scenarios(scenarios), shardSize: shardSize)
        var settings = FarmSettings(
            campaign: campaign, campaignJSON: [], identity: "identity", weights: [1],
            weightsHash: weightsHash)
        settings.auditShare = defect == .auditsAreLeftOut ? 0 : auditShare
        settings.heartbeatSeconds = 1
        settings.lostAfterSeconds = 3
        settings.idleSeconds = 1
        settings.leases.leaseSeconds = 6
        settings.leases.stallSeconds = 12
        settings.leases.speculateAfterSeconds = 3
        // Nobody confirms himself where somebody computes wrongly.
        settings.soloSeconds = corrupt == nil ? 6 : .infinity
        settings.disputeSeconds = .infinity
        return settings
    }
}
