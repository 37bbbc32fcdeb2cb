import RecordStore

/// Writes an MCAP file (https://mcap.dev/spec, version 0): LZ4 chunks with their CRCs and message indexes,
/// and a summary with schemas, channels, statistics, chunk index and offsets, so that readers can seek.
final class MCAPWriter {
    typealias Channel = UInt16

    fileprivate struct ChunkIndex {
        var times: ClosedRange<UInt64>
        var offset: Int
        var length: Int
        var messageIndexOffsets: [Channel: UInt64]
        var messageIndexLength: Int
        var compressedSize: Int
        var size: Int
    }

    static let magic: [UInt8] = [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A]
    /// Uncompressed bytes after which a chunk is closed.
    static let chunkBytes = 1 << 20

    private let file: OutputFile
    private var dataCRC: UInt32 = 0
    private var schemas: [[UInt8]] = []
    private var schemaIDs: [String: UInt16] = [:]
    private var channels: [[UInt8]] = []
    private var chunk: [UInt8] = []
    private var chunkTimes: ClosedRange<UInt64>?
    private var chunkMessages: [Channel: [(time: UInt64, offset: UInt64)]] = [:]
    private var chunkIndexes: [ChunkIndex] = []
    private var metadataIndex: [MCAPBytes] = []
    private var counts: [Channel: UInt64] = [:]
    private var times: ClosedRange<UInt64>?

    /// Creates the file, or replaces it.
    ///
    /// - Throws: `ReplayError.cannotWrite`.
    init(path: String, profile: String, library: String) throws {
        file = try OutputFile(path: path)
        append(Self.magic)
        var header = MCAPBytes()
        header.put(profile)
        header.put(library)
        append(MCAPOpcode.header.record(header))
    }

    /// Declares a topic whose messages are JSON that follows `schema`, itself JSON Schema.
    func addChannel(topic: String, schema name: String, _ schema: String) -> Channel {
        let channel = Channel(channels.count)
        let schemaID = schemaID(name, schema)
        var declaration = MCAPBytes()
        declaration.put(channel)
        declaration.put(schemaID)
        declaration.put(topic)
        declaration.put("json")
        declaration.put([(String, String)]())
        channels.append(MCAPOpcode.channel.record(declaration))
        // Inside the chunk, before its first message.
        chunk += channels[channels.count - 1]
        return channel
    }

    /// The number of a schema, which is declared at its first use.
    private func schemaID(_ name: String, _ schema: String) -> UInt16 {
        if let known = schemaIDs[name] { return known }
        let id = UInt16(schemas.count + 1)
        var content = MCAPBytes()
        content.put(id)
        content.put(name)
        content.put("jsonschema")
        content.put(blob: Array(schema.utf8))
        schemas.append(MCAPOpcode.schema.record(content))
        schemaIDs[name] = id
        chunk += schemas[schemas.count - 1]
        return id
    }

    /// Adds a message; times, in nanoseconds, never run backwards.
    func add(_ json: [UInt8], to channel: Channel, at time: UInt64) throws {
        var content = MCAPBytes()
        content.put(channel)
        content.put(UInt32(truncatingIfNeeded: counts[channel, default: 0]))
        content.put(time)
        content.put(time)
        content.bytes += json
        chunkMessages[channel, default: []].append((time, UInt64(chunk.count)))
        chunk += MCAPOpcode.message.record(content)
        counts[channel, default: 0] += 1
        chunkTimes = (chunkTimes?.lowerBound ?? time)...time
        times = (times?.lowerBound ?? time)...time
        if chunk.count >= Self.chunkBytes { try closeChunk() }
    }

    /// Adds names and texts about the whole file.
    func addMetadata(_ name: String, _ values: [(String, String)]) throws {
        try closeChunk()
        var content = MCAPBytes()
        content.put(name)
        content.put(values)
        let record = MCAPOpcode.metadata.record(content)
        var index = MCAPBytes()
        index.put(UInt64(file.count))
        index.put(UInt64(record.count))
        index.put(name)
        metadataIndex.append(index)
        append(record)
    }

