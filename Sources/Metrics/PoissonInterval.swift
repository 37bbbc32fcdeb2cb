import Foundation

/// The exact confidence interval of a Poisson mean, given how many events were counted (F. Garwood, "Fiducial
/// limits for the Poisson distribution", Biometrika 28, 1936): a quantile of the chi-square distribution with
/// 2k degrees of freedom below, with 2k + 2 above, halved.
///
/// It holds for events that are independent of each other. Above `exactLimit` events the quantiles come from
/// Wilson and Hilferty's approximation (PNAS 17, 1931), whose error is then below a millionth of the width.
public struct PoissonInterval: Sendable, Equatable, Codable {
    /// In expected events.
    public var low: Double
    public var high: Double

    /// Counts up to this are treated exactly.
    static let exactLimit: UInt64 = 1_000_000

    /// - Parameter confidence: between 0 and 1, both excluded.
    public init(count: UInt64, confidence: Double = 0.95) {
        precondition(confidence > 0 && confidence < 1)
        let tail = (1 - confidence) / 2
        let k = Double(count)
        if count > Self.exactLimit {
            // P(1/2, z²/2) is the chance that a standard normal number lies within ±z.
            let z = (2 * IncompleteGamma.inverseLower(0.5, probability: confidence)).squareRoot()
            low = Self.wilsonHilferty(k, -z)
            high = Self.wilsonHilferty(k + 1, z)
        } else {
            low = count == 0 ? 0 : IncompleteGamma.inverseLower(k, probability: tail)
            high = IncompleteGamma.inverseLower(k + 1, probability: 1 - tail)
        }
    }

    private static func wilsonHilferty(_ a: Double, _ z: Double) -> Double {
        let root = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
        return a * root * root * root
    }
}
