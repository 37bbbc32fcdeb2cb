import ArgumentParser
import Evaluation
import Foundation
import StreetTraffic
import TrafficData

/// `longhaul evaluate`: how real the world model's driving is.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judge a world model against recorded driving that it never saw.",
        discussion: """
            Rolls out recorded moments again and again, every agent simulated, and scores the futures \
            against what happened, with the component metrics of the Waymo Sim Agents Challenge. Beside \
            the world model stand constant velocity, IDM, IDM + MOBIL (each driver's speed and headway as at \
            the start), and the recording itself as the ceiling. On streets (maps with intersections) the \
            learned driver of streets stands in for the world model, and nobody changes lanes by MOBIL. \
            Without --weights: the weights that come with Longhaul.

            Exit codes: 0 judged, 64 wrong input, 75 the page cannot be written.

            Examples:
              longhaul evaluate --data recordings
              longhaul evaluate --data recordings --weights mine.safetensors --split validation --json
              longhaul evaluate --data recordings --on streets --html realism.html
            """)

    @Option(help: ArgumentHelp("The folder with the recordings.", valueName: "DIR"))
    var data: String

    @Option(help: ArgumentHelp("The weights file to judge.", valueName: "FILE.safetensors"))
    var weights = "shipped"

    @Option(help: "Which recordings: train, validation or test.")
    var split: DataSplit = .test

    @Option(help: ArgumentHelp("Futures per scene; the score depends on it, 32 is usual.", valueName: "N"))
    var rollouts = 32

    @Option(help: ArgumentHelp("Everything drawn by chance follows from it.", valueName: "N"))
    var seed: UInt64 = 1

    @Option(help: "Which recordings to judge: freeways, streets or all.")
    var on: Evaluation.Places = .all

    @Option(help: ArgumentHelp("The driver of streets to judge; 'shipped' comes with Longhaul.", valueName: "FILE"))
    var streetWeights = "shipped"

    @Flag(help: "Print one JSON object with every scene's scores instead of the table.")
    var json = false

    @Option(help: ArgumentHelp("Also write the report as one HTML page with plots.", valueName: "FILE"))
    var html: String?

    func run() throws {
        var options = Evaluation.Options(worldModel: try Weights(named: weights).model)
        options.split = split
        options.rollouts = rollouts
        options.places = on
        if on != .freeways { options.streetDriver = try StreetDriver(named: streetWeights) }
        options.seed = seed
        options.threads = Machine.usableCores
        let line = ProgressLine()
        let report = try failing(.usage) { [options] in
            let folder = URL(fileURLWithPath: data, isDirectory: true)
            return try Evaluation.run(folder: folder, options: options) { done in
                line.update("\(done.finishedScenes) of \(done.scenes) scenes: \(done.scene)")
            }
        }
        line.finish()
        if let html {
            try failing(.temporary) {
                try Data(report.html.utf8).write(to: URL(fileURLWithPath: html), options: .atomic)
            }
        }
        if json { try printJSON(report) } else { print(report.table, terminator: "") }
    }
}

extension DataSplit: ExpressibleByArgument {}
extension Evaluation.Places: ExpressibleByArgument {}
