import ReproducibleMath

/// A sequence of random numbers for one use in training, a pure function of seed, stream and part.
package struct TrainingRandom {
    /// What a sequence is for.
    package enum Stream: UInt64 {
        case initialWeights = 1, vocabulary, samples, order, closedLoop
    }

    private let random: CounterRandom
    private let part: UInt32
    private var drawn: UInt32 = 0
    private var words = SIMD4<UInt32>()

    /// - Parameter part: tells sequences of one stream apart (an epoch, a frame).
    package init(seed: UInt64, stream: Stream, part: Int = 0) {
        random = CounterRandom(seed: seed, scenario: stream.rawValue)
        self.part = UInt32(truncatingIfNeeded: part)
    }

    /// 32 random bits.
    package mutating func word() -> UInt32 {
        if drawn % 4 == 0 { words = random.bits(agent: part, step: drawn / 4, purpose: .training) }
        defer { drawn += 1 }
        return words[Int(drawn % 4)]
    }

    /// Uniform over (0, 1).
    package mutating func uniform() -> Float { Float(word() >> 9) * 1.192_092_9e-7 + 5.960_464_5e-8 }

    /// Uniform over 0 ..< `count`.
    package mutating func index(below count: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(word()) * UInt64(count)) >> 32)
    }

    /// Standard normal (Box–Muller).
    package mutating func normal() -> Float {
        let radius = (-2 * Elementary.log(uniform())).squareRoot()
        return radius * Elementary.sineAndCosine(6.283_185_3 * uniform()).cosine
    }
}
