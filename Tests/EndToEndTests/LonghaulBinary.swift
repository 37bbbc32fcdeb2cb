import Foundation

/// The real binary, built in the same build as the tests that run it.
enum LonghaulBinary {
    /// Beside the test runner's executable.
    static let path: String = {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: runner).deletingLastPathComponent()
            .appendingPathComponent("longhaul").path
    }()

    static let isBuilt = FileManager.default.isExecutableFile(atPath: path)

    /// Starts `longhaul` with `arguments`.
    static func start(_ arguments: [String]) throws -> RunningProcess {
        try RunningProcess([path] + arguments)
    }

    /// Runs `longhaul` with `arguments` to its end.
    static func run(_ arguments: [String], within seconds: Double = 60) throws -> RunningProcess.Result {
        try start(arguments).result(within: seconds)
    }

    static func hasCommand(_ name: String) -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
}

/// A TCP port that is free, with a free one above it, at the time of the call.
func freePort() throws -> Int {
    // Below those that the system gives to outgoing connections.
    for _ in 0..<200 {
        let port = Int.random(in: 10_000..<32_000)
        if canBind(port) && canBind(port + 1) { return port }
    }
    throw TestFailure("found no free port")
}

private func canBind(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = INADDR_ANY
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
