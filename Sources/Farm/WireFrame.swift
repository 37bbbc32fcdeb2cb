/// What every message begins with. Stays as it is in all versions of the protocol, so that two releases can
/// tell each other which they are.
///
///     magic "LHFM" · version u16 · kind u16 · CRC-32C of version, kind and body u32 · body
package enum WireFrame {
    /// Raised whenever a message changes.
    package static let version: UInt16 = 5
    static let bytes = 12
    private static let magic: UInt32 = 0x4d46_484c

    static func seal(kind: UInt16, body: ByteWriter) -> [UInt8] { seal(kind: kind, body: body.bytes) }

    package static func seal(kind: UInt16, body: [UInt8]) -> [UInt8] {
        var message = ByteWriter()
        message.append(magic)
        message.append(version)
        message.append(kind)
        message.append(checksum(version: version, kind: kind, body: body[...]))
        return message.bytes + body
    }

    static func open(_ message: [UInt8]) throws(WireError) -> (kind: UInt16, body: ByteReader) {
        var reader = ByteReader(message)
        guard try reader.integer(UInt32.self) == magic else { throw .notAMessage }
        let found: UInt16 = try reader.integer()
        guard found == version else { throw .version(found: found, own: version) }
        let kind: UInt16 = try reader.integer()
        let expected: UInt32 = try reader.integer()
        let actual = checksum(version: found, kind: kind, body: message[bytes...])
        guard actual == expected else { throw .checksum }
        return (kind, reader)
    }

    private static func checksum(version: UInt16, kind: UInt16, body: ArraySlice<UInt8>) -> UInt32 {
        var header = ByteWriter()
        header.append(version)
        header.append(kind)
        let start = header.bytes.withUnsafeBytes { crc($0, ~0) }
        return ~body.withUnsafeBytes { crc($0, start) }
    }

    /// CRC-32C (Castagnoli; RFC 3720), eight bytes at a time (Kounavis, Berry: "Novel table lookup-based
    /// algorithms for high-performance CRC generation", 2008).
    private static func crc(_ bytes: UnsafeRawBufferPointer, _ start: UInt32) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var value = start
            let wordsEnd = bytes.count & ~7
            for index in stride(from: 0, to: wordsEnd, by: 8) {
                let next = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                var word = UInt64(littleEndian: next) ^ UInt64(value)
                value = 0
                for place in 0..<8 {
                    value ^= tables[256 * (7 - place) + Int(word & 0xff)]
                    word >>= 8
                }
            }
            for index in wordsEnd..<bytes.count {
                let byte = UInt8(truncatingIfNeeded: value) ^ bytes[index]
                value = (value >> 8) ^ tables[Int(byte)]
            }
            return value
        }
    }

    /// Table `k` holds the remainder of a byte that `k` zero bytes follow.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = (0..<256).map { index in
            (0..<8).reduce(UInt32(index)) { value, _ in
                value & 1 == 1 ? (value >> 1) ^ 0x82f6_3b78 : value >> 1
            }
        }
        for index in 256..<2048 {
            let shorter = tables[index - 256]
            let byte = Int(shorter & 0xff)
            tables.append((shorter >> 8) ^ tables[byte])
        }
        return tables
    }()
}
