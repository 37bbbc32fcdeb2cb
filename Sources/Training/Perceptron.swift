import ReproducibleMath
import TrainingKernel
import WorldModel

/// The network in training: a multilayer perceptron with two softmax heads, its loss and its gradient.
///
/// Samples are worked on in chunks of `chunkSize`; each chunk has a workspace and a gradient of its own,
/// so that chunks can run side by side and be summed in order: the same bits on any number of threads.
package final class Perceptron {
    /// Samples in a chunk.
    package static let chunkSize = 128

    /// Inputs (padded to a multiple of 4), hidden widths, outputs.
    package let widths: [Int]
    /// Logits of the first head; the rest are the second's.
    let firstHead: Int
    /// Per layer: weights `[input * outputs + output]`, then biases `[output]`.
    let parameters: AlignedFloats

    package var parameterCount: Int { parameters.count }
    package var parameterValues: [Float] { parameters.array }
    var layerCount: Int { widths.count - 1 }

    /// - Parameters:
    ///   - hidden: widths, multiples of 16.
    ///   - heads: profiles of the two heads, multiples of 16.
    package init(inputs: Int, hidden: [Int], heads: (Int, Int), seed: UInt64) {
        widths = [(inputs + 3) / 4 * 4] + hidden + [heads.0 + heads.1]
        precondition(widths.dropFirst().allSatisfy { $0 % 16 == 0 } && heads.0 % 16 == 0)
        firstHead = heads.0
        parameters = AlignedFloats(
            count: zip(widths, widths.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 })
        var random = TrainingRandom(seed: seed, stream: .initialWeights)
        for layer in 0..<layerCount {
            // He et al. 2015: variance 2 / inputs keeps activations' size; the last layer begins near zero.
            let scale = layer + 1 < layerCount ? (6 / Float(widths[layer])).squareRoot() : 0.01
            let weights = weightOffset(layer)
            for index in 0..<widths[layer] * widths[layer + 1] {
                parameters.pointer[weights + index] = (2 * random.uniform() - 1) * scale
            }
        }
    }

    func weightOffset(_ layer: Int) -> Int {
        (0..<layer).reduce(0) { $0 + (widths[$1] + 1) * widths[$1 + 1] }
    }

    func biasOffset(_ layer: Int) -> Int { weightOffset(layer) + widths[layer] * widths[layer + 1] }

    /// The network as a weights file holds it, with the inputs' standardisation folded into layer 0:
    /// the network was trained on `(feature - mean) / deviation`.
    package func exported(inputs: Int, mean: [Float], deviation: [Float]) -> NetworkWeights {
        let layers = (0..<layerCount).map { layer in
            let count = layer == 0 ? inputs : widths[layer], outputs = widths[layer + 1]
            let weights = parameters.pointer + weightOffset(layer)
            let biases = parameters.pointer + biasOffset(layer)
            var bias = Array(UnsafeBufferPointer(start: biases, count: outputs))
            var transposed = [Float](repeating: 0, count: count * outputs)
            for output in 0..<outputs {
                for input in 0..<count {
                    var weight = weights[input * outputs + output]
                    if layer == 0 {
                        weight /= deviation[input]
                        bias[output] -= weight * mean[input]
                    }
                    transposed[output * count + input] = weight
                }
            }
            return NetworkWeights.Layer(inputs: count, outputs: outputs, weight: transposed, bias: bias)
        }
        return NetworkWeights(layers: layers)
    }
}
