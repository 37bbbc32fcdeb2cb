import GRDB

/// Why a journal can't be used. Each says what, where, and what to do.
public enum JournalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another process writes this journal.
    case inUse(folder: String, process: String)
    /// The folder holds results of another campaign.
    case otherCampaign(folder: String, stored: String, expected: String)
    /// No journal in this folder.
    case missing(folder: String)
    /// A file is there, but not a journal of this program.
    case notAJournal(path: String)
    /// Written by a newer build.
    case newerVersion(path: String, found: Int, known: Int)
    /// Written by a build whose records this one can't read any more.
    case olderVersion(path: String, found: Int, oldest: Int)
    /// The file is damaged.
    case damaged(path: String, problem: String)
    case damagedBlock(path: String, shard: Int, sequence: Int, BlockError)
    case diskFull(path: String)
    /// Opened for reading; this call writes.
    case readOnly(path: String)
    /// What the operating system or SQLite said.
    case failed(path: String, problem: String)

    public var description: String {
        switch self {
        case .inUse(let folder, let process):
            "\(folder) is being written by process \(process);"
                + " stop that one, or choose another output folder."
        case .otherCampaign(let folder, let stored, let expected):
            "\(folder) holds results of campaign \(stored), not of \(expected); choose another output folder."
        case .missing(let folder):
            "No journal.sqlite in \(folder); give the folder that a run wrote its results to."
        case .notAJournal(let path):
            "\(path) is not a journal of this program; choose another folder, or move the file away."
        case .newerVersion(let path, let found, let known):
            "\(path) has journal version \(found), this build knows up to \(known);"
                + " use the build that wrote it."
        case .olderVersion(let path, let found, let oldest):
            "\(path) has journal version \(found), this build reads \(oldest) and later; use the build that wrote"
                + " it, or start over in a new folder: the same campaign gives the same results."
        case .damaged(let path, let problem):
            "\(path) is damaged (\(problem)). Rescue what is readable with:"
                + " sqlite3 \(path) .recover | sqlite3 new.sqlite"
                + " - or start over in a new folder: the same campaign gives the same results."
        case .damagedBlock(let path, let shard, let sequence, let error):
            "Block \(sequence) of shard \(shard) in \(path) is damaged: \(error)"
                + " Replaying shard \(shard) gives it again."
        case .diskFull(let path):
            "No space left for \(path). Free some and start again: everything acknowledged is kept."
        case .readOnly(let path):
            "\(path) was opened for reading; open it for writing to commit."
        case .failed(let path, let problem):
            "\(path): \(problem)."
        }
    }

    /// What an error from SQLite means for the journal at `path`.
    init(_ error: any Error, path: String) {
        if let known = error as? JournalError {
            self = known
            return
        }
        if let error = error as? RowDecodingError {
            self = .damaged(path: path, problem: "\(error)")
            return
        }
        guard let error = error as? DatabaseError else {
            self = .failed(path: path, problem: "\(error)")
            return
        }
        let problem = error.message ?? "\(error.resultCode)"
        self =
            switch error.resultCode {
            case .SQLITE_CORRUPT: .damaged(path: path, problem: problem)
            case .SQLITE_NOTADB: .notAJournal(path: path)
            case .SQLITE_FULL: .diskFull(path: path)
            case .SQLITE_READONLY: .readOnly(path: path)
            default: .failed(path: path, problem: problem)
            }
    }
}
