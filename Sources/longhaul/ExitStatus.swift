import ArgumentParser
import Messaging
import RecordStore

/// Every exit code of every subcommand. Documented in `longhaul --help` from this table.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    case found = 1
    case usage = 64
    case defect = 70
    case temporary = 75
    case interrupted = 130

    var meaning: String {
        switch self {
        case .success: "done"
        case .found: "a check failed: a replay differs, a digest is wrong, a policy is worse"
        case .usage: "wrong usage or input: an option, a campaign file, a result folder"
        case .defect: "a defect in Longhaul itself"
        case .temporary: "try again later: coordinator not reachable, port in use, disk full"
        case .interrupted: "stopped by Ctrl-C or TERM; what was committed is kept"
        }
    }

    static var table: String {
        allCases.map { status in
            let code = String(status.rawValue)
            return "  " + String(repeating: " ", count: 3 - code.count) + code + "  " + status.meaning
        }.joined(separator: "\n")
    }

    var exitCode: ExitCode { ExitCode(rawValue) }
}

/// An error as the user meets it: one clear sentence that says what to do next, and an exit code.
struct CommandFailure: Error {
    var status: ExitStatus
    var message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// Any other error that reaches the top is one that no command expected.
    init(_ error: any Error) {
        self = error as? CommandFailure ?? CommandFailure(.defect, "\(error)")
    }
}

extension CommandFailure {
    /// What an error of journal, socket or coordinator means for the exit code.
    init(starting error: any Error) {
        let status: ExitStatus =
            switch error {
            case let error as JournalError: error.isTemporary ? .temporary : .usage
            case let error as MessagingError: error.isUsage ? .usage : .temporary
            default: .usage
            }
        self.init(status, "\(error)")
    }
}

extension MessagingError {
    fileprivate var isUsage: Bool {
        switch reason {
        case .badAddress, .unprotected, .notTLS, .noCredentials: true
        default: false
        }
    }
}

extension JournalError {
    fileprivate var isTemporary: Bool {
        switch self {
        case .inUse, .diskFull, .failed: true
        default: false
        }
    }
}

/// Runs `body`; an error from it ends the command with `status`.
func failing<T>(_ status: ExitStatus, _ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let failure as CommandFailure {
        throw failure
    } catch {
        throw CommandFailure(status, "\(error)")
    }
}
