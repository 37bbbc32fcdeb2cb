import Foundation
import Metrics
import RecordStore

extension JournalCampaign {
    /// A small campaign; another identity is another campaign.
    static func sample(identity: String = "3f2a", shardSize: Int = 16) -> JournalCampaign {
        JournalCampaign(
            identity: identity, name: "sample", seed: .max, yaml: "seed: 1\n", canonicalJSON: #"{"seed":1}"#,
            worldModelHash: "aa", policy: "idm-mobil", shardSize: shardSize, kernel: "x86-64-v3",
            build: "test")
    }
}

extension ShardCommit {
    /// Shard `shard` as a worker makes it; the same for the same seed.
    static func sample(_ shard: Int, size: Int = 16, seed: UInt64 = 1, worker: String = "w1") throws
        -> ShardCommit
    {
        let records = sampleRecords(shard, size: size, seed: seed)
        var generator = SeededGenerator(seed: seed ^ UInt64(shard))
        let cut = max(1, size / 3)
        return ShardCommit(
            shard: shard, generation: 1, worker: worker, firstScenario: UInt64(shard * size),
            scenarioCount: size,
            blocks: [
                try BlockCodec.encode(Array(records[cut...])), try BlockCodec.encode(Array(records[..<cut])),
            ],
            stepDigests: StepDigests(
                sums: (0..<600).map { _ in UInt32(truncatingIfNeeded: generator.next()) }),
            wallSeconds: 0.25)
    }

    static func sampleRecords(_ shard: Int, size: Int = 16, seed: UInt64 = 1) -> [RolloutRecord] {
        plausibleRecords(size, seed: seed &+ UInt64(shard) &* 1000, first: UInt64(shard * size))
    }
}

extension CommitOutcome {
    var isCommitted: Bool { if case .committed = self { true } else { false } }
}
