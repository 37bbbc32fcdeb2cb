import ArgumentParser
import Findings
import Foundation
import Metrics
import RecordStore

/// `longhaul compare`: is policy B safer than policy A?
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare two policies on the same scenarios, pair by pair.",
        discussion: """
            A and B are result folders of campaigns with the same seed, mix, horizon, burn-in and weights, so \
            that scenario i is the same world in both. Prints which outcomes became which, every rate with \
            B's difference and its interval, the exact McNemar test, and the scenarios that newly fail or are \
            fixed, each with the commands that replay it. Folders that can't be compared are refused, with \
            every reason.

            For continuous integration: --fail-if-worse METRIC, once or several times, ends with code 1 where \
            B is worse at 95 % confidence. `new-failures` is strict: any scenario that newly fails.

            Exit codes: 0 compared, 1 B is worse in a metric that --fail-if-worse names, 64 no result folder \
            or not comparable, 75 the page cannot be written.

            Examples:
              longhaul compare results/a results/b
              longhaul compare results/a results/b --html compare.html
              longhaul compare results/a results/b --event near-misses --changes 20
              longhaul compare results/main results/branch --fail-if-worse ego-collisions
            """)

    @Argument(help: "The result folder of policy A.")
    var a: String

    @Argument(help: "The result folder of policy B.")
    var b: String

    @OptionGroup var options: ComparisonOptions

    @Option(help: ArgumentHelp("Write the comparison as one self-contained page.", valueName: "FILE.html"))
    var html: String?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() throws {
        try options.compare(a, b, html: html, json: json)
    }
}

/// What `compare` and `run --against` have in common.
struct ComparisonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "End with code 1 where B is worse: " + Comparison.metricKeys.joined(separator: ", ") + ".",
            valueName: "METRIC"))
    var failIfWorse: [String] = []

    @Option(
        help: ArgumentHelp(
            "What the lists of changed scenarios are about: "
                + CountedEvent.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "EVENT"))
    var event = CountedEvent.failures

    @Option(help: ArgumentHelp("How many newly failing and fixed scenarios to list.", valueName: "N"))
    var changes = 5

    func validate() throws {
        guard (0...10_000).contains(changes) else { throw ValidationError("--changes takes 0 to 10,000") }
        for metric in failIfWorse where !Comparison.metricKeys.contains(metric) {
            throw ValidationError(
                "--fail-if-worse \(metric): no such metric; choose of "
                    + Comparison.metricKeys.joined(separator: ", "))
        }
    }

    /// Prints the comparison; throws exit code 1 where B is worse in one of `failIfWorse`.
    func compare(_ a: String, _ b: String, html: String?, json: Bool) throws {
        let progress = ProgressLine()
        let comparison = try failing(.usage) {
            try Comparison(
                ResultFolder(a), ResultFolder(b), event: event, limit: changes,
                progress: { progress.update("compared \($0) scenarios …") }, replayCommand: replayCommand)
        }
        progress.finish()
        if let html { try writePage(comparison.html, to: html) }
        if json {
            try printJSON(comparison)
        } else if html == nil {
            print(comparison.text, terminator: "")
        }
        let worse = failIfWorse.filter(comparison.isWorse)
        guard worse.isEmpty else {
            standardError("B is worse than A: \(worse.joined(separator: ", "))")
            throw ExitStatus.found.exitCode
        }
    }
}
