import Foundation
import WorldModel

/// World-model weights by content hash, so that each is fetched once a machine.
public struct WeightsCache: Sendable {
    /// Largest weights that are fetched, bytes.
    static let limit: UInt64 = 1 << 30

    /// `longhaul/weights` in `$XDG_CACHE_HOME`, or in `~/.cache`.
    public static var defaultFolder: URL {
        let base = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap {
            $0.hasPrefix("/") ? URL(fileURLWithPath: $0) : nil
        }
        let caches = base ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache")
        return caches.appendingPathComponent("longhaul/weights")
    }

    private let folder: URL

    public init(folder: URL) { self.folder = folder }

    /// The weights with this hash, if they are here and whole.
    public func load(hash: String) -> [UInt8]? {
        guard isHash(hash), let data = try? Data(contentsOf: file(hash)) else { return nil }
        let bytes = [UInt8](data)
        return ContentHash.sha256(bytes) == hash ? bytes : nil
    }

    /// Keeps weights. The file appears whole or not at all.
    public func store(_ bytes: [UInt8], hash: String) throws {
        guard isHash(hash) else { return }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: file(hash), options: .atomic)
    }

    private func file(_ hash: String) -> URL { folder.appendingPathComponent("\(hash).safetensors") }

    private func isHash(_ text: String) -> Bool {
        text.utf8.count == 64 && text.allSatisfy { $0.isHexDigit && $0.isASCII }
    }
}
