import Foundation
import Metrics
import RecordStore
import Testing

@Suite struct BlockCodecTests {
    /// Bits of every column, so that -0.0 differs from 0.
    static func bits(_ records: [RolloutRecord]) -> [[UInt64]] {
        records.map { record in
            [
                record.scenario, UInt64(record.family.rawValue), UInt64(record.outcome.rawValue),
                UInt64(record.egoMeters.bitPattern), UInt64(record.agentMeters.bitPattern),
                UInt64(record.simulatedSeconds.bitPattern), UInt64(record.agentSteps),
                UInt64(record.collisionKind.rawValue), UInt64(record.collisionPartner.rawValue),
                UInt64(record.collisionSpeed.bitPattern), UInt64(record.minimumTimeToCollision.bitPattern),
                UInt64(record.minimumGap.bitPattern), UInt64(record.hardBrakes),
                UInt64(record.maximumJerk.bitPattern), UInt64(record.offRoadSteps),
                UInt64(record.laneChanges),
                UInt64(record.backgroundCollisions), UInt64(record.backgroundOffRoad),
                UInt64(record.guardedDecisions), record.digest,
            ]
        }
    }

    @Test(arguments: [1, 2, 7, 8, 9, 64, 1000, 4096])
    func recordsComeBackBitForBit(count: Int) throws {
        for seed in UInt64(1)...3 {
            for records in [plausibleRecords(count, seed: seed), anyRecords(count, seed: seed)] {
                let block = try BlockCodec.encode(records)
                #expect(block.count <= BlockCodec.maximumBytes)
                #expect(Self.bits(try BlockCodec.decode(block)) == Self.bits(records), "seed \(seed)")
            }
        }
    }

    @Test(arguments: ColumnFilter.allCases)
    func everyFilterKeepsEveryColumn(filter: ColumnFilter) throws {
        for records in [anyRecords(333, seed: 5), [RolloutRecord](repeating: RolloutRecord(), count: 100)] {
            let block = try BlockCodec.encode(records) { _, _, _ in filter }
            #expect(Self.bits(try BlockCodec.decode(block)) == Self.bits(records))
        }
    }

    @Test func everyFieldOfARecordHasItsColumn() {
        let fields = Mirror(reflecting: RolloutRecord()).children.count
        #expect(BlockColumn.all.count == fields)
        #expect(Set(BlockColumn.all.map(\.name)).count == fields)
    }

    @Test func anEncodedBlockIsTheSameEveryTime() throws {
        let records = plausibleRecords(500, seed: 2)
        #expect(try BlockCodec.encode(records) == BlockCodec.encode(records))
    }

    @Test func noRecordsAndTooManyAreRefused() {
        #expect(throws: BlockError.recordCount(0)) { try BlockCodec.encode([]) }
        let tooMany = [RolloutRecord](repeating: RolloutRecord(), count: 4097)
        #expect(throws: BlockError.recordCount(4097)) { try BlockCodec.encode(tooMany) }
    }

    @Test func numbersThatNoRolloutHasAreRefusedOnTheWayInAndOut() throws {
        var records = plausibleRecords(5, seed: 1)
        records[3].maximumJerk = .infinity
        #expect(throws: BlockError.value(column: "maximum_jerk_mps3", record: 3, found: "inf")) {
            try BlockCodec.encode(records)
        }
        records[3].maximumJerk = 1
        records[2].egoMeters = -1
        #expect(throws: BlockError.value(column: "ego_meters", record: 2, found: "-1.0")) {
            try BlockCodec.encode(records)
        }
        // Raw columns: the first record's outcome is one byte that can be found and changed.
        let ordinary = plausibleRecords(5, seed: 1)
        let raw = try BlockCodec.encode(ordinary) { _, _, _ in .raw }
        let start = BlockContent.columnsStart + 5 * 9
        #expect(throws: BlockError.value(column: "outcome", record: 0, found: "code 9")) {
            try BlockCodec.decode(BlockContent.changing(raw) { $0[start] = 9 })
        }
        let nan = withUnsafeBytes(of: Float.nan.bitPattern.littleEndian) { Array($0) }
        let error = #expect(throws: BlockError.self) {
            try BlockCodec.decode(
                BlockContent.changing(raw) { $0.replaceSubrange(start + 5..<start + 9, with: nan) })
        }
        #expect(error == .value(column: "ego_meters", record: 0, found: "nan"))
    }

    @Test(.enabled(if: Tool.exists("lz4"), "the lz4 tool is not installed"))
    func theLZ4ToolOpensAStoredBlock() throws {
        let folder = try TemporaryFolder()
        let block = try BlockCodec.encode(plausibleRecords(200, seed: 4))
        let file = folder.url.appendingPathComponent("block.lz4")
        try Data(block).write(to: file)
        let content = try Tool.output("lz4", ["-d", "-c", file.path])
        #expect(content == Data(try LZ4Frame.decompress(block, limit: BlockCodec.maximumContentBytes)))
        #expect(content.prefix(4) == Data("LHBK".utf8))
    }

    @Test func aPlausibleRecordTakesHalfItsBytes() throws {
        for count in [64, 512, 4096] {
            let block = try BlockCodec.encode(plausibleRecords(count, seed: 11))
            let perRecord = Double(block.count) / Double(count)
            print(
                "\(count) records: \(BlockColumn.recordWidth) bytes raw, \(perRecord) bytes in a block, each")
            #expect(perRecord < 0.75 * Double(BlockColumn.recordWidth))
        }
    }
}
