import ReproducibleMath
import Testing
import Training
import WorldModel

@Suite struct PerceptronTests {
    private func samples(_ count: Int, seed: UInt64) -> SampleSet {
        var random = TrainingRandom(seed: seed, stream: .samples)
        var set = SampleSet()
        for _ in 0..<count {
            for feature in 0..<SampleSet.rowLength {
                set.features.append(feature < Features.count ? random.normal() : 0)
            }
            set.longitudinal.append(UInt8(random.index(below: 32)))
            set.lateral.append(UInt8(random.index(below: 16)))
        }
        return set
    }

    /// Mean loss of a network with these flat parameters, in double precision.
    private func plainLoss(_ set: SampleSet, widths: [Int], parameters: [Double]) -> Double {
        var total = 0.0
        for sample in 0..<set.count {
            let start = sample * SampleSet.rowLength
            var values = set.features[start..<start + SampleSet.rowLength].map(Double.init)
            var offset = 0
            for (layer, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
                let bias = offset + inputs * outputs
                let next = (0..<outputs).map { output in
                    (0..<inputs).reduce(parameters[bias + output]) {
                        $0 + values[$1] * parameters[offset + $1 * outputs + output]
                    }
                }
                values = layer + 2 < widths.count ? next.map { max(0, $0) } : next
                offset = bias + outputs
            }
            total += crossEntropy(values[..<32], target: Int(set.longitudinal[sample]))
            total += crossEntropy(values[32...], target: Int(set.lateral[sample]))
        }
        return total / Double(set.count)
    }

    private func crossEntropy(_ logits: ArraySlice<Double>, target: Int) -> Double {
        let highest = logits.max() ?? 0
        // A Taylor series after halving ten times keeps this test free of libm.
        let sum = logits.reduce(0) { $0 + exponential($1 - highest) }
        return logarithm(sum) - (logits[logits.startIndex + target] - highest)
    }

    private func exponential(_ x: Double) -> Double {
        let small = x / 1024
        var term = 1.0, sum = 1.0
        for n in 1...12 {
            term *= small / Double(n)
            sum += term
        }
        return (0..<10).reduce(sum) { power, _ in power * power }
    }

    /// Newton's method on `exponential`.
    private func logarithm(_ x: Double) -> Double {
        var y = Double(Elementary.log(Float(x)))
        for _ in 0..<3 { y += x / exponential(y) - 1 }
        return y
    }

    @Test(arguments: [1, 37, 300])
    func theGradientMatchesFiniteDifferences(count: Int) {
        let network = Perceptron(inputs: Features.count, hidden: [32, 16], heads: (32, 16), seed: 5)
        let trainer = PerceptronTrainer(network: network, batchSize: 384)
        let set = samples(count, seed: UInt64(count))
        let loss = trainer.lossAndGradient(set, Array(0..<count)[...]).mean
        let gradient = trainer.lastGradient
        let parameters = network.parameterValues.map(Double.init)
        #expect((loss - plainLoss(set, widths: network.widths, parameters: parameters)).magnitude < 1e-4)

        var random = TrainingRandom(seed: 9, stream: .order)
        let checked = (0..<40).map { _ in random.index(below: parameters.count) }
        // Every layer's biases, too.
        for index in checked + [84 * 32, 84 * 32 + 31, parameters.count - 1, parameters.count - 48 * 17] {
            var moved = parameters
            moved[index] += 1e-5
            let above = plainLoss(set, widths: network.widths, parameters: moved)
            moved[index] -= 2e-5
            let below = plainLoss(set, widths: network.widths, parameters: moved)
            let difference = (above - below) / 2e-5
            #expect(
                (Double(gradient[index]) - difference).magnitude < 1e-4 + 1e-3 * difference.magnitude,
                "parameter \(index)")
        }
    }

    @Test func theExportedNetworkGivesTheLossOfTheTrainedOne() {
        let network = Perceptron(inputs: Features.count, hidden: [48], heads: (32, 16), seed: 3)
        let trainer = PerceptronTrainer(network: network, batchSize: 128)
        let raw = samples(200, seed: 8)
        let mean = (0..<SampleSet.rowLength).map { $0 < Features.count ? 0.1 * Float($0 % 7) : 0 }
        let deviation = (0..<SampleSet.rowLength).map { 0.5 + 0.25 * Float($0 % 5) }
        var standardised = raw
        standardised.standardise(mean: mean, deviation: deviation)
        for _ in 0..<20 {
            _ = trainer.lossAndGradient(standardised, Array(0..<128)[...])
            trainer.update(learningRate: 0.01, weightDecay: 0.01)
        }
        let exported = network.exported(inputs: Features.count, mean: mean, deviation: deviation)
        var total = 0.0
        for sample in 0..<raw.count {
            let start = sample * SampleSet.rowLength
            let features = Array(raw.features[start..<start + Features.count])
            let logits = exported.evaluate(features).map(Double.init)
            total += crossEntropy(logits[..<32], target: Int(raw.longitudinal[sample]))
            total += crossEntropy(logits[32...], target: Int(raw.lateral[sample]))
        }
        #expect((trainer.loss(standardised).mean - total / Double(raw.count)).magnitude < 1e-3)
    }

    @Test func fittingAFewSamplesDrivesTheirLossDown() {
        let trainer = PerceptronTrainer(
            network: Perceptron(inputs: Features.count, hidden: [64], heads: (32, 16), seed: 1),
            batchSize: 128)
        let set = samples(64, seed: 2)
        let before = trainer.loss(set).mean
        for _ in 0..<150 {
            _ = trainer.lossAndGradient(set, Array(0..<64)[...])
            trainer.update(learningRate: 0.01, weightDecay: 0)
        }
        #expect(trainer.loss(set).mean < 0.1 * before)
    }
}
