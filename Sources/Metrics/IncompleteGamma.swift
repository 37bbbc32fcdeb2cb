import Foundation

/// The regularised incomplete gamma function and its inverse, in double precision.
package enum IncompleteGamma {
    /// P(a, x) for a > 0, x >= 0: the chance that a gamma-distributed number of shape `a` and scale 1 is
    /// at most `x`. Series 6.5.29 of Abramowitz & Stegun below a + 1, continued fraction 6.5.31 (modified
    /// Lentz) above.
    package static func regularizedLower(_ a: Double, _ x: Double) -> Double {
        guard x > 0 else { return 0 }
        let front = exp(a * log(x) - x - logGamma(a))
        return x < a + 1 ? front * series(a, x) : 1 - front * fraction(a, x)
    }

    /// The x at which P(a, x) = `probability`, for 0 < probability < 1. Newton's method, kept inside a
    /// bracket.
    package static func inverseLower(_ a: Double, probability: Double) -> Double {
        var low = 0.0
        var high = a + 1
        while regularizedLower(a, high) < probability { high *= 2 }
        var x = min(a, high)
        for _ in 0..<200 {
            let excess = regularizedLower(a, x) - probability
            if excess < 0 { low = x } else { high = x }
            let density = exp((a - 1) * log(x) - x - logGamma(a))
            let newton = x - excess / density
            let next = newton > low && newton < high ? newton : (low + high) / 2
            if abs(next - x) <= 1e-14 * x { return next }
            x = next
        }
        return x
    }

    private static func series(_ a: Double, _ x: Double) -> Double {
        var term = 1 / a
        var sum = term
        var n = a
        while term > sum * 1e-17 {
            n += 1
            term *= x / n
            sum += term
        }
        return sum
    }

    private static func fraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var value = d
        var i = 1.0
        while i < 1e7 {
            let numerator = -i * (i - a)
            b += 2
            d = numerator * d + b
            if abs(d) < tiny { d = tiny }
            c = b + numerator / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let factor = c * d
            value *= factor
            if abs(factor - 1) < 1e-16 { break }
            i += 1
        }
        return value
    }

    private static func logGamma(_ a: Double) -> Double { lgamma(a).0 }
}
