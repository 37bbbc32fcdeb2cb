/// A multilayer perceptron with rectified linear units between its layers.
///
/// Inputs: `Features.count`. Outputs: one logit per longitudinal profile, then one per lateral profile.
public struct NetworkWeights: Sendable, Equatable {
    public struct Layer: Sendable, Equatable {
        public var inputs: Int
        /// A multiple of 8.
        public var outputs: Int
        /// `[output * inputs + input]`.
        public var weight: [Float]
        /// `[output]`.
        public var bias: [Float]

        public init(inputs: Int, outputs: Int, weight: [Float], bias: [Float]) {
            precondition(weight.count == inputs * outputs && bias.count == outputs)
            self.inputs = inputs
            self.outputs = outputs
            self.weight = weight
            self.bias = bias
        }
    }

    public var layers: [Layer]

    public init(layers: [Layer]) { self.layers = layers }

    /// Multiply-adds that one evaluation needs.
    public var multiplyAdds: Int { layers.reduce(0) { $0 + $1.inputs * $1.outputs } }
}
