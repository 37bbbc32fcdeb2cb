/// The exact McNemar test of paired outcomes (Q. McNemar, "Note on the sampling error of the difference between
/// correlated proportions or percentages", Psychometrika 12, 1947): scenarios in which both policies fared alike
/// say nothing about which is better, and of the others each is a fair coin if they are equally good.
public struct McNemarTest: Sendable, Equatable, Codable {
    /// Scenarios in which only A had the event, and in which only B had it.
    public var onlyA: UInt64
    public var onlyB: UInt64
    /// Two-sided: the chance of a split at least as uneven if A and B were equally good.
    public var pValue: Double

    public init(onlyA: UInt64, onlyB: UInt64) {
        self.onlyA = onlyA
        self.onlyB = onlyB
        let fewer = Double(min(onlyA, onlyB)), all = Double(onlyA + onlyB)
        // P(X <= k) for X ~ Binomial(n, 1/2) is I_1/2(n - k, k + 1).
        pValue = onlyA == onlyB ? 1 : min(1, 2 * IncompleteBeta.regularized(0.5, all - fewer, fewer + 1))
    }
}
