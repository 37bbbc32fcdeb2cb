import ArgumentParser
import Foundation
import Metrics
import RecordStore

/// `longhaul report`: what a campaign found.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print the report of a finished or running campaign.",
        discussion: """
            Distances, event rates with their 95 % intervals (exact Poisson), results per kind of traffic, \
            and the worst rollouts, each with the exact command that replays it. Faults of the world model \
            are listed apart and never counted against the policy under test.

            Reading disturbs no coordinator that is writing the folder.

            Exit codes: 0 printed, 64 no result folder.

            Examples:
              longhaul report results/night-1
              longhaul report results/night-1 --json | python3 -m json.tool
            """)

    @Argument(help: "A result folder.")
    var folder: String

    @Option(help: ArgumentHelp("How many of the worst rollouts to list.", valueName: "N"))
    var worst = 10

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        guard (0...10_000).contains(worst) else { throw ValidationError("--worst takes 0 to 10,000") }
    }

    func run() throws {
        let journal = try failing(.usage) { try Journal.read(folder: URL(fileURLWithPath: folder)) }
        try printReport(of: journal, worst: worst, json: json)
    }
}

/// Prints the report of what `journal` holds so far.
func printReport(of journal: Journal, worst: Int = 10, json: Bool) throws {
    let campaign = journal.campaign
    let folder = relativePath(journal.folder.path)
    let report = try failing(.usage) {
        CampaignReport(
            subject: CampaignReport.Subject(
                name: campaign.name, identity: campaign.identity, seed: campaign.seed,
                policy: campaign.policy, worldModel: campaign.worldModelHash),
            totals: try journal.totals(), activeSeconds: try journal.activeSeconds(),
            worst: try journal.worst(worst), attention: try journal.events(5).map(\.message)
        ) { incident in
            "\(invocation) replay \(shellQuoted(folder)) --shard \(incident.shard) "
                + "--scenario \(incident.scenario)"
        }
    }
    if json { try printJSON(report) } else { print(report.text, terminator: "") }
}
