import Foundation
import ReproducibleMath
import TrafficData
import WorldModel

#if arch(x86_64)
    import CpuFeatures
#endif

/// Makes a world model from recorded driving. The same options and recordings give the same weights, bit
/// for bit, on any number of cores.
public enum Trainer {
    /// Reads the data folder and trains.
    ///
    /// - Parameter progress: called now and then from the calling thread.
    /// - Throws: `TrainingError`, or `TrafficDataError` for data that can't be read.
    public static func train(
        _ options: TrainingOptions, progress: (TrainingProgress) -> Void
    ) throws -> WorldModel {
        try options.check()
        let data = try TrafficDataSet.load(URL(fileURLWithPath: options.dataFolder), sources: options.sources)
        return try train(
            options, training: data.recordings(.train), validation: data.recordings(.validation),
            progress: progress)
    }

    /// Trains on recordings that are in memory.
    public static func train(
        _ options: TrainingOptions, training: [RoadRecording], validation: [RoadRecording],
        progress: (TrainingProgress) -> Void
    ) throws -> WorldModel {
        try options.check()
        #if arch(x86_64)
            guard longhaul_cpu_has_v3() != 0 else { throw TrainingError.slowProcessor }
        #endif
        let sources = training.map(PreparedRecording.init), held = validation.map(PreparedRecording.init)
        progress(
            .data(
                trainingRecordings: training.count, trainingDrivers: training.reduce(0) { $0 + $1.tracks.count },
                validationRecordings: held.count, validationDrivers: validation.reduce(0) { $0 + $1.tracks.count }))
        let vocabulary = VocabularyBuilder.build(
            training, longitudinal: options.longitudinalProfiles, lateral: options.lateralProfiles,
            seed: options.seed)
        let roundTrip = VocabularyBuilder.roundTrip(validation, vocabulary)
        progress(
            .vocabulary(
                meanAlong: roundTrip.meanAlong, high95Along: roundTrip.high95Along,
                meanAcross: roundTrip.meanAcross, high95Across: roundTrip.high95Across))

        let observed = sources.map(DriverTraits.observe)
        let scale = DriverTraits.scale(observed)
        let builder = SampleBuilder(
            sources: sources, traits: observed.map { DriverTraits.standardised($0, by: scale) },
            vocabulary: vocabulary)
        let unknown = held.map { [DriverTraits?](repeating: nil, count: $0.recording.tracks.count) }
        let judge = SampleBuilder(sources: held, traits: unknown, vocabulary: vocabulary)
        var run = TrainingRun(options: options, builder: builder, judge: judge, vocabulary: vocabulary)
        guard run.isPossible else { throw TrainingError.noRecordings(folder: options.dataFolder) }
        let network = try run.train(progress)
        return WorldModel(
            vocabulary: vocabulary, network: network, statistics: .learned(from: sources),
            temperature: options.temperature,
            provenance: Provenance(
                options: options, training: training, validation: validation, roundTrip: roundTrip,
                baselines: run.baselines, last: run.lastReport, decisions: run.decisions
            ).metadata)
    }
}

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

    init(options: TrainingOptions, builder: SampleBuilder, judge: SampleBuilder, vocabulary: MotionVocabulary) {
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
        let perEpoch = first.count / trainer.batchSize
        var schedule = LearningRateSchedule(highest: options.learningRate, updates: perEpoch * options.epochs)
        for epoch in 0..<options.epochs {
            var samples = epoch == 0
                ? first : builder.samples(epoch: epoch, options: Self.sampling(options))
            first = SampleSet()
            samples.standardise(mean: mean, deviation: deviation)
            let losses = pass(samples, epoch: epoch, trainer: trainer, schedule: &schedule)
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
        _ samples: SampleSet, epoch: Int, trainer: PerceptronTrainer, schedule: inout LearningRateSchedule
    ) -> HeadLosses {
        var order = Array(0..<samples.count)
        var random = TrainingRandom(seed: options.seed, stream: .order, part: epoch)
        for last in stride(from: order.count - 1, to: 0, by: -1) {
            order.swapAt(last, random.index(below: last + 1))
        }
        var losses = HeadLosses()
        for start in stride(from: 0, through: order.count - trainer.batchSize, by: trainer.batchSize) {
            losses.add(trainer.lossAndGradient(samples, order[start..<start + trainer.batchSize]))
            trainer.update(learningRate: schedule.next(), weightDecay: options.weightDecay)
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

/// A linear rise over the first 5 % of the updates, then half a cosine down to zero.
struct LearningRateSchedule {
    let highest: Float
    let updates: Int
    private var done = 0

    init(highest: Float, updates: Int) {
        self.highest = highest
        self.updates = max(updates, 1)
    }

    mutating func next() -> Float {
        defer { done += 1 }
        let position = min(1, Float(done) / Float(updates))
        if position < 0.05 { return highest * (position + 1 / Float(updates)) * 20 }
        let angle = (position - 0.05) / 0.95 * 3.141_592_7
        return highest * 0.5 * (1 + Elementary.sineAndCosine(angle).cosine)
    }
}
