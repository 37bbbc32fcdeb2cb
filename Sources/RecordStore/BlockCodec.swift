import Metrics

/// Many rollout records in one block: a column per field, a lossless filter per column, one LZ4 frame.
///
/// The frame's content, little-endian; `lz4 -d` unpacks it:
///
///     magic "LHBK" · version u16 · column count u16 · record count u32
///     per column: name length u8 · name · type u8 · filter u8 · byte length u32
///     the columns' bytes, in the directory's order
///     `WordHash` of everything before it, u64
///
/// Types are `BlockColumn.Kind`, filters `ColumnFilter`. Decoding takes bytes from anybody: sizes are checked
/// before allocating, and every fault is a `BlockError`.
public enum BlockCodec {
    /// The most records of a block.
    public static let maximumRecords = 4096
    /// Bytes of one record before filters and compression.
    public static let bytesPerRecord = BlockColumn.recordWidth
    /// The most bytes of a block's content.
    public static let maximumContentBytes =
        fixedBytes + BlockColumn.all.reduce(0) { $0 + 7 + $1.name.utf8.count }
        + maximumRecords * bytesPerRecord
    /// The most bytes of a block; check a message against it before keeping it.
    public static let maximumBytes = LZ4Frame.bound(maximumContentBytes)

    static let magic: [UInt8] = Array("LHBK".utf8)
    static let version: UInt16 = 2
    /// Magic, version, counts and checksum.
    private static let fixedBytes = 12 + 8

    /// One block. Every record comes back from `decode` bit for bit, in the same order.
    ///
    /// - Throws: `BlockError` where there are no records or too many, or one holds a number that isn't
    ///   finite.
    public static func encode(_ records: [RolloutRecord]) throws(BlockError) -> [UInt8] {
        var scratch: [UInt8] = []
        return try encode(records) { _, values, width in
            var best = (filter: ColumnFilter.raw, size: Int.max)
            for filter in ColumnFilter.allCases {
                guard let bytes = filter.apply(values, width: width) else { continue }
                let size = LZ4Frame.compressedSize(bytes, scratch: &scratch)
                if size < best.size { best = (filter, size) }
            }
            return best.filter
        }
    }

    /// One block with the filter that `choose` names for each column.
    package static func encode(
        _ records: [RolloutRecord],
        choose: (_ column: String, _ values: [UInt64], _ width: Int) -> ColumnFilter
    ) throws(BlockError) -> [UInt8] {
        guard (1...maximumRecords).contains(records.count) else { throw .recordCount(records.count) }
        var content = ByteWriter()
        content.append(magic)
        content.append(version)
        content.append(UInt16(BlockColumn.all.count))
        content.append(UInt32(records.count))
        var columns: [UInt8] = []
        var values = [UInt64](repeating: 0, count: records.count)
        var copy = records
        for column in BlockColumn.all {
            try read(column, of: records, checkedIn: &copy, into: &values)
            let width = column.kind.width
            let wanted = choose(column.name, values, width)
            let filtered = wanted.apply(values, width: width)
            let bytes = filtered ?? ColumnFilter.raw.apply(values, width: width) ?? []
            content.append(UInt8(column.name.utf8.count))
            content.append(Array(column.name.utf8))
            content.append(column.kind.rawValue)
            content.append((filtered == nil ? .raw : wanted).rawValue)
            content.append(UInt32(bytes.count))
            columns += bytes
        }
        content.append(columns)
        content.append(content.bytes.withUnsafeBytes { WordHash.of($0) })
        return try LZ4Frame.compress(content.bytes)
    }

    /// The records of a block.
    ///
    /// - Throws: `BlockError` for anything that `encode` would not have made.
    public static func decode(_ bytes: [UInt8]) throws(BlockError) -> [RolloutRecord] {
        guard bytes.count <= maximumBytes else {
            throw .tooLarge(what: "The block", bytes: UInt64(bytes.count), limit: maximumBytes)
        }
        let content = try LZ4Frame.decompress(bytes, limit: maximumContentBytes)
        var reader = ByteReader(content[...])
        guard content.count >= fixedBytes, try reader.bytes(4).elementsEqual(magic) else { throw .notABlock }
        let found = UInt16(try reader.integer(2))
        guard found == version else { throw .version(found: found, known: version) }
        let end = content.count - 8
        var tail = ByteReader(content[end...])
        let checksum = content.withUnsafeBytes { WordHash.of(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
        guard try tail.integer(8) == checksum else { throw .checksum }

        let columnCount = Int(try reader.integer(2))
        guard columnCount == BlockColumn.all.count else {
            throw .header("it names \(columnCount) columns instead of \(BlockColumn.all.count)")
        }
        let count = Int(try reader.integer(4))
        guard (1...maximumRecords).contains(count) else { throw .recordCount(count) }
        var directory: [(filter: ColumnFilter, length: Int)] = []
        for column in BlockColumn.all { directory.append(try entry(of: column, from: &reader)) }

        var records = [RolloutRecord](repeating: RolloutRecord(), count: count)
        var values = [UInt64](repeating: 0, count: count)
        for (column, entry) in zip(BlockColumn.all, directory) {
            let filtered = try reader.bytes(entry.length)
            try write(column, filter: entry.filter, filtered, through: &values, to: &records)
        }
        guard reader.rest.count == 8 else {
            throw .header("\(reader.rest.count - 8) bytes follow the last column")
        }
        return records
    }

    private static func entry(
        of column: BlockColumn, from reader: inout ByteReader
    ) throws(BlockError) -> (filter: ColumnFilter, length: Int) {
        let name = try reader.bytes(Int(try reader.integer(1)))
        guard name.elementsEqual(column.name.utf8) else {
            let found = String(decoding: name, as: UTF8.self)
            throw .header(
                "a column named \"\(found)\" stands where \(column.name) belongs"
            )
        }
        let kind = try reader.integer(1)
        guard kind == column.kind.rawValue else {
            throw .column(name: column.name, problem: "type code \(kind)")
        }
        let code = UInt8(try reader.integer(1))
        guard let filter = ColumnFilter(rawValue: code) else {
            throw .column(name: column.name, problem: "unknown filter code \(code)")
        }
        return (filter, Int(try reader.integer(4)))
    }

    /// Refuses what `decode` would refuse.
    private static func read(
        _ column: BlockColumn, of records: [RolloutRecord], checkedIn copy: inout [RolloutRecord],
        into values: inout [UInt64]
    ) throws(BlockError) {
        let fault = values.withUnsafeMutableBufferPointer { values in
            records.withUnsafeBufferPointer { column.read($0, values) }
            return copy.withUnsafeMutableBufferPointer { column.write(UnsafeBufferPointer(values), $0) }
        }
        if let fault { throw .value(column: column.name, record: fault.record, found: fault.found) }
    }

    private static func write(
        _ column: BlockColumn, filter: ColumnFilter, _ bytes: ArraySlice<UInt8>,
        through values: inout [UInt64], to records: inout [RolloutRecord]
    ) throws(BlockError) {
        let width = column.kind.width
        let isWhole = values.withUnsafeMutableBufferPointer { values in
            bytes.withUnsafeBytes { filter.undo($0, width: width, into: values) }
        }
        guard isWhole else {
            throw .column(name: column.name, problem: "\(bytes.count) bytes are not \(records.count) values")
        }
        let fault = values.withUnsafeBufferPointer { values in
            records.withUnsafeMutableBufferPointer { column.write(values, $0) }
        }
        if let fault { throw .value(column: column.name, record: fault.record, found: fault.found) }
    }
}
