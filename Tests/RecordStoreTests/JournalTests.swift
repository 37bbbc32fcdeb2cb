import Foundation
import Metrics
import RecordStore
import Testing

@Suite struct JournalTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test func whatWasCommittedComesBack() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        let shards = try [2, 0, 5].map { try ShardCommit.sample($0) }
        let outcomes = try journal.commit(shards)
        #expect(outcomes.map(\.isCommitted) == [true, true, true])
        #expect(outcomes[1] == .committed(CampaignTotals(ShardCommit.sampleRecords(0))))
        #expect(try journal.committedShards().map(\.shard) == [0, 2, 5])
        for shard in shards {
            #expect(try journal.records(shard: shard.shard) == ShardCommit.sampleRecords(shard.shard))
            #expect(try journal.stepDigests(shard: shard.shard) == shard.stepDigests)
        }
        #expect(try journal.records(shard: 1).isEmpty)
        #expect(try journal.stepDigests(shard: 1) == nil)
        let stored = try #require(try journal.committedShards().last)
        #expect(stored.worker == "w1" && stored.generation == 1 && stored.scenarioCount == 16)
        #expect(stored.egoMillimeters == CampaignTotals(ShardCommit.sampleRecords(5)).all.egoMillimeters)
        #expect(stored.wallSeconds == 0.25)
    }

    @Test func totalsAreTheSumOfTheRecordsInWhateverOrderTheyCame() throws {
        let expected = CampaignTotals((0..<12).flatMap { ShardCommit.sampleRecords($0) })
        for seed in UInt64(1)...4 {
            let folder = try TemporaryFolder()
            var generator = SeededGenerator(seed: seed)
            var shards = try (0..<12).map { try ShardCommit.sample($0) }.shuffled(using: &generator)
            let journal = try Journal.create(folder: folder.url, campaign: .sample())
            while !shards.isEmpty {
                let count = Int.random(in: 1...min(5, shards.count), using: &generator)
                _ = try journal.commit(Array(shards.prefix(count)))
                shards.removeFirst(count)
            }
            #expect(try journal.totals() == expected, "seed \(seed)")
            #expect(try Journal.read(folder: folder.url).totals() == expected, "seed \(seed)")
        }
    }

    @Test func aShardCommittedAgainIsComparedAndNotCounted() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        let shard = try ShardCommit.sample(3)
        var late = shard
        late.worker = "w2"
        late.generation = 2
        late.blocks = [try BlockCodec.encode(ShardCommit.sampleRecords(3))]
        #expect(try journal.commit([shard, shard])[1] == .duplicate)
        #expect(try journal.commit([late]) == [.duplicate])
        #expect(try journal.totals().all.rollouts == 16)
        #expect(try journal.committedShards().map(\.worker) == ["w1"])
        #expect(try journal.events(10).isEmpty)
    }

    @Test func anotherResultOfAShardIsAMismatchAndLogged() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        let shard = try ShardCommit.sample(3)
        _ = try journal.commit([shard])
        let before = try journal.totals()

        var otherSteps = shard
        otherSteps.worker = "w2"
        otherSteps.stepDigests.sums[41] ^= 1
        guard case .mismatch(let stored, let offered) = try journal.commit([otherSteps])[0] else {
            Issue.record("no mismatch")
            return
        }
        #expect(stored == (try journal.fingerprint(shard: 3)))
        #expect(offered.stepDigests == otherSteps.stepDigests)
        #expect(stored.difference(from: offered) == "step 41")
        let message = try #require(try journal.events(1).first?.message)
        #expect(message.contains("w1") && message.contains("w2") && message.contains("step 41"))

        var records = ShardCommit.sampleRecords(3)
        records[5].laneChanges += 1
        var otherMetrics = shard
        otherMetrics.blocks = [try BlockCodec.encode(records)]
        guard case .mismatch(let stored, let offered) = try journal.commit([otherMetrics])[0] else {
            Issue.record("no mismatch")
            return
        }
        #expect(stored.difference(from: offered) == "the records' metrics")
        #expect(try journal.totals() == before)
        #expect(try journal.records(shard: 3) == ShardCommit.sampleRecords(3))
    }

    @Test func aShardThatIsNotItsOwnIsRefusedAndTheOthersAreKept() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        func changed(_ change: (inout ShardCommit) throws -> Void) throws -> ShardCommit {
            var shard = try ShardCommit.sample(4)
            try change(&shard)
            return shard
        }
        var twice = ShardCommit.sampleRecords(4)
        twice[7].scenario = twice[6].scenario
        let bad = try [
            changed { $0.firstScenario += 1 },
            changed { $0.shard = 5 },
            changed { $0.shard = -1 },
            changed { $0.shard = .max },
            changed { $0.scenarioCount = 17 },
            changed { $0.scenarioCount = 15 },
            changed { $0.scenarioCount = 0 },
            changed { $0.blocks.removeLast() },
            changed { $0.blocks.append($0.blocks[0]) },
            changed { $0.blocks[1][40] ^= 0x10 },
            changed { $0.blocks = [] },
            changed { $0.blocks = [try BlockCodec.encode(twice)] },
            changed { $0.stepDigests.sums = Array(repeating: 0, count: Journal.maximumSteps + 1) },
            changed { $0.worker = String(repeating: "w", count: 300) },
            changed { $0.wallSeconds = .nan },
            changed { $0.generation = -1 },
        ]
        let outcomes = try journal.commit(bad + [try ShardCommit.sample(6)])
        for (index, outcome) in outcomes.dropLast().enumerated() {
            guard case .refused = outcome else {
                Issue.record("shard \(index) was not refused: \(outcome)")
                continue
            }
        }
        #expect(outcomes.last?.isCommitted == true)
        #expect(try journal.committedShards().map(\.shard) == [6])
        #expect(try journal.totals().all.rollouts == 16)
        #expect(try journal.events(100).count == bad.count)
    }

    @Test func theLastShardMayBeShorter() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        var shard = try ShardCommit.sample(9)
        shard.scenarioCount = 3
        shard.blocks = [try BlockCodec.encode(Array(ShardCommit.sampleRecords(9).prefix(3)))]
        #expect(try journal.commit([shard])[0].isCommitted)
    }

    @Test func theWorstRolloutsComeWithoutDecodingABlock() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        let shards = try (0..<30).map { try ShardCommit.sample($0) }
        _ = try journal.commit(shards)
        let all = (0..<30).flatMap { shard in
            ShardCommit.sampleRecords(shard).map { Incident($0, shard: shard) }
        }
        let expected = all.sorted { ($1.severity, $0.scenario) < ($0.severity, $1.scenario) }.prefix(20)
        #expect(try journal.worst(20) == Array(expected))
        #expect(try journal.worst(0).isEmpty)
    }

    @Test func everyStoredBlockIsHandedOverInOrder() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        let shards = try (0..<50).map { try ShardCommit.sample($0) }
        _ = try journal.commit(shards.reversed())
        var seen: [[UInt8]] = []
        var places: [[Int]] = []
        try journal.forEachBlock { shard, sequence, bytes in
            places.append([shard, sequence])
            seen.append(bytes)
        }
        #expect(places == (0..<50).flatMap { [[$0, 0], [$0, 1]] })
        #expect(seen == shards.flatMap(\.blocks))
        #expect(try journal.blockBytes() == seen.reduce(0) { $0 + $1.count })
    }

    @Test(.enabled(if: Tool.exists("sqlite3"), "the sqlite3 tool is not installed"))
    func theSQLiteToolReadsTotalsInNamedUnits() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        _ = try journal.commit([try ShardCommit.sample(0), try ShardCommit.sample(1)])
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let query = "SELECT SUM(rollouts), SUM(collisions), SUM(ego_kilometers) FROM campaign_totals"
        let fields = String(decoding: try Tool.output("sqlite3", ["-readonly", path, query]), as: UTF8.self)
            .split { $0 == "|" || $0 == "\n" }
        let all = try journal.totals().all
        #expect(fields[0] == "32" && fields[1] == "\(all.collisions)")
        #expect(abs(try #require(Double(fields[2])) - all.egoKilometers) < 1e-9)
    }

    @Test func theEventLogKeepsTheNewest() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        for number in 1...5 { try journal.log("message \(number)") }
        #expect(try journal.events(2).map(\.message) == ["message 5", "message 4"])
    }
}
