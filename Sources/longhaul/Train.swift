import ArgumentParser
import Foundation
import Rollout
import Training

/// `longhaul train`: makes a weights file from recorded driving.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a world model on recorded human driving.",
        discussion: """
            Learns motion tokens, scene statistics and the network from the freeway recordings of a data \
            folder (commonroad/*.xml.gz, i24/*.json.gz) and writes one safetensors file with its \
            provenance. The same data, seed and options give the same file, bit for bit, on any number \
            of cores. Takes minutes on two cores.

            Likelihoods are nats per decision on recordings that are not trained on; lower is better.

            Exit codes: 0 written, 64 wrong input, 75 the file cannot be written, 130 interrupted.

            Examples:
              longhaul train --data recordings --output freeway.safetensors
              longhaul train --data recordings --output quick.safetensors --epochs 2 --seed 7
            """)

    @Option(help: ArgumentHelp("The folder with the recordings.", valueName: "DIR"))
    var data: String

    @Option(help: ArgumentHelp("The weights file to write.", valueName: "FILE.safetensors"))
    var output: String

    @Option(help: ArgumentHelp("Everything drawn by chance follows from it.", valueName: "N"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Passes over the recordings.", valueName: "N"))
    var epochs: Int?

    @OptionGroup(title: "Choices (the defaults make the shipped weights)")
    var choices: TrainingChoices

    @Flag(help: "Print the file's provenance as one JSON object at the end.")
    var json = false

    func run() throws {
        var options = TrainingOptions(dataFolder: data)
        options.seed = seed
        if let epochs { options.epochs = epochs }
        choices.apply(to: &options)
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw CommandFailure(.usage, "cannot write into \(folder); choose another --output")
        }
        let clock = ContinuousClock()
        let start = clock.now
        let model = try failing(.usage) { [options] in
            try Trainer.train(options) { progress in
                let seconds = Int((clock.now - start) / .seconds(1))
                standardError("\(seconds) s  \(progress)")
            }
        }
        try failing(.temporary) {
            try Data(model.encoded()).write(to: URL(fileURLWithPath: output), options: .atomic)
        }
        if json { try printJSON(model.provenance) } else { print("wrote \(output)") }
    }

    private var folder: String {
        URL(fileURLWithPath: output).deletingLastPathComponent().path
    }
}
