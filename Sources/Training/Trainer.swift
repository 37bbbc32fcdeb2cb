import Foundation
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
                trainingRecordings: training.count,
                trainingDrivers: training.reduce(0) { $0 + $1.tracks.count },
                validationRecordings: held.count,
                validationDrivers: validation.reduce(0) { $0 + $1.tracks.count }))
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
            startFilter: .learned(from: training),
            temperature: options.temperature, lateralTemperature: options.lateralTemperature,
            provenance: Provenance(
                options: options, training: training, validation: validation, roundTrip: roundTrip,
                baselines: run.baselines, last: run.lastReport, decisions: run.decisions
            ).metadata)
    }
}
