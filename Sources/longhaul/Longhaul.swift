import ArgumentParser
import Foundation

/// The executable: one subcommand per task.
@main
struct Longhaul: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "longhaul",
        abstract: "Drives a driving policy through worlds that behave like real traffic, and hands every "
            + "failure back as a seed that anyone can replay bit for bit.",
        discussion: """
            Start here, without any file:
              longhaul run

            A campaign says what to simulate (a YAML file). Its scenarios are cut into shards; a \
            coordinator leases shards to workers and keeps what they send back in a result folder.

            Exit codes:
            \(ExitStatus.table)
            """,
        version: "longhaul 0.1.0",
        subcommands: [
            Run.self, CoordinatorCommand.self, WorkerCommand.self, Top.self, ReplayCommand.self,
            ReportCommand.self, CompareCommand.self, FailuresCommand.self, ExportCommand.self,
            Train.self, TrainStreets.self, Evaluate.self, Futures.self, Traffic.self, Doctor.self,
            PolicyHostCommand.self,
        ])

    /// Commands that supervisors and batch systems ask to leave, at any time.
    private static let leaving: Set = ["run", "coordinator", "worker"]

    static func main() {
        // Before anything that takes time: a process that has only just begun may be asked already.
        if let name = CommandLine.arguments.dropFirst().first, leaving.contains(name) { _ = Interruption.shared }
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            // The parser knows its own errors and requests for help; exit code 1 is what it gives others.
            guard exitCode(for: error) == .failure, !(error is ExitCode) else { exit(withError: error) }
            let failure = CommandFailure(error)
            standardError("longhaul: \(failure.message)")
            Foundation.exit(failure.status.rawValue)
        }
    }
}

/// Writes a line to standard error.
func standardError(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
