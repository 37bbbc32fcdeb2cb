import ArgumentParser
import Evaluation
import Foundation
import StreetTraffic

/// `longhaul futures`: simulated futures of a recorded scene, for judges other than `evaluate`.
struct Futures: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write simulated futures of a recorded scene as CSV.",
        discussion: """
            Reads a scene (CommonRoad .xml, .xml.gz or I-24 MOTION .json, .json.gz) up to the start and \
            rolls out everybody who is there, again and again. A row per rollout, agent and 0.1 s: \
            rollout,agent,time_s,x_m,y_m,heading_rad,speed_mps. With a folder of scenes, one CSV file per \
            scene goes into the output folder. A carriageway is driven by the world model; on maps with \
            intersections everybody follows lanelets on a route of its own, at speeds learned from streets.

            What if one agent did something else: --ego names it, --ego-plan is a CSV file with the header \
            time_s,x_m,y_m or time_s,x_m,y_m,heading_rad (scene time, box centre in the scene's frame; rows \
            0.01 s apart or more, at up to 150 m/s). It follows the plan, straight on beyond its last row, and everybody else reacts.

            --occupancy writes where each agent will be, and how likely, as a grid: \
            agent,time_s,x_m,y_m,share every half second; x_m, y_m is a cell's centre, share the part of the \
            rollouts in which the agent's box covers it. Cells never covered are not listed.

            Exit codes: 0 written, 1 some scene of a folder could not be simulated, 64 wrong input.

            Examples:
              longhaul futures USA_US101-29_1_T-1.xml.gz --output futures.csv
              longhaul futures --scenes scenes --output futures --rollouts 32 --from 1 --horizon 6
              longhaul futures USA_Lanker-2_9_T-1.xml.gz --output futures.csv --occupancy grid.csv
              longhaul futures scene.xml --ego 385 --ego-plan brakes.csv --output what-if.csv
            """)

    @Argument(help: "A scene, or a folder of scenes.")
    var scene: String?

    @Option(help: ArgumentHelp("A folder of scenes, in place of SCENE.", valueName: "DIR"))
    var scenes: String?

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

    @Option(
        name: [.customLong("world-model"), .customLong("weights")],
        help: ArgumentHelp("The weights file; 'shipped' comes with Longhaul.", valueName: "FILE"))
    var weights = "shipped"

    @Option(help: ArgumentHelp("The driver of streets; 'shipped' comes with Longhaul.", valueName: "FILE"))
    var streetWeights = "shipped"

    @Option(help: ArgumentHelp("The agent that follows --ego-plan.", valueName: "ID"))
    var ego: Int?

    @Option(help: ArgumentHelp("What that agent does, CSV: time_s,x_m,y_m[,heading_rad].", valueName: "FILE"))
    var egoPlan: String?

    @Option(help: ArgumentHelp("Also write where agents will be, and how likely, as CSV.", valueName: "FILE"))
    var occupancy: String?

    @Option(help: ArgumentHelp("Edge of an occupancy cell, 0.1 to 10.", valueName: "METRES"))
    var cell = 0.5

    func validate() throws {
        guard (scene == nil) != (scenes == nil) else {
            throw ValidationError("give a scene, or a folder with --scenes")
        }
        guard (ego == nil) == (egoPlan == nil) else {
            throw ValidationError("--ego and --ego-plan belong together: who, and what it does")
        }
        guard (0.1...10).contains(cell) else { throw ValidationError("--cell takes 0.1 to 10 metres") }
    }

    func run() throws {
        var options = FuturesFile.Options(worldModel: try Weights(named: weights).model)
        options.streetDriver = try StreetDriver(named: streetWeights)
        options.occupancyCell = cell
        options.from = from
        options.horizon = horizon
        options.rollouts = rollouts
        options.seed = seed
        let scene = scene ?? scenes ?? ""
        let source = URL(fileURLWithPath: scene), target = URL(fileURLWithPath: output)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: scene, isDirectory: &isFolder),
            scenes == nil || isFolder.boolValue
        else {
            let problem = isFolder.boolValue || scenes == nil ? "does not exist" : "is no folder"
            throw CommandFailure(.usage, "\(scene) \(problem); give a scene, or a folder of scenes with --scenes")
        }
        if let ego, let egoPlan {
            options.ego = try failing(.usage) { try EgoPlan(agent: ego, contentsOf: URL(fileURLWithPath: egoPlan)) }
        }
        if isFolder.boolValue, ego != nil || occupancy != nil {
            throw CommandFailure(.usage, "--ego and --occupancy are for one scene; \(scene) is a folder")
        }
        if isFolder.boolValue { return try writeAll(of: source, into: target, options: options) }
        let summary = try failing(.usage) { [options] in
            try FuturesFile.write(
                scene: source, options: options, output: target,
                occupancy: occupancy.map { URL(fileURLWithPath: $0) })
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
