import TrainingKernel

/// Memory for one chunk's passes.
final class ChunkWorkspace {
    /// Per layer boundary `[sample * width + unit]`: inputs, hidden activations, logits.
    let activations: [AlignedFloats]
    /// The loss's gradient by the same quantities.
    let deltas: [AlignedFloats]
    /// The gradient by the parameters, summed over the chunk.
    let gradient: AlignedFloats
    var targets = [(longitudinal: UInt8, lateral: UInt8)](repeating: (0, 0), count: Perceptron.chunkSize)
    /// Samples in use, from the first.
    var count = 0
    /// Summed loss of each head, nats.
    var losses = (longitudinal: Float(0), lateral: Float(0))

    init(for network: Perceptron) {
        activations = network.widths.map { AlignedFloats(count: $0 * Perceptron.chunkSize) }
        deltas = network.widths.map { AlignedFloats(count: $0 * Perceptron.chunkSize) }
        gradient = AlignedFloats(count: network.parameterCount)
    }
}

extension Perceptron {
    /// Logits for the chunk's inputs.
    func forward(_ chunk: ChunkWorkspace) {
        for layer in 0..<layerCount {
            let outputs = widths[layer + 1]
            let result = chunk.activations[layer + 1].pointer
            for sample in 0..<Self.chunkSize {
                (result + sample * outputs).update(
                    from: parameters.pointer + biasOffset(layer), count: outputs)
            }
            addProduct(
                rows: Self.chunkSize, columns: outputs, depth: widths[layer],
                a: chunk.activations[layer].pointer, aRow: widths[layer], aDepth: 1,
                b: parameters.pointer + weightOffset(layer), to: result)
            if layer + 1 < layerCount { rectify(result, count: outputs * Self.chunkSize) }
        }
    }

    /// The chunk's losses; leaves the gradient by the logits, times `scale`, in the last delta.
    func loss(_ chunk: ChunkWorkspace, scale: Float) {
        let outputs = widths[layerCount]
        let delta = chunk.deltas[layerCount]
        delta.pointer.update(from: chunk.activations[layerCount].pointer, count: delta.count)
        chunk.losses = (0, 0)
        for sample in 0..<chunk.count {
            let row = delta.pointer + sample * outputs
            let target = chunk.targets[sample]
            chunk.losses.longitudinal += softmaxLoss(
                row, count: firstHead, target: Int(target.longitudinal), scale: scale)
            chunk.losses.lateral += softmaxLoss(
                row + firstHead, count: outputs - firstHead, target: Int(target.lateral), scale: scale)
        }
        (delta.pointer + chunk.count * outputs).update(
            repeating: 0, count: (Self.chunkSize - chunk.count) * outputs)
    }

    /// The gradient by the parameters, from the last delta.
    ///
    /// - Parameter transposed: per layer `[output * inputs + input]`, see `transpose(into:)`.
    func backward(_ chunk: ChunkWorkspace, transposed: [AlignedFloats]) {
        chunk.gradient.clear()
        for layer in (0..<layerCount).reversed() {
            let inputs = widths[layer], outputs = widths[layer + 1]
            let delta = chunk.deltas[layer + 1].pointer
            let activation = chunk.activations[layer].pointer
            addProduct(
                rows: inputs, columns: outputs, depth: Self.chunkSize, a: activation, aRow: 1, aDepth: inputs,
                b: delta, to: chunk.gradient.pointer + weightOffset(layer))
            let bias = chunk.gradient.pointer + biasOffset(layer)
            for sample in 0..<chunk.count {
                for output in 0..<outputs { bias[output] += delta[sample * outputs + output] }
            }
            if layer == 0 { break }
            let before = chunk.deltas[layer]
            before.clear()
            addProduct(
                rows: Self.chunkSize, columns: inputs, depth: outputs, a: delta, aRow: outputs, aDepth: 1,
                b: transposed[layer].pointer, to: before.pointer)
            rectifyGradient(before.pointer, where: activation, count: before.count)
        }
    }

    /// Writes every layer's weights with rows and columns exchanged.
    func transpose(into transposed: [AlignedFloats]) {
        for layer in 1..<layerCount {
            let inputs = widths[layer], outputs = widths[layer + 1]
            let weights = parameters.pointer + weightOffset(layer)
            let result = transposed[layer].pointer
            for input in 0..<inputs {
                for output in 0..<outputs {
                    result[output * inputs + input] = weights[input * outputs + output]
                }
            }
        }
    }
}
