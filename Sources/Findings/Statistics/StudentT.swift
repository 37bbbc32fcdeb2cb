/// Student's t distribution.
package enum StudentT {
    /// The t that is exceeded, to either side, with probability 1 - `confidence`.
    ///
    /// - Parameter degrees: of freedom, above 0.
    package static func critical(degrees: Double, confidence: Double = 0.95) -> Double {
        // P(|T| > t) = I_x(v/2, 1/2) with x = v / (v + t²).
        let x = IncompleteBeta.inverse(probability: 1 - confidence, degrees / 2, 0.5)
        return (degrees * (1 - x) / x).squareRoot()
    }
}
