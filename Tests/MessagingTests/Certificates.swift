import Foundation
import Messaging

/// Folders of certificates as `Ops/certificates` makes them; removed with the test.
final class Certificates: Sendable {
    /// One set is enough for most tests.
    static let shared = Result { try Certificates() }

    let folder: URL

    init(_ names: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("longhaul-certificates-\(UUID().uuidString)", isDirectory: true)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Ops/certificates")
        try Self.run(script.path, [folder.path] + names)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ file: String) -> URL { folder.appendingPathComponent(file) }

    func protection(_ role: Credentials.Role, name: String = Credentials.coordinatorName) throws -> Protection {
        let part =
            switch role {
            case .coordinatorForWorkers, .coordinatorForViewers: "coordinator"
            case .worker: "worker"
            case .viewer: "viewer"
            }
        return .mutualTLS(try Credentials(folder: path(part), role: role, peerName: name))
    }

    /// Replaces a role's certificate by one that is no longer valid a moment later.
    func expire(_ role: String) throws {
        let request = path("request.csr").path
        try Self.openssl(
            "req", "-new", "-key", path("\(role)/\(role).key").path, "-subj", "/CN=x", "-out", request)
        try Self.openssl(
            "x509", "-req", "-in", request, "-days", "0", "-CA", path("authority/\(role)-ca.crt").path,
            "-CAkey", path("authority/\(role)-ca.key").path, "-set_serial", "7",
            "-out", path("\(role)/\(role).crt").path)
        sleep(2)
    }

    static func openssl(_ arguments: String...) throws { try run("openssl", arguments) }

    private static func run(_ command: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CocoaError(.executableLoad, userInfo: [NSLocalizedDescriptionKey: command])
        }
    }
}
