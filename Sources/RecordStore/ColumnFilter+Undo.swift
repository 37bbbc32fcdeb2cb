/// Undoing filters: what a coordinator does with every byte that it gets. Straight loops over memory that the
/// caller owns.
extension ColumnFilter {
    /// Writes the values of a filtered column.
    ///
    /// - Parameter values: room for as many values as the column has.
    /// - Returns: false where the bytes are not so many values of `width` bytes.
    func undo(
        _ bytes: UnsafeRawBufferPointer, width: Int, into values: UnsafeMutableBufferPointer<UInt64>
    ) -> Bool {
        switch self {
        case .raw: return Self.copy(bytes, width: width, into: values)
        case .constant:
            let one = UnsafeMutableBufferPointer(rebasing: values.prefix(1))
            guard Self.copy(bytes, width: width, into: one), let value = one.first else { return false }
            values.update(repeating: value)
            return true
        case .byteShuffle: return Self.unshuffleBytes(bytes, width: width, into: values)
        case .bitShuffle: return Self.unshuffleBits(bytes, width: width, into: values)
        case .deltaByteShuffle:
            guard Self.unshuffleBytes(bytes, width: width, into: values) else { return false }
            Self.sum(values, width: width)
            return true
        case .deltaBitShuffle:
            guard Self.unshuffleBits(bytes, width: width, into: values) else { return false }
            Self.sum(values, width: width)
            return true
        case .deltaVarint:
            guard Self.unpackVarints(bytes, width: width, into: values) else { return false }
            Self.sum(values, width: width)
            return true
        }
    }

    private static func copy(
        _ bytes: UnsafeRawBufferPointer, width: Int, into values: UnsafeMutableBufferPointer<UInt64>
    ) -> Bool {
        guard bytes.count == values.count * width else { return false }
        switch width {
        case 1: copy(bytes, of: UInt8.self, into: values)
        case 2: copy(bytes, of: UInt16.self, into: values)
        case 4: copy(bytes, of: UInt32.self, into: values)
        default: copy(bytes, of: UInt64.self, into: values)
        }
        return true
    }

    private static func copy<T: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, of type: T.Type, into values: UnsafeMutableBufferPointer<UInt64>
    ) {
        for index in values.indices {
            let value = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: type)
            values[index] = UInt64(truncatingIfNeeded: T(littleEndian: value))
        }
    }

    private static func unshuffleBytes(
        _ bytes: UnsafeRawBufferPointer, width: Int, into values: UnsafeMutableBufferPointer<UInt64>
    ) -> Bool {
        let count = values.count
        guard bytes.count == count * width else { return false }
        values.update(repeating: 0)
        for byte in 0..<width {
            let plane = UnsafeRawBufferPointer(rebasing: bytes[byte * count..<(byte + 1) * count])
            for index in 0..<count { values[index] |= UInt64(plane[index]) << UInt64(8 * byte) }
        }
        return true
    }

    private static func unshuffleBits(
        _ bytes: UnsafeRawBufferPointer, width: Int, into values: UnsafeMutableBufferPointer<UInt64>
    ) -> Bool {
        let count = values.count
        let plane = (count + 7) / 8
        guard bytes.count == plane * 8 * width else { return false }
        values.update(repeating: 0)
        for byte in 0..<width {
            let planes = UnsafeRawBufferPointer(rebasing: bytes[byte * 8 * plane..<(byte + 1) * 8 * plane])
            for group in 0..<plane {
                var bits: UInt64 = 0
                for bit in 0..<8 { bits |= UInt64(planes[bit * plane + group]) << UInt64(8 * bit) }
                bits = transposed(bits)
                for index in 8 * group..<min(8 * group + 8, count) {
                    values[index] |= (bits & 0xff) << UInt64(8 * byte)
                    bits >>= 8
                }
            }
        }
        return true
    }

    /// Bit `j` of byte `i` becomes bit `i` of byte `j` (Warren, Hacker's Delight, 2nd ed., section 7-3).
    static func transposed(_ square: UInt64) -> UInt64 {
        var square = square
        func swap(_ mask: UInt64, _ distance: UInt64) {
            let bits = (square ^ (square >> distance)) & mask
            square ^= bits ^ (bits << distance)
        }
        swap(0x00aa_00aa_00aa_00aa, 7)
        swap(0x0000_cccc_0000_cccc, 14)
        swap(0x0000_0000_f0f0_f0f0, 28)
        return square
    }

    private static func unpackVarints(
        _ bytes: UnsafeRawBufferPointer, width: Int, into values: UnsafeMutableBufferPointer<UInt64>
    ) -> Bool {
        let mask = mask(width)
        var found = 0
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            let part = UInt64(byte & 0x7f)
            guard shift < 8 * UInt64(width), (part << shift) >> shift == part else { return false }
            value |= part << shift
            shift += 7
            guard byte < 0x80 else { continue }
            guard value & mask == value, found < values.count else { return false }
            values[found] = value
            found += 1
            value = 0
            shift = 0
        }
        return found == values.count && shift == 0
    }

    /// Undoes differences of neighbours, in place.
    private static func sum(_ values: UnsafeMutableBufferPointer<UInt64>, width: Int) {
        let mask = mask(width)
        var sum: UInt64 = 0
        for index in values.indices {
            let code = values[index]
            sum = (sum &+ ((code >> 1) ^ (0 &- (code & 1)))) & mask
            values[index] = sum
        }
    }

    static func mask(_ width: Int) -> UInt64 { .max >> (64 - 8 * UInt64(width)) }
}