    /// Writes the summary and closes the file.
    ///
    /// - Returns: the file's size in bytes.
    /// - Throws: `ReplayError.cannotWrite` for the first write that failed, now or earlier.
    func close() throws -> Int {
        try closeChunk()
        var dataEnd = MCAPBytes()
        dataEnd.put(dataCRC)
        append(MCAPOpcode.dataEnd.record(dataEnd))
        writeSummary()
        append(Self.magic)
        try file.close()
        return file.count
    }

    private func append(_ bytes: [UInt8]) {
        dataCRC = crc32(bytes, after: dataCRC)
        file.append(bytes)
    }

    private func closeChunk() throws {
        guard let chunkTimes else { return }
        let compressed = try LZ4Frame.compress(chunk)
        var content = MCAPBytes()
        content.put(chunkTimes.lowerBound)
        content.put(chunkTimes.upperBound)
        content.put(UInt64(chunk.count))
        content.put(crc32(chunk))
        content.put("lz4")
        content.put(UInt64(compressed.count))
        content.bytes += compressed
        let record = MCAPOpcode.chunk.record(content)
        let offset = file.count
        append(record)
        var index = ChunkIndex(
            times: chunkTimes, offset: offset, length: record.count, messageIndexOffsets: [:],
            messageIndexLength: 0, compressedSize: compressed.count, size: chunk.count)
        let indexStart = file.count
        for (channel, messages) in chunkMessages.sorted(by: { $0.key < $1.key }) {
            index.messageIndexOffsets[channel] = UInt64(file.count)
            append(Self.messageIndex(channel, messages))
        }
        index.messageIndexLength = file.count - indexStart
        chunkIndexes.append(index)
        chunk.removeAll(keepingCapacity: true)
        chunkMessages = [:]
        self.chunkTimes = nil
    }

    private static func messageIndex(
        _ channel: Channel, _ messages: [(time: UInt64, offset: UInt64)]
    ) -> [UInt8] {
        var entries = MCAPBytes()
        for message in messages {
            entries.put(message.time)
            entries.put(message.offset)
        }
        var content = MCAPBytes()
        content.put(channel)
        content.put(blob: entries.bytes)
        return MCAPOpcode.messageIndex.record(content)
    }

    /// Groups of equal records, the offset of each group, and the footer. Its CRC covers all of it up to
    /// the CRC itself.
    private func writeSummary() {
        let start = file.count
        var summary: [UInt8] = []
        var offsets: [UInt8] = []
        let groups: [(MCAPOpcode, [[UInt8]])] = [
            (.schema, schemas), (.channel, channels), (.statistics, [MCAPOpcode.statistics.record(statistics)]),
            (.chunkIndex, chunkIndexes.map { MCAPOpcode.chunkIndex.record($0.content) }),
            (.metadataIndex, metadataIndex.map(MCAPOpcode.metadataIndex.record)),
        ]
        for (opcode, records) in groups where !records.isEmpty {
            let group = Array(records.joined())
            var offset = MCAPBytes()
            offset.put(opcode.rawValue)
            offset.put(UInt64(start + summary.count))
            offset.put(UInt64(group.count))
            offsets += MCAPOpcode.summaryOffset.record(offset)
            summary += group
        }
        var footer = MCAPBytes()
        footer.put(UInt64(start))
        footer.put(UInt64(start + summary.count))
        let footerHead = MCAPOpcode.footer.head(length: footer.bytes.count + 4)
        footer.put(crc32(summary + offsets + footerHead + footer.bytes))
        append(summary + offsets + MCAPOpcode.footer.record(footer))
    }

    private var statistics: MCAPBytes {
        var content = MCAPBytes()
        content.put(counts.values.reduce(0, +))
        content.put(UInt16(schemas.count))
        content.put(UInt32(channels.count))
        content.put(UInt32(0))
        content.put(UInt32(metadataIndex.count))
        content.put(UInt32(chunkIndexes.count))
        content.put(times?.lowerBound ?? 0)
        content.put(times?.upperBound ?? 0)
        content.put(counts)
        return content
    }
}

extension MCAPWriter.ChunkIndex {
    fileprivate var content: MCAPBytes {
        var content = MCAPBytes()
        content.put(times.lowerBound)
        content.put(times.upperBound)
        content.put(UInt64(offset))
        content.put(UInt64(length))
        content.put(messageIndexOffsets)
        content.put(UInt64(messageIndexLength))
        content.put("lz4")
        content.put(UInt64(compressedSize))
        content.put(UInt64(size))
        return content
    }
}
