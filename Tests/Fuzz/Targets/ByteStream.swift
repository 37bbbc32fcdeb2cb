/// Takes an input apart: what a target does next, and with what. Beyond the end everything is zero.
struct ByteStream {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func byte() -> UInt8 {
        defer { position += 1 }
        return position < bytes.count ? bytes[position] : 0
    }

    /// At most `count` bytes.
    mutating func take(_ count: Int) -> [UInt8] {
        let end = min(position + count, bytes.count)
        defer { position = end }
        return position < end ? Array(bytes[position..<end]) : []
    }

    mutating func word() -> UInt64 {
        take(8).enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * $1.offset) }
    }

    /// A byte for the length, then so many bytes.
    mutating func text() -> [UInt8] { take(Int(byte())) }
}
