/// Lossless rearrangements of a column that make it compress better; the raw value is the filter's code in a
/// block's directory. All work on bit patterns, so a float comes back with the same bits.
package enum ColumnFilter: UInt8, Sendable, CaseIterable {
    /// Values one after the other, little-endian.
    case raw = 0
    /// All values are equal: one value.
    case constant = 1
    /// All lowest bytes, then all second bytes, and so on.
    case byteShuffle = 2
    /// All lowest bits, then all second bits, and so on, each padded to whole bytes; small counts become
    /// mostly zeros.
    case bitShuffle = 3
    /// Differences (modulo the type's range), zigzag, then as `byteShuffle`.
    case deltaByteShuffle = 4
    /// Differences, zigzag, then as `bitShuffle`.
    case deltaBitShuffle = 5
    /// Differences, zigzag, then 7 bits a byte, lowest first, the top bit set where more follow (LEB128).
    case deltaVarint = 6

    /// The filtered column, or nil where this filter can't hold it.
    ///
    /// - Parameter width: bytes a value: 1, 2, 4 or 8. Higher bits of the values are zero.
    package func apply(_ values: [UInt64], width: Int) -> [UInt8]? {
        switch self {
        case .raw:
            return Self.bytes(values.count * width) { bytes in
                for (index, value) in values.enumerated() {
                    for byte in 0..<width {
                        bytes[index * width + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))
                    }
                }
            }
        case .constant:
            guard let first = values.first, values.allSatisfy({ $0 == first }) else { return nil }
            return ColumnFilter.raw.apply([first], width: width)
        case .byteShuffle:
            return Self.bytes(values.count * width) { bytes in
                for byte in 0..<width {
                    for (index, value) in values.enumerated() {
                        bytes[byte * values.count + index] =
                            UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))
                    }
                }
            }
        case .bitShuffle:
            let plane = (values.count + 7) / 8
            return Self.bytes(plane * 8 * width) { Self.shuffleBits(values, width: width, plane: plane, $0) }
        case .deltaByteShuffle:
            return ColumnFilter.byteShuffle.apply(Self.differences(values, width: width), width: width)
        case .deltaBitShuffle:
            return ColumnFilter.bitShuffle.apply(Self.differences(values, width: width), width: width)
        case .deltaVarint:
            var bytes: [UInt8] = []
            for difference in Self.differences(values, width: width) {
                var rest = difference
                while rest >= 0x80 {
                    bytes.append(UInt8(rest & 0x7f) | 0x80)
                    rest >>= 7
                }
                bytes.append(UInt8(rest))
            }
            return bytes.count <= values.count * width ? bytes : nil
        }
    }

    private static func bytes(_ count: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
            bytes.initialize(repeating: 0)
            fill(UnsafeMutableBufferPointer(rebasing: bytes[..<count]))
            initialized = count
        }
    }

    private static func shuffleBits(
        _ values: [UInt64], width: Int, plane: Int, _ bytes: UnsafeMutableBufferPointer<UInt8>
    ) {
        for group in 0..<plane {
            let eight = values[8 * group..<min(8 * group + 8, values.count)]
            for byte in 0..<width {
                let shift = UInt64(8 * byte)
                var bits = transposed(eight.reversed().reduce(0) { $0 << 8 | ($1 >> shift & 0xff) })
                for bit in 0..<8 {
                    bytes[(8 * byte + bit) * plane + group] = UInt8(truncatingIfNeeded: bits)
                    bits >>= 8
                }
            }
        }
    }

    /// Zigzag-coded differences of neighbours, the first one to zero: small ones, of either sign, get
    /// small codes.
    private static func differences(_ values: [UInt64], width: Int) -> [UInt64] {
        let unused = 64 - 8 * UInt64(width)
        var previous: UInt64 = 0
        return values.map { value in
            let signed = Int64(bitPattern: (value &- previous) << unused) >> Int64(unused)
            previous = value
            return UInt64(bitPattern: (signed << 1) ^ (signed >> 63)) & mask(width)
        }
    }
}
