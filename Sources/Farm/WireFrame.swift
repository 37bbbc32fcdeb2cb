/// What every message begins with. Stays as it is in all versions of the protocol, so that two releases can
/// tell each other which they are.
///
///     magic "LHFM" · version u16 · kind u16 · CRC-32C of version, kind and body u32 · body
enum WireFrame {
    /// Raised whenever a message changes.
    static let version: UInt16 = 1
    static let bytes = 12
    private static let magic: UInt32 = 0x4d46_484c

    static func seal(kind: UInt16, body: ByteWriter) -> [UInt8] {
        var message = ByteWriter()
        message.append(magic)
        message.append(version)
        message.append(kind)
        message.append(checksum(version: version, kind: kind, body: body.bytes[...]))
        return message.bytes + body.bytes
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
        return ~crc(body, crc(header.bytes[...], ~0))
    }

    /// CRC-32C (Castagnoli; RFC 3720), a byte at a time.
    private static func crc(_ bytes: ArraySlice<UInt8>, _ start: UInt32) -> UInt32 {
        bytes.reduce(start) { ($0 >> 8) ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0x82f6_3b78 : value >> 1 }
    }
}
