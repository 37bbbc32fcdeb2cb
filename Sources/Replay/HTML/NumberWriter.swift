/// Packs whole numbers into few bytes: zigzag varints of differences of a given order, as text in base64.
///
/// States of traffic change smoothly, so most second differences of a position in centimetres, and most
/// first differences of a speed, fit one byte.
package struct NumberWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Appends the differences of order `order` of `values`, each series beginning with zeros before it.
    package mutating func append(_ values: some Sequence<Int>, order: Int) {
        var last = [Int](repeating: 0, count: order)
        for value in values {
            var rest = value
            for level in 0..<order {
                let before = last[level]
                last[level] = rest
                rest -= before
            }
            append(rest)
        }
    }

    private mutating func append(_ value: Int) {
        var rest = UInt64(bitPattern: Int64((value << 1) ^ (value >> 63)))
        while rest > 127 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}

/// `value` in whole `unit`s; what is not finite, or absurdly large, is held within ±1e12.
package func quantized(_ value: Double, unit: Double) -> Int {
    guard value.isFinite else { return 0 }
    return Int(min(max((value / unit).rounded(), -1e12), 1e12))
}
