import Findings
import Foundation
import Metrics
import RecordStore
import Rollout
import Scenarios
import WorldModel

/// Result folders of real campaigns, rolled out here; gone at the end of the tests.
enum RealResults {
    static let root = FileManager.default.temporaryDirectory.appendingPathComponent("findings-\(UUID().uuidString)")

    static let idm = Campaign(
        name: "idm", seed: 31, goal: .scenarios(480), horizonSeconds: 20, burnInSeconds: 2, shardSize: 32)

    static var careless: Campaign {
        var campaign = idm
        campaign.name = "careless"
        campaign.policyParameters = ["time-headway": 0.2, "minimum-gap": 0.2, "comfortable-braking": 8]
        return campaign
    }

    static var constantVelocity: Campaign {
        var campaign = idm
        campaign.policy = .constantVelocity
        return campaign
    }

    static let a = Result { try folder(of: idm) }
    static let b = Result { try folder(of: constantVelocity) }

    /// Rolls a campaign out and commits its shards.
    ///
    /// - Parameter shards: only these; others stay open, as while a campaign runs.
    static func folder(of campaign: Campaign, shards: Range<Int>? = nil) throws -> ResultFolder {
        let url = root.appendingPathComponent(UUID().uuidString)
        let weights = try WorldModel.shippedBytes()
        let hash = ContentHash.sha256(weights)
        let json = String(decoding: try JSONEncoder().encode(campaign), as: UTF8.self)
        let journal = try Journal.create(
            folder: url,
            campaign: JournalCampaign(
                identity: campaign.identity(worldModelHash: hash), name: campaign.name, seed: campaign.seed,
                yaml: CampaignFile.yaml(of: campaign), canonicalJSON: json, worldModelHash: hash,
                policy: campaign.policy.rawValue, shardSize: campaign.shardSize, kernel: "any", build: "test"))
        let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped())
        guard case .scenarios(let count) = campaign.goal else { throw CocoaError(.featureUnsupported) }
        let size = UInt64(campaign.shardSize)
        for shard in shards ?? 0..<Int((count + size - 1) / size) {
            let scenarios = UInt64(shard) * size..<min(count, UInt64(shard + 1) * size)
            var records: [RolloutRecord] = []
            let digests = engine.run(scenarios: Array(scenarios)) { records.append($0) }
            let commit = ShardCommit(
                shard: shard, generation: 1, worker: "w", firstScenario: scenarios.lowerBound,
                scenarioCount: scenarios.count, blocks: [try BlockCodec.encode(records)],
                stepDigests: digests ?? StepDigests(sums: []), wallSeconds: 1)
            _ = try journal.commit([commit])
        }
        return try ResultFolder(journal, path: url.path)
    }

    /// Every record that counts.
    static func records(_ folder: ResultFolder) throws -> [RolloutRecord] {
        var records: [RolloutRecord] = []
        try folder.forEachRecord { record, _ in records.append(record) }
        return records
    }

    @Sendable static func command(_ folder: ResultFolder, shard: Int, scenario: UInt64) -> String {
        "longhaul replay \(folder.path) --shard \(shard) --scenario \(scenario)"
    }
}
