import ArgumentParser
import Findings
import Foundation
import Metrics
import RecordStore
import Scenarios
import WorldModel

/// `longhaul failures`: what went wrong, grouped by cause.
struct FailuresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "List a campaign's failures, grouped by cause, or export them as a regression suite.",
        discussion: """
            One paragraph a cause: how often, how fast, in which traffic, and the cleanest example (without a \
            fault of the world model, and over soonest) with the command that replays it. --each lists every \
            failure instead, worst first.

            Without --kind: whatever ended a rollout before its horizon. Near misses and stuck egos have to \
            be asked for.

            --export writes the scenarios as a campaign of the same seed that runs just these again: with \
            another policy, or after a change. Its scenario i is the i-th of the list.

            Severity: 500 and more the policy failed as a program, 400 the ego ran into somebody, 300 a \
            sideswipe, 200 off the road, 100 somebody ran into the ego, each plus the speed difference in m/s; \
            1 to 10 a near miss.

            Exit codes: 0 listed, 64 wrong input or nothing to export, 75 the file cannot be written.

            Examples:
              longhaul failures results/night-1
              longhaul failures results/night-1 --kind ego-ran-into-other --family jam --each
              longhaul failures results/night-1 --kind near-miss --min-severity 8
              longhaul failures results/night-1 --export suite.yaml && longhaul run suite.yaml
            """)

    @Argument(help: "A result folder.")
    var folder: String

    @Option(
        help: ArgumentHelp(
            "Only these; may be given several times: "
                + FailureKind.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "KIND"))
    var kind: [FailureKind] = []

    @Option(
        help: ArgumentHelp(
            "Only in this traffic; may be given several times: "
                + TrafficFamily.allCases.map(\.name).joined(separator: ", ") + ".", valueName: "FAMILY"))
    var family: [FamilyName] = []

    @Option(help: ArgumentHelp("Only so severe ones and worse.", valueName: "X"))
    var minSeverity = 0.0

    @Flag(help: "List every failure, worst first, instead of causes.")
    var each = false

    @Option(
        help: ArgumentHelp("With --each, --json and --export: the worst N only.", valueName: "N"))
    var limit: Int?

    @Option(help: ArgumentHelp("Write their scenarios as a campaign.", valueName: "FILE.yaml"))
    var export: String?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        if let limit, !(1...Campaign.maximumListedScenarios).contains(limit) {
            throw ValidationError("--limit takes 1 to \(Campaign.maximumListedScenarios)")
        }
        guard minSeverity.isFinite else { throw ValidationError("--min-severity takes a number") }
    }

    func run() throws {
        var filter = FailureFilter()
        if !kind.isEmpty { filter.kinds = Set(kind) }
        if !family.isEmpty { filter.families = Set(family.map(\.family)) }
        filter.minimumSeverity = minSeverity
        let listed = limit ?? (export != nil ? Campaign.maximumListedScenarios : each ? 1000 : 100)
        let (results, list) = try failing(.usage) {
            let results = try ResultFolder(folder)
            let list = try FailureList(
                results, filter: filter, limit: listed, replayCommand: replayCommand)
            return (results, list)
        }
        if let export { try writeSuite(of: results, list, to: export) }
        if json {
            try printJSON(list)
        } else if export == nil {
            print(each ? list.eachText : list.groupText, terminator: "")
        }
    }

    private func writeSuite(of results: ResultFolder, _ list: FailureList, to path: String) throws {
        let copy = results.journal.folder.path + "/world-model.safetensors"
        let suite = try failing(.usage) {
            guard limit != nil || list.count <= UInt64(Campaign.maximumListedScenarios) else {
                throw RegressionSuite.Failure.tooMany(list.count)
            }
            let isShipped = ContentHash.sha256(try WorldModel.shippedBytes())
                == results.journal.campaign.worldModelHash
            return try RegressionSuite(
                of: results, worldModel: isShipped ? "shipped" : copy, numbers: list.failures.map(\.number))
        }
        do {
            try Data(suite.yaml.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(
                .temporary, "cannot write \(path): \(error.localizedDescription); choose another --export")
        }
        standardError("wrote \(suite.campaign.scenarioList.count) scenarios to \(path); run them with:")
        standardError("  \(invocation) run \(shellQuoted(path))")
    }
}

extension FailureKind: ExpressibleByArgument {}

/// A traffic family by its name.
struct FamilyName: ExpressibleByArgument {
    var family: TrafficFamily

    init?(argument: String) {
        guard let family = TrafficFamily.allCases.first(where: { $0.name == argument }) else { return nil }
        self.family = family
    }
}
