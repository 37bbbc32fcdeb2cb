import Metrics
import RecordStore
import Testing

/// Blocks whose content was changed and whose checksums were made right again: what a hostile sender can
/// make.
enum BlockContent {
    /// Where the columns' bytes begin.
    static var columnsStart: Int { 12 + BlockColumn.all.reduce(0) { $0 + 7 + $1.name.utf8.count } }

    static func changing(_ block: [UInt8], _ change: (inout [UInt8]) -> Void) throws -> [UInt8] {
        var content = try LZ4Frame.decompress(block, limit: 1 << 24)
        change(&content)
        return try sealed(Array(content.dropLast(8)))
    }

    static func sealed(_ content: [UInt8]) throws -> [UInt8] {
        let checksum = content.withUnsafeBytes { WordHash.of($0) }
        return try LZ4Frame.compress(
            content + (0..<8).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) })
    }
}

@Suite struct BlockFaultTests {
    let records = plausibleRecords(40, seed: 21)

    @Test func aBlockCutAnywhereIsAnError() throws {
        let block = try BlockCodec.encode(records)
        for length in 0..<block.count {
            #expect(throws: BlockError.self, "cut to \(length)") {
                try BlockCodec.decode(Array(block[..<length]))
            }
        }
    }

    @Test func aFlippedBitIsAnErrorOrChangesNothing() throws {
        let block = try BlockCodec.encode(records)
        for index in block.indices {
            for bit in 0..<8 {
                var flipped = block
                flipped[index] ^= 1 << bit
                guard let decoded = try? BlockCodec.decode(flipped) else { continue }
                #expect(decoded == records, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func aChangedByteUnderRightChecksumsNeverCrashes() throws {
        let content = try LZ4Frame.decompress(try BlockCodec.encode(records), limit: 1 << 24).dropLast(8)
        var generator = SeededGenerator(seed: 8)
        for index in content.indices {
            for value in [0, 0xff, UInt8.random(in: 0...255, using: &generator)] {
                var changed = Array(content)
                changed[index] = value
                _ = try? BlockCodec.decode(BlockContent.sealed(changed))
            }
        }
        for length in 0..<content.count {
            #expect(throws: BlockError.self, "content cut to \(length)") {
                try BlockCodec.decode(BlockContent.sealed(Array(content[..<length])))
            }
        }
    }

    @Test func rubbishIsAnError() {
        var generator = SeededGenerator(seed: 99)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            #expect(throws: BlockError.self) { try BlockCodec.decode(bytes) }
        }
    }

    @Test func moreBytesThanABlockHasAreRefusedUnread() {
        let bytes = [UInt8](repeating: 0, count: BlockCodec.maximumBytes + 1)
        #expect(
            throws: BlockError.tooLarge(
                what: "The block", bytes: UInt64(bytes.count), limit: BlockCodec.maximumBytes)
        ) { try BlockCodec.decode(bytes) }
    }

    @Test func aBombIsRefusedByItsHeader() throws {
        let bomb = try LZ4Frame.compress([UInt8](repeating: 0, count: 50_000_000))
        #expect(bomb.count < BlockCodec.maximumBytes)
        #expect(
            throws: BlockError.tooLarge(
                what: "The block's content", bytes: 50_000_000, limit: BlockCodec.maximumContentBytes)
        ) { try BlockCodec.decode(bomb) }
    }

    @Test(.enabled(if: Tool.exists("lz4"), "the lz4 tool is not installed"))
    func framesWithoutSizeOrChecksumAndSkippableOnesAreRefused() throws {
        let content = try LZ4Frame.decompress(try BlockCodec.encode(records), limit: 1 << 24)
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("content").path
        try folder.write(content, to: "content")
        let withoutSize = Array(try Tool.output("lz4", ["-c", file]))
        #expect(throws: BlockError.frame("its header doesn't say its content's size")) {
            try BlockCodec.decode(withoutSize)
        }
        let withoutChecksum = Array(try Tool.output("lz4", ["-c", "--content-size", "--no-frame-crc", file]))
        #expect(throws: BlockError.frame("it carries no content checksum")) {
            try BlockCodec.decode(withoutChecksum)
        }
        let byTheTool = Array(try Tool.output("lz4", ["-9", "-c", "--content-size", file]))
        #expect(try BlockCodec.decode(byTheTool) == records)
        let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]
        #expect(throws: BlockError.self) { try BlockCodec.decode(skippable) }
    }

    @Test func aFrameThatLiesAboutItsSizeIsRefused() throws {
        let first = try BlockCodec.encode(records)
        #expect(throws: BlockError.frame("\(first.count) bytes follow its end")) {
            try BlockCodec.decode(first + first)
        }
    }

    @Test func anotherVersionIsNamed() throws {
        let block = try BlockContent.changing(try BlockCodec.encode(records)) { $0[4] = 9 }
        #expect(throws: BlockError.version(found: 9, known: 2)) { try BlockCodec.decode(block) }
        let other = try LZ4Frame.compress(Array("something else entirely".utf8))
        #expect(throws: BlockError.notABlock) { try BlockCodec.decode(other) }
    }

    @Test func aWrongChecksumUnderARightFrameIsNoticed() throws {
        var content = try LZ4Frame.decompress(try BlockCodec.encode(records), limit: 1 << 24)
        content[content.count - 20] ^= 1
        #expect(throws: BlockError.checksum) { try BlockCodec.decode(try LZ4Frame.compress(content)) }
    }

    @Test func unknownColumnsTypesFiltersAndLengthsAreNamed() throws {
        let block = try BlockCodec.encode(records) { _, _, _ in .raw }
        let nameEnd = 12 + 1 + "scenario".utf8.count
        let cases: [(Int, UInt8, String)] = [
            (13, 0x58, "Xcenario"), (nameEnd, 99, "type code 99"), (nameEnd + 1, 77, "filter code 77"),
            (nameEnd + 2, 1, "not 40 values"), (6, 19, "19 columns"), (nameEnd + 5, 0x7f, "announced"),
        ]
        for (offset, value, words) in cases {
            let error = #expect(throws: BlockError.self) {
                try BlockCodec.decode(BlockContent.changing(block) { $0[offset] = value })
            }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "none")")
        }
    }
}
