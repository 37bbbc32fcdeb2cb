import CZlib

/// Little-endian bytes of one MCAP record's content. Layouts: https://mcap.dev/spec.
struct MCAPBytes {
    var bytes: [UInt8] = []

    mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ text: String) {
        put(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func put(blob: [UInt8]) {
        put(UInt32(blob.count))
        bytes.append(contentsOf: blob)
    }

    /// A map from names to texts, in the order given.
    mutating func put(_ map: [(String, String)]) {
        var entries = MCAPBytes()
        for (name, value) in map {
            entries.put(name)
            entries.put(value)
        }
        put(blob: entries.bytes)
    }

    /// A map from channels to numbers, in the order of the channels.
    mutating func put(_ map: [UInt16: UInt64]) {
        var entries = MCAPBytes()
        for (channel, value) in map.sorted(by: { $0.key < $1.key }) {
            entries.put(channel)
            entries.put(value)
        }
        put(blob: entries.bytes)
    }
}

/// The records that this writer makes, by their numbers in the file.
enum MCAPOpcode: UInt8 {
    case header = 0x01, footer = 0x02, schema = 0x03, channel = 0x04, message = 0x05, chunk = 0x06
    case messageIndex = 0x07, chunkIndex = 0x08, statistics = 0x0B, metadata = 0x0C, metadataIndex = 0x0D
    case summaryOffset = 0x0E, dataEnd = 0x0F

    /// The whole record: number, length, content.
    func record(_ content: MCAPBytes) -> [UInt8] { head(length: content.bytes.count) + content.bytes }

    /// What comes before a record's content.
    func head(length: Int) -> [UInt8] {
        var head = MCAPBytes()
        head.put(rawValue)
        head.put(UInt64(length))
        return head.bytes
    }
}

/// CRC-32 as zlib computes it (ISO 3309), continued from an earlier one.
func crc32(_ bytes: [UInt8], after before: UInt32 = 0) -> UInt32 {
    var crc = UInt(before)
    // zlib takes 32 bits of length at a time.
    var start = 0
    while start < bytes.count {
        let count = min(bytes.count - start, 1 << 30)
        crc = bytes.withUnsafeBufferPointer { buffer in
            UInt(CZlib.crc32(uLong(crc), buffer.baseAddress.map { $0 + start }, uInt(count)))
        }
        start += count
    }
    return UInt32(truncatingIfNeeded: crc)
}
