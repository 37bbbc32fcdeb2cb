import ReproducibleMath
import WorldModel

/// Trains a street driver on recordings: a perceptron, cross-entropy, Adam (Kingma & Ba 2015) with
/// decoupled weight decay. One thread, so the same bits every time on one machine.
public struct StreetTrainer {
    public struct Options: Sendable {
        public var hidden = [48, 48]
        public var epochs = 14
        public var batch = 256
        public var learningRate: Float = 2e-3
        public var weightDecay: Float = 0.02
        /// Standard deviation of noise on the standardised inputs, so that a few scenes are not learned by
        /// heart.
        public var inputNoise: Float = 0.15
        public var seed: UInt64 = 1

        public init() {}
    }

    public struct Progress: Sendable {
        public var epoch: Int
        public var epochs: Int
        /// Nats per decision on the training samples.
        public var loss: Double
    }

    /// - Parameter recordings: at least one.
    public static func train(
        _ recordings: [StreetRecording], options: Options = Options(), progress: (Progress) -> Void = { _ in }
    ) -> StreetDriver {
        var samples = StreetSamples()
        for recording in recordings { samples.add(recording) }
        var trainer = StreetTrainer(samples, options)
        var loss = 0.0
        for epoch in 0..<options.epochs {
            loss = trainer.pass(epoch)
            progress(Progress(epoch: epoch + 1, epochs: options.epochs, loss: loss))
        }
        return StreetDriver(
            network: trainer.network(), turnWeights: samples.turnWeights(),
            provenance: [
                "made_by": "longhaul train-streets",
                "training_data": recordings.map(\.name).joined(separator: " "),
                "data_origin": "NGSIM: open data of the US Federal Highway Administration, as packaged by CommonRoad "
                    + "(Technical University of Munich), map geometry © OpenStreetMap contributors, ODbL.",
                "samples": String(samples.count), "forks": String(samples.forks.count),
                "seed": String(options.seed), "epochs": String(options.epochs), "batch_size": String(options.batch),
                "learning_rate": String(options.learningRate), "weight_decay": String(options.weightDecay),
                "input_noise": String(options.inputNoise),
                "hidden_widths": options.hidden.map(String.init).joined(separator: " "),
                "training_nats": String((loss * 10_000).rounded() / 10_000),
            ])
    }

    private let samples: StreetSamples
    private let options: Options
    private let widths: [Int]
    /// Per layer, `[input * outputs + output]`.
    private var weights: [[Float]]
    private var biases: [[Float]]
    private var moments: [(first: [Float], second: [Float])]
    private var updates: Float = 0
    private var mean: [Float]
    private var deviation: [Float]

    private init(_ samples: StreetSamples, _ options: Options) {
        self.samples = samples
        self.options = options
        let inputs = StreetFeatures.count
        widths = [inputs] + options.hidden + [StreetDriver.tokens]
        let random = CounterRandom(seed: options.seed, scenario: 0)
        weights = zip(widths, widths.dropFirst()).enumerated().map { layer, size in
            let scale = (2 / Float(size.0)).squareRoot() * (layer == options.hidden.count ? 0.1 : 1)
            return (0..<size.0 * size.1).map {
                scale * random.normals(agent: UInt32($0), step: UInt32(layer), purpose: .training).x
            }
        }
        biases = widths.dropFirst().map { Array(repeating: 0, count: $0) }
        moments = (weights + biases).map { (Array(repeating: 0, count: $0.count), Array(repeating: 0, count: $0.count)) }
        mean = Array(repeating: 0, count: inputs)
        deviation = mean
        for row in 0..<samples.count {
            for input in 0..<inputs { mean[input] += samples.features[row * inputs + input] / Float(samples.count) }
        }
        for row in 0..<samples.count {
            for input in 0..<inputs {
                let away = samples.features[row * inputs + input] - mean[input]
                deviation[input] += away * away / Float(samples.count)
            }
        }
        for input in 0..<inputs { deviation[input] = max(deviation[input].squareRoot(), 0.05) }
    }

    /// One pass over the samples; the mean loss.
    private mutating func pass(_ epoch: Int) -> Double {
        let random = CounterRandom(seed: options.seed, scenario: UInt64(epoch + 1))
        var order = (0..<samples.count).map { row in
            (random.bits(agent: UInt32(row), step: 0, purpose: .training).x, row)
        }
        order.sort { $0 < $1 }
        var loss = 0.0
        for start in stride(from: 0, to: order.count, by: options.batch) {
            let rows = order[start..<min(start + options.batch, order.count)].map(\.1)
            var gradients = (weights + biases).map { [Float](repeating: 0, count: $0.count) }
            for row in rows { loss += learn(row, random, &gradients, scale: 1 / Float(rows.count)) }
            let done = Float(epoch * order.count + start) / Float(options.epochs * order.count)
            update(gradients, rate: options.learningRate * (1 - done))
        }
        return loss / Double(max(samples.count, 1))
    }

