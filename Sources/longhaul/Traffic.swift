import ArgumentParser
import Foundation
import TrafficStudy

/// `longhaul traffic`: what becomes of traffic that nobody steers.
struct Traffic: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Study traffic that is left to itself, beside recorded traffic.",
        discussion: """
            Rolls out the default campaign's traffic for minutes on end, the world model driving everybody, \
            the ego too. Nothing is followed, nothing is reset. Reports:
              - collisions and departures from the road per million agent-km with exact Poisson intervals, \
            by traffic family and speed, and motions that no vehicle can make;
              - speed and flow over density, and the distributions of speed, gap, headway, time to \
            collision, acceleration, jerk and lane changes at equal density, minute by minute;
              - traffic on a closed ring, and how its waves travel;
              - whether drivers differ and stay themselves, and how they react to braking, cut-ins and a \
            stopped car.
            With --data everything is measured on the recordings as well, in the same way.

            Exit codes: 0 studied, 64 wrong input.

            Examples:
              longhaul traffic
              longhaul traffic --data recordings --html traffic.html
              longhaul traffic --weights mine.safetensors --study traffic --scenarios 1024 --faults faults.txt
            """)

    @Option(help: ArgumentHelp("The weights file to study.", valueName: "FILE.safetensors"))
    var weights = "shipped"

    @Option(help: ArgumentHelp("How many scenarios to roll out.", valueName: "N"))
    var scenarios = 128

    @Option(help: ArgumentHelp("Length of each rollout.", valueName: "MINUTES"))
    var minutes = 5.0

    @Option(help: ArgumentHelp("Everything drawn by chance follows from it.", valueName: "N"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("A folder of recordings to compare with.", valueName: "DIR"))
    var data: String?

    @Option(help: ArgumentHelp("Only this study: traffic, ring or reactions; may be repeated.", valueName: "NAME"))
    var study: [TrafficStudy.Study] = []

    @Option(help: ArgumentHelp("Write a page with plots to this file.", valueName: "FILE"))
    var html: String?

    @Option(help: ArgumentHelp("Write every fault with its last three seconds to this file.", valueName: "FILE"))
    var faults: String?

    @Flag(help: "Print one JSON object with everything found, the faults' details included.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(scenarios) else { throw ValidationError("--scenarios must be from 1 to 1000000") }
        guard (0.1...60).contains(minutes) else { throw ValidationError("--minutes must be from 0.1 to 60") }
    }

    func run() throws {
        var options = TrafficStudy.Options(worldModel: try Weights(named: weights).model)
        options.scenarios = scenarios
        options.minutes = minutes
        options.campaign.seed = seed
        options.threads = Machine.usableCores
        if !study.isEmpty { options.studies = Set(study) }
        options.recordings = data.map { URL(fileURLWithPath: $0, isDirectory: true) }
        let line = ProgressLine()
        let report = try failing(.usage) { [options] in
            try TrafficStudy.run(options) { line.update($0) }
        }
        line.finish()
        if let faults { try write(report.faultDetails.map { $0.text + "\n\n" }.joined(), to: faults) }
        if let html { try write(report.html, to: html) }
        if json { try printJSON(report) } else { print(report.text, terminator: "") }
    }

    private func write(_ text: String, to path: String) throws {
        try failing(.temporary) {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        }
    }
}

extension TrafficStudy.Study: ExpressibleByArgument {}
