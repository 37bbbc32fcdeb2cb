/// Why bytes are not a block of records, or records can't become one. Each says what, where, and what to do.
public enum BlockError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A block holds 1 to `BlockCodec.maximumRecords` records.
    case recordCount(Int)
    /// More bytes than any block has; nothing was allocated for it.
    case tooLarge(what: String, bytes: UInt64, limit: Int)
    /// Not one complete LZ4 frame with content size and content checksum.
    case frame(String)
    /// An LZ4 frame, but its content doesn't begin with a block's magic.
    case notABlock
    /// Written in a format that this build can't read.
    case version(found: UInt16, known: UInt16)
    /// The content's checksum is wrong: the block was altered after it was made.
    case checksum
    /// The header or the column directory ends early or says something impossible.
    case header(String)
    /// A column's bytes don't fit what the directory says.
    case column(name: String, problem: String)
    /// A value that no rollout has: an unknown enumeration case, a number that isn't finite or out of range.
    case value(column: String, record: Int, found: String)

    public var description: String {
        switch self {
        case .recordCount(let count):
            "A block holds 1 to \(BlockCodec.maximumRecords) records, not \(count);"
                + " split the records over blocks."
        case .tooLarge(let what, let bytes, let limit):
            "\(what) is \(bytes) bytes; a block has at most \(limit)."
                + " It was refused unread: check who sent it."
        case .frame(let problem):
            "Not a complete LZ4 frame: \(problem). Fetch the block again, or roll the shard out again."
        case .notABlock:
            "An LZ4 frame, but not a block of records (no LHBK at its start); check which file this is."
        case .version(let found, let known):
            "The block has format version \(found), this build reads version \(known);"
                + " use the build that wrote it."
        case .checksum:
            "The block's checksum is wrong: it was altered after it was made."
                + " Fetch it again, or roll the shard out again."
        case .header(let problem):
            "The block's header is malformed: \(problem)."
                + " Fetch it again, or roll the shard out again."
        case .column(let name, let problem):
            "Column \(name) of the block is malformed: \(problem)."
                + " Fetch it again, or roll the shard out again."
        case .value(let column, let record, let found):
            "Record \(record) has \(found) in column \(column), which no rollout can have;"
                + " check the worker that made it."
        }
    }
}
