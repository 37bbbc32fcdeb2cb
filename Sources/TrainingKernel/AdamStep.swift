// Hot code: no allocation, reference counting, locks or throwing in this file.

/// One AdamW update's numbers (Loshchilov & Hutter, "Decoupled weight decay regularization", 2019).
public struct AdamStep: Sendable {
    public var learningRate: Float
    /// Share of a weight that decays per unit of learning rate.
    public var weightDecay: Float
    /// 1 - β₁ᵗ and 1 - β₂ᵗ for step t.
    public var firstCorrection: Float
    public var secondCorrection: Float

    public static let firstDecay: Float = 0.9, secondDecay: Float = 0.99
    public static let epsilon: Float = 1e-8

    public init(
        learningRate: Float, weightDecay: Float, firstCorrection: Float, secondCorrection: Float
    ) {
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.firstCorrection = firstCorrection
        self.secondCorrection = secondCorrection
    }

    /// Updates `count` parameters (a multiple of 16) and their moments.
    @inline(never)
    public func update(
        _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, count: Int
    ) {
        let keep = SIMD16<Float>(repeating: 1 - learningRate * weightDecay)
        let rate = SIMD16<Float>(repeating: learningRate / firstCorrection)
        let inverse = SIMD16<Float>(repeating: 1 / secondCorrection)
        for start in stride(from: 0, to: count, by: 16) {
            let g = load(gradient + start)
            let m = load(first + start) * Self.firstDecay + g * (1 - Self.firstDecay)
            let v = load(second + start) * Self.secondDecay + g * g * (1 - Self.secondDecay)
            store(m, first + start)
            store(v, second + start)
            let change = rate * m / ((v * inverse).squareRoot() + Self.epsilon)
            store(load(parameters + start) * keep - change, parameters + start)
        }
    }
}
