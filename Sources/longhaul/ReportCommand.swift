import ArgumentParser
import Findings
import Foundation
import Metrics
import RecordStore

/// `longhaul report`: what a campaign's kilometres say.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print what the kilometres of a finished or running campaign say.",
        discussion: """
            Rates per million km with their exact 95 % Poisson intervals: ego collisions by who ran into \
            whom and how hard, near misses, hard brakes, discomfort, off-road, stuck; by kind and density of \
            traffic; percentiles over the rollouts; how many more kilometres would show that something is \
            rare; and the worst rollouts, each with the exact command that replays it. Faults of the world \
            model are listed apart and never counted against the policy under test.

            A campaign that a rule ended counts the shards up to that rule only, whoever finished what \
            beyond it. Reading disturbs no coordinator that is writing the folder.

            Discomfort begins where nuPlan's comfort limits are left (-4.05 to 2.40 m/s² along, 4.89 m/s² \
            across, 8.37 m/s³). Stuck is a rollout that stood for 10 s with 20 m of free road ahead.

            Exit codes: 0 printed, 64 no result folder, 75 the page cannot be written.

            Examples:
              longhaul report results/night-1
              longhaul report results/night-1 --html report.html
              longhaul report results/night-1 --event ego-ran-into-other --fewer-than 1 --fewer-than 0.1
              longhaul report results/night-1 --json | python3 -m json.tool
            """)

    @Argument(help: "A result folder.")
    var folder: String

    @Option(help: ArgumentHelp("How many of the worst rollouts to list.", valueName: "N"))
    var worst = 10

    @Option(
        help: ArgumentHelp(
            "Of which event to say how many kilometres would show that it is rare: "
                + CountedEvent.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "EVENT"))
    var event = CountedEvent.collisions

    @Option(
        help: ArgumentHelp(
            "Fewer than so many per million km; may be given several times (default: 1000, 100, 10 and 1.18, "
                + "which is what human drivers in the US report).", valueName: "X"))
    var fewerThan: [Double] = []

    @Option(help: ArgumentHelp("Write the report as one self-contained page.", valueName: "FILE.html"))
    var html: String?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        guard (0...10_000).contains(worst) else { throw ValidationError("--worst takes 0 to 10,000") }
        guard fewerThan.allSatisfy((1e-9...1e9).contains), fewerThan.count <= 100 else {
            throw ValidationError("--fewer-than takes 1e-9 to 1e9, at most a hundred times")
        }
    }

    func run() throws {
        var options = CampaignReport.Options()
        options.worst = worst
        options.event = event
        if !fewerThan.isEmpty { options.limits = fewerThan }
        let results = try failing(.usage) { try ResultFolder(folder) }
        let report = try readReport(of: results, options: options)
        if let html { try writePage(report.html, to: html) }
        if json { try printJSON(report) } else if html == nil { print(report.text, terminator: "") }
    }
}

extension CountedEvent: ExpressibleByArgument {}

/// Reads a result folder through, with a progress line.
func readReport(
    of results: ResultFolder, options: CampaignReport.Options = .init()
) throws -> CampaignReport {
    let progress = ProgressLine()
    defer { progress.finish() }
    return try failing(.usage) {
        try CampaignReport(
            results, options: options, progress: { progress.update("read \($0) records …") },
            replayCommand: replayCommand)
    }
}

/// The exact command that replays one rollout of a result folder.
@Sendable func replayCommand(_ folder: ResultFolder, shard: Int, scenario: UInt64) -> String {
    let path = relativePath(folder.journal.folder.path)
    return "\(invocation) replay \(shellQuoted(path)) --shard \(shard) --scenario \(scenario)"
}

/// Writes a page and says where it is.
func writePage(_ html: String, to path: String) throws {
    do {
        try Data(html.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
        throw CommandFailure(
            .temporary, "cannot write \(path): \(error.localizedDescription); choose another --html")
    }
    standardError("wrote \(path)")
}
