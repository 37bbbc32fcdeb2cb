import ArgumentParser
import Findings
import Foundation
import RecordStore

/// `longhaul export`: all records, for other programs.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all records of a campaign as CSV or JSON lines.",
        discussion: """
            One line a rollout: its scenario, outcome, distances, smallest gap and time to collision, events, \
            faults of the world model and digest. `counts` is false for what workers finished beyond the end \
            of the campaign. Ops/JOURNAL.md says what every column means and how to query the journal itself, \
            which is plain SQLite.

            Exit codes: 0 written, 64 no result folder, 75 the file cannot be written.

            Examples:
              longhaul export results/night-1 --format csv --output records.csv
              longhaul export results/night-1 --format jsonl | jq 'select(.outcome == "off-road")'
            """)

    @Argument(help: "A result folder.")
    var folder: String

    @Option(help: ArgumentHelp("csv or jsonl.", valueName: "FORMAT"))
    var format: RecordTable.Format = .csv

    @Option(help: ArgumentHelp("The file to write (default: standard output).", valueName: "FILE"))
    var output: String?

    func run() throws {
        // A reader that has seen enough, such as `head`, is no reason to complain.
        signal(SIGPIPE, SIG_DFL)
        let table = RecordTable(try failing(.usage) { try ResultFolder(folder) }, format: format)
        let handle = try open()
        let progress = ProgressLine()
        var bytes = 0
        do {
            let count = try table.write { data in
                try handle.write(contentsOf: data)
                bytes += data.count
                progress.update("wrote \(bytes / 1_000_000) MB …")
            }
            progress.finish()
            if let output { standardError("wrote \(count) records to \(output)") }
        } catch let error as JournalError {
            throw CommandFailure(.usage, "\(error)")
        } catch {
            throw CommandFailure(
                .temporary, "cannot write \(output ?? "to standard output"): \(error.localizedDescription)")
        }
    }

    private func open() throws -> FileHandle {
        guard let output else { return .standardOutput }
        guard FileManager.default.createFile(atPath: output, contents: nil),
            let handle = FileHandle(forWritingAtPath: output)
        else { throw CommandFailure(.temporary, "cannot write \(output); choose another --output") }
        return handle
    }
}

extension RecordTable.Format: ExpressibleByArgument {}
