/// What noisy samples of one coordinate up to now say about now: position, speed and acceleration, and how
/// sure that is.
///
/// Bayesian regression on a + v t + c t²/2 + j t³/6 with normal priors (Bishop 2006, section 3.3). The
/// posterior covariance is what a simulation draws its start from: nobody knows a recorded vehicle's speed
/// to the centimetre from one noisy second.
package struct PastStateFit {
    /// What is believed before any sample is seen: standard deviations.
    package struct Prior {
        /// Of the samples' noise, in the samples' unit.
        package var noise: Double
        /// Of the acceleration and its change around 0.
        package var acceleration: Double
        package var jerk: Double
        /// The speed expected and how far it may be off.
        package var speed: (guess: Double, deviation: Double)?

        package init(
            noise: Double, acceleration: Double, jerk: Double, speed: (guess: Double, deviation: Double)?
        ) {
            self.noise = noise
            self.acceleration = acceleration
            self.jerk = jerk
            self.speed = speed
        }
    }

    package let position: Double
    package let speed: Double
    package let acceleration: Double
    package let jerk: Double
    package let spread: StateSpread

    /// - Parameters:
    ///   - samples: the newest last, one per step; NaN for a sample that is missing, at least one is not.
    ///   - interval: seconds per step.
    package init(samples: [Double], interval: Double, prior: Prior) {
        let origin = samples.last { !$0.isNaN } ?? 0
        // Normal equations in units of the noise; unknowns a, v, c, j.
        let weight = 1 / (prior.noise * prior.noise)
        var matrix = [[Double]](repeating: [0, 0, 0, 0], count: 4)
        var right = [0.0, 0.0, 0.0, 0.0]
        for (index, sample) in samples.enumerated() where !sample.isNaN {
            let t = Double(index - samples.count + 1) * interval
            let basis = [1, t, 0.5 * t * t, t * t * t / 6]
            for i in 0..<4 {
                for j in 0..<4 { matrix[i][j] += weight * basis[i] * basis[j] }
                right[i] += weight * basis[i] * (sample - origin)
            }
        }
        let speed = prior.speed ?? (0, Self.anySpeed)
        matrix[1][1] += 1 / (speed.deviation * speed.deviation)
        right[1] += speed.guess / (speed.deviation * speed.deviation)
        matrix[2][2] += 1 / (prior.acceleration * prior.acceleration)
        matrix[3][3] += 1 / (prior.jerk * prior.jerk)
        let (mean, covariance) = Self.solve(matrix, right)
        position = origin + mean[0]
        self.speed = mean[1]
        acceleration = mean[2]
        jerk = mean[3]
        spread = StateSpread(covariance: covariance)
    }

    /// A speed about which nothing is known, m/s.
    private static let anySpeed = 30.0

    /// Solution and inverse of a symmetric, positive definite 4 x 4 system, by Gauss–Jordan elimination.
    private static func solve(_ matrix: [[Double]], _ right: [Double]) -> ([Double], [[Double]]) {
        var rows = (0..<4).map { i in matrix[i] + (0..<4).map { $0 == i ? 1 : 0 } }
        for pivot in 0..<4 {
            let scale = 1 / rows[pivot][pivot]
            for column in 0..<8 { rows[pivot][column] *= scale }
            for row in 0..<4 where row != pivot {
                let factor = rows[row][pivot]
                for column in 0..<8 { rows[row][column] -= factor * rows[pivot][column] }
            }
        }
        let inverse = rows.map { Array($0[4...]) }
        let solution = inverse.map { row in zip(row, right).reduce(0) { $0 + $1.0 * $1.1 } }
        return (solution, inverse)
    }
}

/// How far position, speed and acceleration of one coordinate may be off, together: the lower triangular
/// root L of their covariance, so that the mean plus L times three standard normal numbers is a draw.
public struct StateSpread: Sendable, Equatable {
    /// m, m/s, m/s²: rows of L.
    public var position: Float = 0
    public var speed: (Float, Float) = (0, 0)
    public var acceleration: (Float, Float, Float) = (0, 0, 0)

    /// No doubt at all.
    public init() {}

    /// - Parameter root: L, `[row * 3 + column]`.
    package init(root: [Float]) {
        position = root[0]
        speed = (root[3], root[4])
        acceleration = (root[6], root[7], root[8])
    }

    package func scaled(by factor: Float) -> StateSpread {
        StateSpread(
            root: [position, 0, 0, speed.0, speed.1, 0, acceleration.0, acceleration.1, acceleration.2]
                .map { factor * $0 })
    }

    /// Cholesky's decomposition of the upper left 3 x 3 part.
    init(covariance c: [[Double]]) {
        let l00 = max(c[0][0], 0).squareRoot()
        let l10 = l00 > 0 ? c[1][0] / l00 : 0
        let l20 = l00 > 0 ? c[2][0] / l00 : 0
        let l11 = max(c[1][1] - l10 * l10, 0).squareRoot()
        let l21 = l11 > 0 ? (c[2][1] - l20 * l10) / l11 : 0
        let l22 = max(c[2][2] - l20 * l20 - l21 * l21, 0).squareRoot()
        position = Float(l00)
        speed = (Float(l10), Float(l11))
        acceleration = (Float(l20), Float(l21), Float(l22))
    }

    /// The deviations that three standard normal numbers stand for.
    ///
    /// - Parameter z: the fourth is not needed.
    public func draw(_ z: SIMD4<Float>) -> (position: Float, speed: Float, acceleration: Float) {
        (
            position * z.x, speed.0 * z.x + speed.1 * z.y,
            acceleration.0 * z.x + acceleration.1 * z.y + acceleration.2 * z.z
        )
    }

    public static func == (a: StateSpread, b: StateSpread) -> Bool {
        a.position == b.position && a.speed == b.speed && a.acceleration == b.acceleration
    }
}
