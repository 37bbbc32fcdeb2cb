import Foundation

/// The recordings beside the repository, which are not part of it.
enum SharedData {
    /// `../shared/data` from the repository's root, or what `LONGHAUL_DATA` names.
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["LONGHAUL_DATA"] {
            return URL(fileURLWithPath: path, isDirectory: true)
        }
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.deletingLastPathComponent().appendingPathComponent("shared/data", isDirectory: true)
    }()

    static let isPresent = FileManager.default.fileExists(atPath: folder.appendingPathComponent("i24").path)
    static let skipped = "no recordings in ../shared/data"

    static func commonRoad(_ name: String) -> URL {
        folder.appendingPathComponent("commonroad").appendingPathComponent("\(name).xml.gz")
    }
}
