/// Reads fields that `ByteWriter` wrote, from bytes that anybody may have sent: every length is checked
/// before anything is allocated.
struct ByteReader {
    private let bytes: [UInt8]
    private var position: Int

    init(_ bytes: [UInt8], from position: Int = 0) {
        self.bytes = bytes
        self.position = min(position, bytes.count)
    }

    var remaining: Int { bytes.count - position }

    mutating func integer<T: FixedWidthInteger>(_: T.Type = T.self) throws(WireError) -> T {
        let size = MemoryLayout<T>.size
        guard remaining >= size else { throw .truncated(missing: size - remaining) }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: T.self) }
        position += size
        return T(littleEndian: value)
    }

    /// A finite number.
    mutating func number(_ field: String) throws(WireError) -> Double {
        let value = Double(bitPattern: try integer())
        guard value.isFinite else { throw .badValue(field: field) }
        return value
    }

    mutating func bytes(_ field: String, limit: Int) throws(WireError) -> [UInt8] {
        let count = try length(field, limit: limit, bytesEach: 1)
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func text(_ field: String, limit: Int) throws(WireError) -> String {
        guard let text = String(validating: try bytes(field, limit: limit), as: UTF8.self) else {
            throw .badValue(field: field)
        }
        return text
    }

    /// - Parameter bytesEach: the fewest bytes that an element takes.
    mutating func list<T>(
        _ field: String, limit: Int, bytesEach: Int, _ read: (inout ByteReader) throws(WireError) -> T
    ) throws(WireError) -> [T] {
        let count = try length(field, limit: limit, bytesEach: bytesEach)
        var elements: [T] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    /// Throws unless everything was read.
    func finish() throws(WireError) {
        if remaining > 0 { throw .trailingBytes(remaining) }
    }

    private mutating func length(_ field: String, limit: Int, bytesEach: Int) throws(WireError) -> Int {
        let count = Int(try integer(UInt32.self))
        guard count <= limit else { throw .limit(field: field, found: count, limit: limit) }
        guard count * bytesEach <= remaining else { throw .truncated(missing: count * bytesEach - remaining) }
        return count
    }
}
