// Hot code: no allocation, reference counting, locks or throwing in this file.

/// Fused multiply-adds as fast as this build's instructions go, with nothing else in the loop: the
/// yardstick for the network's rate.
///
/// - Returns: a value that depends on every one, so that none can be left out.
@inline(never)
public func multiplyAddChains(rounds: Int, _ scale: Float, _ offset: Float) -> Float {
    let x = SIMD16<Float>(repeating: scale), y = SIMD16<Float>(repeating: offset)
    var a0 = x, a1 = x, a2 = x, a3 = x, a4 = x, a5 = x
    #if LONGHAUL_WIDE_VECTORS
        var b0 = x, b1 = x, b2 = x, b3 = x, b4 = x, b5 = x
    #endif
    for _ in 0..<rounds {
        a0 = y.addingProduct(a0, x); a1 = y.addingProduct(a1, x); a2 = y.addingProduct(a2, x)
        a3 = y.addingProduct(a3, x); a4 = y.addingProduct(a4, x); a5 = y.addingProduct(a5, x)
        #if LONGHAUL_WIDE_VECTORS
            b0 = y.addingProduct(b0, x); b1 = y.addingProduct(b1, x); b2 = y.addingProduct(b2, x)
            b3 = y.addingProduct(b3, x); b4 = y.addingProduct(b4, x); b5 = y.addingProduct(b5, x)
        #endif
    }
    var sum = a0 + a1 + a2 + a3 + a4 + a5
    #if LONGHAUL_WIDE_VECTORS
        sum += b0 + b1 + b2 + b3 + b4 + b5
    #endif
    return sum.sum()
}

/// Multiply-adds in one round of `multiplyAddChains`.
@inline(never)
public func multiplyAddsPerRound() -> Int {
    #if LONGHAUL_WIDE_VECTORS
        12 * 16
    #else
        6 * 16
    #endif
}
