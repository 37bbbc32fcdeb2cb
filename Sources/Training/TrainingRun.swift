import ReproducibleMath
import WorldModel

/// The epochs of one training run.
struct TrainingRun {
    let options: TrainingOptions
    let builder: SampleBuilder
    let vocabulary: MotionVocabulary
    private var first: SampleSet
    private var held: SampleSet
    private(set) var baselines = (uniform: 0.0, frequencies: 0.0)
    private(set) var lastReport: TrainingProgress.EpochReport?
    private(set) var decisions = 0

    init(
        options: TrainingOptions, builder: SampleBuilder, judge: SampleBuilder, vocabulary: MotionVocabulary
    ) {
        self.options = options
        self.builder = builder
        self.vocabulary = vocabulary
        var plain = SampleBuilder.Options()
        plain.seed = options.seed
        plain.frameStride = 5
        plain.mirrors = false
        held = judge.samples(epoch: 0, options: plain)
        first = builder.samples(epoch: 0, options: Self.sampling(options))
    }

    var isPossible: Bool { first.count >= options.batchSize && held.count > 0 }

    private static func sampling(_ options: TrainingOptions) -> SampleBuilder.Options {
        var sampling = SampleBuilder.Options()
        sampling.seed = options.seed
        sampling.frameStride = options.frameStride
        sampling.disturbedShare = options.disturbedShare
        sampling.strayedShare = options.strayedShare
        sampling.slowedShare = options.slowedShare
        sampling.thinnedShare = options.thinnedShare
        sampling.wholeShare = options.wholeShare
        sampling.estimatedShare = options.estimatedShare
        sampling.knownShare = options.knownTraitsShare
        return sampling
    }

    mutating func train(_ progress: (TrainingProgress) -> Void) throws -> NetworkWeights {
        let heads = (vocabulary.longitudinalCount, vocabulary.lateralCount)
        baselines = (
            Self.logOf(heads.0) + Self.logOf(heads.1),
            Self.frequencyLoss(first.longitudinal, held.longitudinal, classes: heads.0)
                + Self.frequencyLoss(first.lateral, held.lateral, classes: heads.1)
        )
        progress(.baselines(uniform: baselines.uniform, frequencies: baselines.frequencies))
        let (mean, deviation) = first.standardisation()
        held.standardise(mean: mean, deviation: deviation)
        let trainer = PerceptronTrainer(
            network: Perceptron(
                inputs: Features.count, hidden: options.hiddenWidths, heads: heads, seed: options.seed),
            batchSize: options.batchSize)
        for epoch in 0..<options.epochs {
            var samples = epoch == 0
                ? first : builder.samples(epoch: epoch, options: Self.sampling(options))
            first = SampleSet()
            if Float(epoch) >= options.closedLoopFrom * Float(options.epochs) {
                samples.append(
                    builder.closedLoopSamples(
                        epoch: epoch, options: Self.sampling(options),
                        policy: NetworkPolicy(network: trainer.network, mean: mean, deviation: deviation),
                        stride: options.closedLoopStride, choices: options.closedLoopChoices))
            }
            samples.standardise(mean: mean, deviation: deviation)
            let losses = pass(samples, epoch: epoch, trainer: trainer)
            guard losses.mean.isFinite else { throw TrainingError.diverged(epoch: epoch + 1) }
            decisions += losses.count
            let validation = trainer.loss(held)
            let report = TrainingProgress.EpochReport(
                epoch: epoch + 1, epochs: options.epochs, decisions: losses.count, trainingLoss: losses.mean,
                validationLoss: validation.mean,
                validationLongitudinal: validation.longitudinal / Double(validation.count),
                validationLateral: validation.lateral / Double(validation.count))
            lastReport = report
            progress(.epoch(report))
        }
        return trainer.network.exported(inputs: Features.count, mean: mean, deviation: deviation)
    }

    /// One pass over the samples in a new order; what is left of the last batch is dropped.
    private func pass(
        _ samples: SampleSet, epoch: Int, trainer: PerceptronTrainer
    ) -> HeadLosses {
        var order = Array(0..<samples.count)
        var random = TrainingRandom(seed: options.seed, stream: .order, part: epoch)
        for last in stride(from: order.count - 1, to: 0, by: -1) {
            order.swapAt(last, random.index(below: last + 1))
        }
        let schedule = LearningRateSchedule(highest: options.learningRate)
        let updates = order.count / trainer.batchSize
        var losses = HeadLosses()
        for update in 0..<updates {
            let start = update * trainer.batchSize
            losses.add(trainer.lossAndGradient(samples, order[start..<start + trainer.batchSize]))
            let done = (Float(epoch) + Float(update + 1) / Float(updates)) / Float(options.epochs)
            trainer.update(learningRate: schedule.rate(at: done), weightDecay: options.weightDecay)
        }
        return losses
    }

    private static func logOf(_ count: Int) -> Double { Double(Elementary.log(Float(count))) }

    /// Mean loss of `held` under the frequencies of `training`, with one added to every count.
    private static func frequencyLoss(_ training: [UInt8], _ held: [UInt8], classes: Int) -> Double {
        var counts = [Float](repeating: 1, count: classes)
        for token in training { counts[Int(token)] += 1 }
        let total = counts.reduce(0, +)
        let losses = counts.map { Double(-Elementary.log($0 / total)) }
        return held.reduce(0) { $0 + losses[Int($1)] } / Double(max(held.count, 1))
    }
}
