import TrafficData

/// What a weights file says about where it comes from. Holds no date and no duration, so that the same
/// training gives the same file.
struct Provenance {
    let options: TrainingOptions
    let training: [RoadRecording]
    let validation: [RoadRecording]
    let roundTrip: VocabularyBuilder.RoundTrip
    let baselines: (uniform: Double, frequencies: Double)
    let last: TrainingProgress.EpochReport?
    let decisions: Int

    var metadata: [String: String] {
        var metadata = [
            "made_by": "longhaul train",
            "training_data": names(training),
            "validation_data": names(validation),
            "data_origin": "NGSIM: open data of the US Federal Highway Administration, as packaged by "
                + "CommonRoad (Technical University of Munich), map geometry © OpenStreetMap contributors, "
                + "ODbL. I-24 MOTION: Gloudemans et al., 2023, free to use with citation.",
            "seed": String(options.seed),
            "epochs": String(options.epochs),
            "batch_size": String(options.batchSize),
            "learning_rate": String(options.learningRate),
            "weight_decay": String(options.weightDecay),
            "disturbed_share": String(options.disturbedShare),
            "strayed_share": String(options.strayedShare),
            "slowed_share": String(options.slowedShare),
            "thinned_share": String(options.thinnedShare),
            "whole_share": String(options.wholeShare),
            "not_recorded": "Drivers far astray, and traffic slowed down: their answers are a damped return to the "
                + "recording and the Intelligent Driver Model's.",
            "estimated_share": String(options.estimatedShare),
            "known_traits_share": String(options.knownTraitsShare),
            "closed_loop_from": String(options.closedLoopFrom),
            "closed_loop_stride": String(options.closedLoopStride),
            "closed_loop_choices": String(options.closedLoopChoices),
            "hidden_widths": options.hiddenWidths.map(String.init).joined(separator: " "),
            "frame_stride": String(options.frameStride),
            "decisions_seen": String(decisions),
            "baseline_uniform_nats": TrainingProgress.rounded(baselines.uniform),
            "baseline_frequencies_nats": TrainingProgress.rounded(baselines.frequencies),
            "token_error_along_cm": TrainingProgress.rounded(Double(roundTrip.meanAlong) * 100),
            "token_error_across_cm": TrainingProgress.rounded(Double(roundTrip.meanAcross) * 100),
        ]
        if let last {
            metadata["training_nats"] = TrainingProgress.rounded(last.trainingLoss)
            metadata["validation_nats"] = TrainingProgress.rounded(last.validationLoss)
        }
        return metadata
    }

    private func names(_ recordings: [RoadRecording]) -> String {
        recordings.map(\.name).joined(separator: " ")
    }
}
