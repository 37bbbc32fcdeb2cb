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
            var bytes: [UInt8] = []
            bytes.reserveCapacity(values.count * width)
            for value in values {
                for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
            }
            return bytes
        case .constant:
            guard let first = values.first, values.allSatisfy({ $0 == first }) else { return nil }
            return ColumnFilter.raw.apply([first], width: width)
        case .byteShuffle:
            var bytes: [UInt8] = []
            bytes.reserveCapacity(values.count * width)
            for byte in 0..<width {
                for value in values { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
            }
            return bytes
        case .bitShuffle:
            let plane = (values.count + 7) / 8
            var bytes = [UInt8](repeating: 0, count: plane * 8 * width)
            for bit in 0..<(8 * width) {
                for (index, value) in values.enumerated() {
                    bytes[bit * plane + index / 8] |= UInt8(value >> bit & 1) << (index % 8)
                }
            }
            return bytes
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

    /// The values of a filtered column, or nil where the bytes are not `count` values of `width` bytes.
    package func undo(_ bytes: ArraySlice<UInt8>, count: Int, width: Int) -> [UInt64]? {
        switch self {
        case .raw:
            guard bytes.count == count * width else { return nil }
            return (0..<count).map { index in
                let at = bytes.startIndex + index * width
                return (0..<width).reduce(0) { $0 | UInt64(bytes[at + $1]) << (8 * $1) }
            }
        case .constant:
            guard let value = ColumnFilter.raw.undo(bytes, count: 1, width: width) else { return nil }
            return [UInt64](repeating: value[0], count: count)
        case .byteShuffle:
            guard bytes.count == count * width else { return nil }
            return (0..<count).map { index in
                (0..<width).reduce(0) {
                    $0 | UInt64(bytes[bytes.startIndex + $1 * count + index]) << (8 * $1)
                }
            }
        case .bitShuffle: return Self.unshuffleBits(bytes, count: count, width: width)
        case .deltaByteShuffle:
            return ColumnFilter.byteShuffle.undo(bytes, count: count, width: width)
                .map { Self.sums($0, width: width) }
        case .deltaBitShuffle:
            return Self.unshuffleBits(bytes, count: count, width: width).map { Self.sums($0, width: width) }
        case .deltaVarint:
            return Self.varints(bytes, count: count, width: width).map { Self.sums($0, width: width) }
        }
    }

    private static func unshuffleBits(_ bytes: ArraySlice<UInt8>, count: Int, width: Int) -> [UInt64]? {
        let plane = (count + 7) / 8
        guard bytes.count == plane * 8 * width else { return nil }
        var values = [UInt64](repeating: 0, count: count)
        for bit in 0..<(8 * width) {
            let start = bytes.startIndex + bit * plane
            for index in 0..<count {
                values[index] |= UInt64(bytes[start + index / 8] >> (index % 8) & 1) << bit
            }
        }
        return values
    }

    private static func varints(_ bytes: ArraySlice<UInt8>, count: Int, width: Int) -> [UInt64]? {
        var values: [UInt64] = []
        values.reserveCapacity(count)
        var value: UInt64 = 0
        var shift = 0
        for byte in bytes {
            let part = UInt64(byte & 0x7f)
            guard shift < 8 * width, (part << shift) >> shift == part else { return nil }
            value |= part << shift
            shift += 7
            guard byte < 0x80 else { continue }
            guard value & mask(width) == value, values.count < count else { return nil }
            values.append(value)
            value = 0
            shift = 0
        }
        return values.count == count && shift == 0 ? values : nil
    }

    private static func mask(_ width: Int) -> UInt64 { .max >> (64 - 8 * UInt64(width)) }

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

    private static func sums(_ differences: [UInt64], width: Int) -> [UInt64] {
        var sum: UInt64 = 0
        return differences.map { code in
            sum = (sum &+ ((code >> 1) ^ (0 &- (code & 1)))) & mask(width)
            return sum
        }
    }
}
