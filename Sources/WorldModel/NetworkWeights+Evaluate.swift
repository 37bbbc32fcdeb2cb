import ReproducibleMath

extension NetworkWeights {
    /// The logits for one agent's features: the plain definition that every kernel must match bit for bit.
    ///
    /// Each output starts at its bias and adds `weight * input` in input order, each with one rounding.
    public func evaluate(_ features: [Float]) -> [Float] {
        var values = features
        for (index, layer) in layers.enumerated() {
            var next = layer.bias
            for output in 0..<layer.outputs {
                for input in 0..<layer.inputs {
                    next[output] = next[output].addingProduct(
                        values[input], layer.weight[output * layer.inputs + input])
                }
                if index + 1 < layers.count && !(next[output] > 0) { next[output] = 0 }
            }
            values = next
        }
        return values
    }
}