    private func input(_ row: Int, _ random: CounterRandom) -> [Float] {
        let count = StreetFeatures.count
        return (0..<count).map { input in
            let noise = random.normals(agent: UInt32(row), step: UInt32(1 + input / 4), purpose: .training)
            return (samples.features[row * count + input] - mean[input]) / deviation[input]
                + options.inputNoise * noise[input % 4]
        }
    }

    /// Adds one sample's gradient; its loss in nats.
    private func learn(_ row: Int, _ random: CounterRandom, _ gradients: inout [[Float]], scale: Float) -> Double {
        var layers = [input(row, random)]
        for layer in weights.indices {
            var output = biases[layer]
            let count = output.count
            weights[layer].withUnsafeBufferPointer { weight in
                output.withUnsafeMutableBufferPointer { output in
                    for (input, value) in layers[layer].enumerated() where value != 0 {
                        let line = input * count
                        for index in 0..<count { output[index] += value * weight[line + index] }
                    }
                }
            }
            if layer + 1 < weights.count { for index in output.indices where output[index] < 0 { output[index] = 0 } }
            layers.append(output)
        }
        var error = layers[layers.count - 1]
        let highest = error.max() ?? 0
        var sum: Float = 0
        for index in error.indices {
            error[index] = Elementary.exp(error[index] - highest)
            sum += error[index]
        }
        let token = Int(samples.tokens[row])
        let loss = Double(-Elementary.log(max(error[token] / sum, 1e-12)))
        for index in error.indices { error[index] = scale * (error[index] / sum - (index == token ? 1 : 0)) }
        for layer in weights.indices.reversed() {
            let count = error.count
            var before = [Float](repeating: 0, count: layers[layer].count)
            weights[layer].withUnsafeBufferPointer { weight in
                gradients[layer].withUnsafeMutableBufferPointer { gradient in
                    for (input, value) in layers[layer].enumerated() {
                        let line = input * count
                        guard value != 0 else { continue }
                        var back: Float = 0
                        for index in 0..<count {
                            gradient[line + index] += value * error[index]
                            back += weight[line + index] * error[index]
                        }
                        before[input] = back
                    }
                }
            }
            let bias = weights.count + layer
            for index in 0..<count { gradients[bias][index] += error[index] }
            error = before
        }
        return loss
    }

    private mutating func update(_ gradients: [[Float]], rate: Float) {
        updates += 1
        let first: Float = 0.9, second: Float = 0.999
        // The decays' powers, by whole-number exponentiation: exact operations only.
        func remaining(_ decay: Float) -> Float { 1 - (0..<Int(min(updates, 5000))).reduce(Float(1)) { power, _ in power * decay } }
        let (firstScale, secondScale) = (1 / remaining(first), 1 / remaining(second))
        for group in gradients.indices {
            let isWeight = group < weights.count
            for index in gradients[group].indices {
                let gradient = gradients[group][index]
                moments[group].first[index] = first * moments[group].first[index] + (1 - first) * gradient
                moments[group].second[index] = second * moments[group].second[index] + (1 - second) * gradient * gradient
                let change = rate * moments[group].first[index] * firstScale
                    / ((moments[group].second[index] * secondScale).squareRoot() + 1e-8)
                if isWeight {
                    weights[group][index] -= change + rate * options.weightDecay * weights[group][index]
                } else {
                    biases[group - weights.count][index] -= change
                }
            }
        }
    }

    /// The network with the inputs' standardisation folded into its first layer.
    private func network() -> NetworkWeights {
        NetworkWeights(
            layers: weights.indices.map { layer in
                let (inputs, outputs) = (widths[layer], widths[layer + 1])
                var bias = biases[layer]
                var transposed = [Float](repeating: 0, count: inputs * outputs)
                for output in 0..<outputs {
                    for input in 0..<inputs {
                        var weight = weights[layer][input * outputs + output]
                        if layer == 0 {
                            weight /= deviation[input]
                            bias[output] -= weight * mean[input]
                        }
                        transposed[output * inputs + input] = weight
                    }
                }
                return NetworkWeights.Layer(inputs: inputs, outputs: outputs, weight: transposed, bias: bias)
            })
    }
}
