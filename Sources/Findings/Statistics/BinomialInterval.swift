/// The exact confidence interval of a share, given `count` among `total` (C. Clopper & E. Pearson, "The use of
/// confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26, 1934).
public struct BinomialInterval: Sendable, Equatable, Codable {
    /// Shares, 0...1.
    public var low: Double
    public var high: Double

    /// - Parameters:
    ///   - total: at least 1, and at least `count`.
    ///   - confidence: between 0 and 1, both excluded.
    public init(count: UInt64, of total: UInt64, confidence: Double = 0.95) {
        precondition(count <= total && total > 0 && confidence > 0 && confidence < 1)
        let tail = (1 - confidence) / 2
        let k = Double(count), n = Double(total)
        low = count == 0 ? 0 : IncompleteBeta.inverse(probability: tail, k, n - k + 1)
        high = count == total ? 1 : IncompleteBeta.inverse(probability: 1 - tail, k + 1, n - k)
    }
}
