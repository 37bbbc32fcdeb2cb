/// A parabola through noisy samples of one coordinate, by least squares: position, speed and acceleration
/// at one moment (Savitzky and Golay, Analytical Chemistry 36, 1964).
///
/// The acceleration carries a prior around 0 (and the speed one around a guess, where given), so that a
/// handful of samples gives a sober answer instead of a wild one; with a full window the priors weigh
/// next to nothing.
package struct LocalQuadraticFit: Equatable {
    package var position: Double
    package var speed: Double
    package var acceleration: Double

    /// What is believed before any sample is seen.
    package struct Prior {
        /// Standard deviation of the samples' noise, in the samples' unit.
        package var noise: Double
        /// Standard deviation of the acceleration around 0.
        package var acceleration: Double
        /// The speed expected and how far it may be off.
        package var speed: (guess: Double, deviation: Double)?

        package init(noise: Double, acceleration: Double, speed: (guess: Double, deviation: Double)? = nil) {
            self.noise = noise
            self.acceleration = acceleration
            self.speed = speed
        }
    }

    /// - Parameters:
    ///   - samples: one value per step; NaN for a sample that is missing.
    ///   - window: indices that take part; at least one of them holds a value.
    ///   - index: the moment asked for.
    ///   - interval: seconds per step.
    package init(samples: [Double], window: Range<Int>, at index: Int, interval: Double, prior: Prior) {
        // The normal equations of a + v t + c t²/2, in a's own unit, with t = 0 at `index`.
        var moment = (0.0, 0.0, 0.0, 0.0, 0.0)
        var right = (0.0, 0.0, 0.0)
        // Relative to one sample, so that distances of kilometres cost no digits.
        let origin = samples[window].first { !$0.isNaN } ?? 0
        for other in window where !samples[other].isNaN {
            let t = Double(other - index) * interval
            let half = 0.5 * t * t
            let value = samples[other] - origin
            moment.0 += 1
            moment.1 += t
            moment.2 += t * t
            moment.3 += t * half
            moment.4 += half * half
            right.0 += value
            right.1 += t * value
            right.2 += half * value
        }
        let variance = prior.noise * prior.noise
        var speedMoment = moment.2
        if let speed = prior.speed {
            let weight = variance / (speed.deviation * speed.deviation)
            speedMoment += weight
            right.1 += weight * speed.guess
        }
        let accelerationMoment = moment.4 + variance / (prior.acceleration * prior.acceleration)
        let halfMoment = 0.5 * moment.2
        // Elimination of a symmetric, positive 3 x 3 system, in order a, v, c.
        let r1 = moment.1 / moment.0
        let r2 = halfMoment / moment.0
        let m11 = speedMoment - r1 * moment.1
        let m12 = moment.3 - r1 * halfMoment
        let b1 = right.1 - r1 * right.0
        let single = m11 < 1e-12  // one sample and no guess: standing is all that can be said
        let r3 = single ? 0 : m12 / m11
        let m22 = accelerationMoment - r2 * halfMoment - r3 * m12
        let b2 = right.2 - r2 * right.0 - r3 * b1
        acceleration = single ? 0 : b2 / m22
        speed = single ? 0 : (b1 - m12 * acceleration) / m11
        position = origin + (right.0 - moment.1 * speed - halfMoment * acceleration) / moment.0
    }
}
