import Dispatch
import TrainingKernel

/// Runs batches through a `Perceptron` and updates it with AdamW, on all cores.
package final class PerceptronTrainer {
    package let network: Perceptron
    /// Chunks in a batch.
    private let chunks: [ChunkWorkspace]
    private let transposed: [AlignedFloats]
    private let gradient: AlignedFloats
    private let firstMoment: AlignedFloats
    private let secondMoment: AlignedFloats
    private var decays: (first: Float, second: Float) = (1, 1)

    package var batchSize: Int { chunks.count * Perceptron.chunkSize }

    /// - Parameter batchSize: rounded down to a multiple of `Perceptron.chunkSize`.
    package init(network: Perceptron, batchSize: Int) {
        self.network = network
        chunks = (0..<max(1, batchSize / Perceptron.chunkSize)).map { _ in ChunkWorkspace(for: network) }
        transposed = (0..<network.layerCount).map {
            AlignedFloats(count: network.widths[$0] * network.widths[$0 + 1])
        }
        gradient = AlignedFloats(count: network.parameterCount)
        firstMoment = AlignedFloats(count: network.parameterCount)
        secondMoment = AlignedFloats(count: network.parameterCount)
    }

    /// Summed losses (nats) of the samples `indices`, at most a batch of them, and the mean loss's gradient.
    package func lossAndGradient(_ samples: SampleSet, _ indices: ArraySlice<Int>) -> HeadLosses {
        network.transpose(into: transposed)
        let losses = run(samples, indices) { [network, transposed] chunk in
            network.backward(chunk, transposed: transposed)
        }
        gradient.clear()
        for chunk in chunks where chunk.count > 0 {
            for index in 0..<gradient.count { gradient.pointer[index] += chunk.gradient.pointer[index] }
        }
        return losses
    }

    /// The gradient of the last call of `lossAndGradient`, in the order of `Perceptron.parameters`.
    package var lastGradient: [Float] { gradient.array }

    /// Summed losses of any number of samples.
    package func loss(_ samples: SampleSet) -> HeadLosses {
        let all = Array(0..<samples.count)
        var total = HeadLosses()
        for start in stride(from: 0, to: all.count, by: batchSize) {
            total.add(run(samples, all[start..<min(start + batchSize, all.count)]) { _ in })
        }
        return total
    }

    /// One update along the last gradient.
    package func update(learningRate: Float, weightDecay: Float) {
        decays.first *= AdamStep.firstDecay
        decays.second *= AdamStep.secondDecay
        for layer in 0..<network.layerCount {
            let weights = network.weightOffset(layer), biases = network.biasOffset(layer)
            let end = biases + network.widths[layer + 1]
            for (start, end, decay) in [(weights, biases, weightDecay), (biases, end, 0)] {
                let step = AdamStep(
                    learningRate: learningRate, weightDecay: decay, firstCorrection: 1 - decays.first,
                    secondCorrection: 1 - decays.second)
                step.update(
                    network.parameters.pointer + start, gradient: gradient.pointer + start,
                    first: firstMoment.pointer + start, second: secondMoment.pointer + start,
                    count: end - start)
            }
        }
    }

    /// Forward pass and loss of every chunk, then `finish`; chunks run side by side, sums are in order.
    private func run(
        _ samples: SampleSet, _ indices: ArraySlice<Int>, finish: (ChunkWorkspace) -> Void
    ) -> HeadLosses {
        precondition(indices.count <= batchSize)
        let scale = 1 / Float(max(indices.count, 1))
        sideBySide(chunks.count) { [chunks, network] number in
            let chunk = chunks[number]
            let start = min(indices.startIndex + number * Perceptron.chunkSize, indices.endIndex)
            let end = min(start + Perceptron.chunkSize, indices.endIndex)
            chunk.count = end - start
            if chunk.count == 0 { return }
            samples.gather(indices[start..<end], into: chunk)
            network.forward(chunk)
            network.loss(chunk, scale: scale)
            finish(chunk)
        }
        var total = HeadLosses()
        for chunk in chunks where chunk.count > 0 {
            total.add(
                HeadLosses(
                    longitudinal: Double(chunk.losses.longitudinal), lateral: Double(chunk.losses.lateral),
                    count: chunk.count))
        }
        return total
    }
}

/// Negative log likelihoods of the two heads, nats, summed over `count` samples.
package struct HeadLosses: Sendable {
    package var longitudinal = 0.0
    package var lateral = 0.0
    package var count = 0

    package mutating func add(_ other: HeadLosses) {
        longitudinal += other.longitudinal
        lateral += other.lateral
        count += other.count
    }

    /// Mean over the samples, both heads together.
    package var mean: Double { count == 0 ? 0 : (longitudinal + lateral) / Double(count) }
}

/// Runs `work` for 0 ..< `count` on all cores and returns when all are done. Each call must write only
/// to what belongs to its number.
func sideBySide(_ count: Int, _ work: (Int) -> Void) {
    withoutActuallyEscaping(work) { work in
        struct Box: @unchecked Sendable { let work: (Int) -> Void }
        let box = Box(work: work)
        DispatchQueue.concurrentPerform(iterations: count) { box.work($0) }
    }
}
