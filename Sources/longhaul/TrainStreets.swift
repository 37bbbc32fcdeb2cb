import ArgumentParser
import Foundation
import StreetTraffic

/// `longhaul train-streets`: makes the driver of streets from recorded driving.
struct TrainStreets: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the driver of streets on recorded human driving.",
        discussion: """
            Learns from the street recordings of a data folder (commonroad/USA_Lanker-*, USA_Peach-*) how \
            people choose their speed at intersections and how often they turn, and writes one safetensors \
            file with its provenance. Recordings of even moments are learned from; `evaluate` judges odd \
            ones. Takes about a minute on one core.

            Exit codes: 0 written, 64 wrong input, 75 the file cannot be written.

            Example:
              longhaul train-streets --data recordings --output streets.safetensors
            """)

    @Option(help: ArgumentHelp("The folder with the recordings.", valueName: "DIR"))
    var data: String

    @Option(help: ArgumentHelp("The weights file to write.", valueName: "FILE.safetensors"))
    var output: String

    @Option(help: ArgumentHelp("Everything drawn by chance follows from it.", valueName: "N"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Passes over the recordings.", valueName: "N"))
    var epochs: Int?

    func run() throws {
        let recordings = try failing(.usage) {
            try StreetDataSet.load(URL(fileURLWithPath: data, isDirectory: true), split: .train)
        }
        guard !recordings.isEmpty else {
            throw CommandFailure(.usage, "\(data) holds no street recordings to learn from (commonroad/USA_Lanker-*)")
        }
        var options = StreetTrainer.Options()
        options.seed = seed
        if let epochs { options.epochs = epochs }
        let driver = StreetTrainer.train(recordings, options: options) { progress in
            standardError("epoch \(progress.epoch) of \(progress.epochs): \(progress.loss) nats per decision")
        }
        try failing(.temporary) {
            try Data(driver.encoded()).write(to: URL(fileURLWithPath: output), options: .atomic)
        }
        print("wrote \(output)")
    }
}
