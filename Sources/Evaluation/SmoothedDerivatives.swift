/// Slope and second derivative at every sample of an evenly sampled signal, from a quadratic that
/// is fitted to the samples within ±0.8 s by least squares (Savitzky & Golay, 1964). Near the ends the
/// window has fewer samples on one side.
package struct SmoothedDerivatives {
    /// Samples on either side.
    package static let reach = 8
    private static let secondsPerSample = 0.1

    /// Slope and second derivative, per second and per second².
    package private(set) var slope: [Double] = []
    package private(set) var curvature: [Double] = []

    package init(_ samples: [Double]) {
        slope.reserveCapacity(samples.count)
        curvature.reserveCapacity(samples.count)
        for centre in samples.indices {
            let first = max(0, centre - Self.reach)
            let last = min(samples.count - 1, centre + Self.reach)
            let (linear, quadratic) = Self.fit(samples, first...last, around: centre)
            slope.append(linear / Self.secondsPerSample)
            curvature.append(2 * quadratic / (Self.secondsPerSample * Self.secondsPerSample))
        }
    }

    /// Coefficients of t and t², t in samples from `centre`. Solved in polynomials that are orthogonal on
    /// the window, so that no system of equations can be singular.
    private static func fit(_ samples: [Double], _ window: ClosedRange<Int>, around centre: Int)
        -> (linear: Double, quadratic: Double)
    {
        let count = Double(window.count)
        guard window.count > 1 else { return (0, 0) }
        let middle = 0.5 * Double(window.lowerBound + window.upperBound)
        // Over u = index - middle: sums of u² and of (u² - m)², m the mean of u².
        let meanSquare = (count * count - 1) / 12
        let squares = count * meanSquare
        let fourths = count * (count * count - 1) * (count * count - 4) / 180
        var alongLine = 0.0
        var alongParabola = 0.0
        let reference = samples[centre]
        for index in window {
            let u = Double(index) - middle
            alongLine += u * (samples[index] - reference)
            alongParabola += (u * u - meanSquare) * (samples[index] - reference)
        }
        let line = alongLine / squares
        let parabola = window.count > 2 ? alongParabola / fourths : 0
        return (line + 2 * parabola * (Double(centre) - middle), parabola)
    }
}
