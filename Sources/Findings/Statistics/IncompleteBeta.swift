import Foundation

/// The regularised incomplete beta function and its inverse, in double precision.
enum IncompleteBeta {
    /// I_x(a, b) for a, b > 0 and x in 0...1: the chance that a beta-distributed number is at most x. Continued
    /// fraction 26.5.8 of Abramowitz & Stegun by the modified Lentz method, on the side where it converges
    /// fast.
    static func regularized(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        let front = exp(a * log(x) + b * log1p(-x) - logBeta(a, b))
        return x < (a + 1) / (a + b + 2)
            ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b
    }

    /// The x at which I_x(a, b) = `probability`, for 0 < probability < 1. Newton's method, kept inside a
    /// bracket.
    static func inverse(probability: Double, _ a: Double, _ b: Double) -> Double {
        var low = 0.0, high = 1.0
        var x = a / (a + b)
        for _ in 0..<200 {
            let excess = regularized(x, a, b) - probability
            if excess < 0 { low = x } else { high = x }
            let density = exp((a - 1) * log(x) + (b - 1) * log1p(-x) - logBeta(a, b))
            let newton = x - excess / density
            let next = newton > low && newton < high ? newton : (low + high) / 2
            if abs(next - x) <= 1e-15 * x { return next }
            x = next
        }
        return x
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func bounded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / bounded(1 - (a + b) * x / (a + 1))
        var value = d
        var m = 1.0
        while m < 1e7 {
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / bounded(1 + even * d)
            c = bounded(1 + even / c)
            value *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / bounded(1 + odd * d)
            c = bounded(1 + odd / c)
            value *= d * c
            if abs(d * c - 1) < 1e-16 { break }
            m += 1
        }
        return value
    }

    private static func logBeta(_ a: Double, _ b: Double) -> Double {
        lgamma(a).0 + lgamma(b).0 - lgamma(a + b).0
    }
}
