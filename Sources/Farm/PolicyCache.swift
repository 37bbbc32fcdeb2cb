import Foundation
import Scenarios
import WorldModel

/// Code and configuration of policies under test by content hash: in a machine's cache, so that each is
/// fetched once, and in a result folder, so that it can be replayed whatever has become of the originals.
///
/// A file keeps its name, in a folder named by its hash: debuggers and tracebacks show it.
public struct PolicyCache: Sendable {
    /// Beside the weights' cache.
    public static var defaultFolder: URL {
        WeightsCache.defaultFolder.deletingLastPathComponent().appendingPathComponent("policies")
    }

    private let folder: URL

    public init(folder: URL) { self.folder = folder }

    /// Where the file lies if it is here; nil for a name or hash that no file has.
    public func path(of file: ExternalPolicy.File) -> String? {
        let name = file.path.split(separator: "/").last.map(String.init) ?? ""
        guard file.hash.utf8.count == 64, file.hash.allSatisfy({ $0.isHexDigit && $0.isASCII }),
            (1...200).contains(name.utf8.count), !name.hasPrefix("."),
            name.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 })
        else { return nil }
        return folder.appendingPathComponent(file.hash).appendingPathComponent(name).path
    }

    /// The file's bytes, if it is here and whole.
    public func load(_ file: ExternalPolicy.File) -> [UInt8]? {
        guard let path = path(of: file), let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
            ContentHash.sha256([UInt8](data)) == file.hash
        else { return nil }
        return [UInt8](data)
    }

    /// Keeps a file. It appears whole or not at all.
    ///
    /// - Throws: what the file system says; `CocoaError` for a name that no file may have.
    public func store(_ bytes: [UInt8], as file: ExternalPolicy.File) throws {
        guard let path = path(of: file) else { throw CocoaError(.fileWriteInvalidFileName) }
        let place = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: place, options: .atomic)
    }
}

/// Whether a worker runs policies that come with a campaign: running code from the network is what it is.
public enum PolicyAllowance: Sendable, Equatable {
    case none
    /// Only code with this `ExternalPolicy.codeHash`.
    case code(String)
    case all

    public func allows(_ policy: ExternalPolicy) -> Bool {
        switch self {
        case .none: false
        case .code(let hash): hash == policy.codeHash
        case .all: true
        }
    }
}
