// Hot code: no allocation, reference counting, locks or throwing in this file.
import ReproducibleMath

/// `c[m, n] += Σ over k of a[m, k] · b[k, n]`: the one product that forward pass, backward pass and
/// weight gradient all are.
///
/// Columns lie across the vector lanes and a sum runs over `k` in order, so the result doesn't depend
/// on the vector width.
/// - Parameters:
///   - rows: a multiple of 4.
///   - columns: a multiple of 16; also the row length of `b` and `c`.
///   - a: element (m, k) lies at `m * aRow + k * aDepth`.
///   - b: `[k * columns + n]`, aligned to 64 bytes.
///   - c: `[m * columns + n]`, aligned to 64 bytes, holds what the sums start from.
@inline(never)
public func addProduct(
    rows: Int, columns: Int, depth: Int, a: UnsafePointer<Float>, aRow: Int, aDepth: Int,
    b: UnsafePointer<Float>, to c: UnsafeMutablePointer<Float>
) {
    var column = 0
    while column < columns {
        var row = 0
        while row < rows {
            let out = c + row &* columns + column
            var c0 = load(out), c1 = load(out + columns)
            var c2 = load(out + 2 &* columns), c3 = load(out + 3 &* columns)
            var left = a + row &* aRow
            var right = b + column
            for _ in 0..<depth {
                let values = load(right)
                c0 = c0.addingProduct(values, SIMD16(repeating: left[0]))
                c1 = c1.addingProduct(values, SIMD16(repeating: left[aRow]))
                c2 = c2.addingProduct(values, SIMD16(repeating: left[2 &* aRow]))
                c3 = c3.addingProduct(values, SIMD16(repeating: left[3 &* aRow]))
                left += aDepth
                right += columns
            }
            store(c0, out)
            store(c1, out + columns)
            store(c2, out + 2 &* columns)
            store(c3, out + 3 &* columns)
            row = row &+ 4
        }
        column = column &+ 16
    }
}

/// Sets negative values to zero; `count` is a multiple of 16.
@inline(never)
public func rectify(_ values: UnsafeMutablePointer<Float>, count: Int) {
    let zero = SIMD16<Float>(repeating: 0)
    for start in stride(from: 0, to: count, by: 16) {
        let value = load(values + start)
        store(zero.replacing(with: value, where: value .> zero), values + start)
    }
}

/// Sets `gradient` to zero where `activation` is not positive; `count` is a multiple of 16.
@inline(never)
public func rectifyGradient(
    _ gradient: UnsafeMutablePointer<Float>, where activation: UnsafePointer<Float>, count: Int
) {
    let zero = SIMD16<Float>(repeating: 0)
    for start in stride(from: 0, to: count, by: 16) {
        let isActive = load(activation + start) .> zero
        store(zero.replacing(with: load(gradient + start), where: isActive), gradient + start)
    }
}

@inline(__always)
func load(_ pointer: UnsafePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(pointer).load(as: SIMD16<Float>.self)
}

@inline(__always)
func store(_ value: SIMD16<Float>, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD16<Float>.self)
}
