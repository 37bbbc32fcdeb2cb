import ArgumentParser
import Foundation
import Metrics
import Replay
import TerminalScreen

/// `longhaul replay`: the same bits again, to compare and to look at.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Roll out a scenario or a shard again, compare every state, and look at it.",
        discussion: """
            With a result folder: rolls out a scenario, or a whole shard, again on this machine, without \
            coordinator or network, and compares the digests over all states, and every metric, with \
            those in the journal. Prints "bit-identical", or names the first scenario and step that differ.

            With a campaign file: nothing else is needed, because seed and number determine every state. \
            Prints the digests; there is nothing to compare with.

            To look at one scenario: --terminal plays it here (space pauses, arrows step, q leaves), \
            --html writes one page that needs no network, --mcap a file for Foxglove. --csv writes every \
            state, of a whole shard too.

            Exit codes: 0 bit-identical, 1 different, 64 wrong input, 75 a file can't be written, \
            130 interrupted.

            Examples:
              longhaul replay results/night-1 --scenario 51990
              longhaul replay results/night-1 --scenario 51990 --terminal
              longhaul replay results/night-1 --scenario 51990 --html rollout.html --mcap rollout.mcap
              longhaul replay results/night-1 --shard 812 --csv states.csv
              longhaul replay campaign.yaml --shard 812 --seed 7
            """)

    @Argument(help: "A result folder, or a campaign file.")
    var source: String

    @Option(help: ArgumentHelp("Roll out this scenario.", valueName: "I"))
    var scenario: UInt64?

    @Option(help: ArgumentHelp("Roll out this shard, counted from 0.", valueName: "K"))
    var shard: Int?

    @Option(help: ArgumentHelp("With a campaign file: another seed than the file's.", valueName: "N"))
    var seed: UInt64?

    @Flag(help: "Play the scenario in the terminal.")
    var terminal = false

    @Option(help: ArgumentHelp("Write the scenario as one HTML page.", valueName: "FILE.html"))
    var html: String?

    @Option(help: ArgumentHelp("Write the scenario as a log for Foxglove.", valueName: "FILE.mcap"))
    var mcap: String?

    @Option(help: ArgumentHelp("Write every state of every agent as a table.", valueName: "FILE.csv"))
    var csv: String?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        guard shard != nil || scenario != nil else {
            throw ValidationError("give --scenario I or --shard K: what to roll out again")
        }
        if scenario == nil, html != nil || mcap != nil || terminal {
            throw ValidationError("--html, --mcap and --terminal show one scenario: add --scenario I")
        }
    }

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        if terminal, !Terminal.isUsable(environment: environment) {
            throw CommandFailure(
                .usage, "--terminal needs a terminal that can move its cursor; write --html FILE instead")
        }
        let interruption = Interruption.shared
        let input = try ReplayInput(
            source: source, seed: seed, selection: .init(shard: shard, scenario: scenario))
        let looks = try ReplayLooks(
            input: input, csv: csv, keepsRecording: html != nil || mcap != nil || terminal)
        let progress = ProgressLine()
        let (result, verdict) = try input.rolledOut(
            to: looks.sink, isCancelled: { interruption.isRequested }
        ) { done in
            progress.update("shard \(input.shard): \(done) of \(input.chosen.count) scenarios")
        }
        progress.finish()
        var findings = ReplayFindings(input: input, result: result, verdict: verdict)
        try looks.finish(&findings, html: html, mcap: mcap)
        if terminal, let recording = looks.recording {
            let player = RolloutPlayer(
                recording: recording, verdict: findings.verdict, environment: environment)
            try failing(.defect) { try player.run(isOver: { interruption.isRequested }) }
        }
        if json { try printJSON(findings) } else { findings.printText() }
        if case .different = verdict { throw ExitStatus.found.exitCode }
    }
}

/// What is made of the recordings of a replay: a table as they come, and the last one kept for the rest.
private final class ReplayLooks {
    private let input: ReplayInput
    private let csvPath: String?
    private let table: StateTable?
    private let keepsRecording: Bool
    private(set) var recording: RolloutRecording?

    init(input: ReplayInput, csv: String?, keepsRecording: Bool) throws {
        self.input = input
        self.keepsRecording = keepsRecording
        csvPath = csv
        table = try csv.map { path in try failing(.usage) { try StateTable(path: path) } }
    }

    /// Nil where nobody looks: then rolling out is faster.
    var sink: RecordingSink? {
        guard table != nil || keepsRecording else { return nil }
        return RecordingSink(origin: { self.input.origin(of: $0) }) { recording in
            try self.table?.append(recording)
            if self.keepsRecording { self.recording = recording }
        }
    }

    /// Writes the files and notes them in the findings.
    func finish(_ findings: inout ReplayFindings, html: String?, mcap: String?) throws {
        if let table, let csvPath {
            try failing(.temporary) { try table.close() }
            findings.files.append(.init(path: csvPath, what: "\(table.rows) states"))
        }
        guard let recording else { return }
        guard !recording.steps.isEmpty else {
            throw CommandFailure(
                .usage, "scenario \(recording.record.scenario) ended before its first step "
                    + "(\(recording.outcomeText)): there is nothing to look at")
        }
        if let html {
            let page = RolloutPage(recording: recording, verdict: findings.verdict)
            let bytes = try failing(.temporary) { try page.write(to: html) }
            findings.files.append(.init(path: html, what: "page of \(bytes / 1000) kB"))
        }
        if let mcap {
            let log = RolloutLog(recording: recording, verdict: findings.verdict)
            let bytes = try failing(.temporary) { try log.write(to: mcap) }
            findings.files.append(.init(path: mcap, what: "log of \(bytes / 1000) kB for Foxglove"))
        }
    }
}
