/// Appends fields to a message: little-endian integers, and text and bytes after their length.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ value: Double) { append(value.bitPattern) }

    mutating func append(_ text: String) { append(Array(text.utf8)) }

    mutating func append(_ field: [UInt8]) {
        append(UInt32(field.count))
        bytes.append(contentsOf: field)
    }

    mutating func append<T>(each elements: [T], _ write: (T, inout ByteWriter) -> Void) {
        append(UInt32(elements.count))
        for element in elements { write(element, &self) }
    }
}
