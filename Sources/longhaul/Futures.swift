import ArgumentParser
import Evaluation
import Foundation

/// `longhaul futures`: simulated futures of a recorded scene, for judges other than `evaluate`.
struct Futures: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write simulated futures of a recorded scene as CSV.",
        discussion: """
            Reads a scene (CommonRoad .xml, .xml.gz or I-24 MOTION .json, .json.gz) up to the start and \
            rolls out everybody who is there, again and again. A row per rollout, agent and 0.1 s: \
            rollout,agent,time_s,x_m,y_m,heading_rad,speed_mps. With a folder of scenes, one CSV file per \
            scene goes into the output folder.

            Exit codes: 0 written, 1 some scene of a folder could not be simulated, 64 wrong input.

            Examples:
              longhaul futures USA_US101-29_1_T-1.xml.gz --output futures.csv
              longhaul futures scenes --output futures --rollouts 32 --from 1 --horizon 6
            """)

    @Argument(help: "A scene, or a folder of scenes.")
    var scene: String

    @Option(help: ArgumentHelp("The CSV file, or the folder for them.", valueName: "PATH"))
    var output: String

    @Option(help: ArgumentHelp("Scene time at which simulation starts.", valueName: "SECONDS"))
    var from = 1.0

    @Option(help: ArgumentHelp("How long to simulate.", valueName: "SECONDS"))
    var horizon = 6.0

    @Option(help: ArgumentHelp("Futures per scene.", valueName: "N"))
    var rollouts = 32

    @Option(help: ArgumentHelp("Everything drawn by chance follows from it.", valueName: "N"))
    var seed: UInt64 = 7

    @Option(help: ArgumentHelp("The weights file; 'shipped' comes with Longhaul.", valueName: "FILE"))
    var weights = "shipped"

    func run() throws {
        var options = FuturesFile.Options(worldModel: try Weights(named: weights).model)
        options.from = from
        options.horizon = horizon
        options.rollouts = rollouts
        options.seed = seed
        let source = URL(fileURLWithPath: scene), target = URL(fileURLWithPath: output)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: scene, isDirectory: &isFolder) else {
            throw CommandFailure(.usage, "\(scene) does not exist; give a scene or a folder of scenes")
        }
        if isFolder.boolValue { return try writeAll(of: source, into: target, options: options) }
        let summary = try failing(.usage) { [options] in
            try FuturesFile.write(scene: source, options: options, output: target)
        }
        print(
            "wrote \(summary.rollouts) futures of \(summary.agents) agents over \(summary.steps) steps "
                + "to \(output)")
    }

    private func writeAll(of source: URL, into target: URL, options: FuturesFile.Options) throws {
        let line = ProgressLine()
        var failures = 0
        let outcomes = try failing(.usage) {
            try FuturesFile.write(scenes: source, options: options, output: target) { outcome in
                line.update(outcome.scene)
                guard case .failure(let error) = outcome.result else { return }
                failures += 1
                standardError("\(outcome.scene): \(error)")
            }
        }
        line.finish()
        print("wrote futures of \(outcomes.count - failures) of \(outcomes.count) scenes to \(output)")
        if failures > 0 { throw ExitStatus.found.exitCode }
    }
}
