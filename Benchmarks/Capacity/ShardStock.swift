import Metrics
import RecordStore

/// Blocks of all shards of a campaign, made before the clock starts.
///
/// The records are drawn at random with about the shares that the default campaign has; a few sets of them
/// serve for all shards in turn, each time with the shard's own scenarios.
struct ShardStock: Sendable {
    private static let templates = 8

    /// Of each shard, its blocks.
    let blocks: [[[UInt8]]]
    let shardSize: Int
    /// Of each set of records.
    private let totals: [CampaignTotals]

    init(shards: Int, shardSize: Int, recordsPerBlock: Int) throws {
        self.shardSize = shardSize
        let templates = (0..<Self.templates).map { Self.records(shardSize, seed: UInt64($0)) }
        totals = templates.map { CampaignTotals($0) }
        blocks = try (0..<shards).map { shard in
            var records = templates[shard % Self.templates]
            for index in records.indices { records[index].scenario += UInt64(shard * shardSize) }
            return try stride(from: 0, to: shardSize, by: recordsPerBlock).map { first in
                try BlockCodec.encode(Array(records[first..<min(first + recordsPerBlock, shardSize)]))
            }
        }
    }

    func totals(of shard: Int) -> CampaignTotals { totals[shard % Self.templates] }

    func bytes(of shard: Int) -> Int { blocks[shard].reduce(0) { $0 + $1.count } }

    /// In the order in which a worker's engine ends them: those that end early first.
    private static func records(_ count: Int, seed: UInt64) -> [RolloutRecord] {
        var random = SplitMix(state: seed)
        let records = (0..<count).map { record(UInt64($0), &random) }
        return records.filter { $0.outcome != .completed } + records.filter { $0.outcome == .completed }
    }

    private static func record(_ scenario: UInt64, _ random: inout SplitMix) -> RolloutRecord {
        var record = RolloutRecord()
        record.scenario = scenario
        let density = random.unit()
        record.family = density < 0.4 ? .freeFlow : density < 0.7 ? .busy : density < 0.9 ? .dense : .jam
        record.simulatedSeconds = 60
        if random.unit() < 0.01 {
            record.outcome = random.unit() < 0.9 ? .collision : .offRoad
            record.simulatedSeconds = (random.unit() * 599).rounded() / 10
        }
        if record.outcome == .collision {
            record.collisionKind = random.unit() < 0.3 ? .egoRanIntoOther : .otherRanIntoEgo
            record.collisionSpeed = random.unit() * 12
        }
        let speed = 34 * (1 - density) + 2 * random.unit()
        record.egoMeters = record.simulatedSeconds * speed
        record.agentSteps = UInt32(record.simulatedSeconds * 10) * UInt32(12 + 40 * density)
        record.agentMeters = Float(record.agentSteps) / 10 * speed
        let closeness = random.unit()
        record.minimumTimeToCollision =
            closeness < 0.05 ? 0.3 + 1.2 * random.unit() : closeness < 0.6 ? 1.5 + 30 * random.unit() : 100
        record.minimumGap = 2 + 60 * random.unit()
        record.hardBrakes = random.unit() < 0.1 ? 1 : 0
        record.maximumJerk = 2 + 8 * random.unit()
        record.offRoadSteps = record.outcome == .offRoad ? 1 : 0
        record.laneChanges = UInt16(random.unit() * 3)
        record.backgroundCollisions = random.unit() < 0.02 ? 1 : 0
        record.guardedDecisions = UInt32(random.unit() * 200)
        record.digest = random.next()
        return record
    }
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// 0..<1.
    mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }
}
