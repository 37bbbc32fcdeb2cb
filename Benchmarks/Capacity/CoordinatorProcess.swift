import Foundation

/// `longhaul coordinator` as a process of its own, on one core.
final class CoordinatorProcess {
    struct Usage {
        /// Of all its threads, in user and kernel mode.
        var processorSeconds: Double
        var residentBytes: Int
    }

    private static let startSeconds = 30.0
    let port: UInt16
    private let process = Process()

    /// Starts it with an empty result folder, and waits until it listens.
    init(executable: String, core: Int, folder: String, shards: Int, shardSize: Int) throws {
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let campaign = folder + "/campaign.yaml"
        try "name: capacity\nscenarios: \(shards * shardSize)\nshard-size: \(shardSize)\n"
            .write(toFile: campaign, atomically: true, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "taskset", "-c", "\(core)", executable, "coordinator", campaign, "--listen", "tcp://127.0.0.1:0",
            "--output", folder, "--json",
        ]
        let messages = Pipe()
        process.standardError = messages
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        port = try Self.port(in: messages.fileHandleForReading)
        // Status lines go on for as long as it runs.
        messages.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
    }

    /// What `--version` prints: a coordinator takes in workers of its own release alone.
    static func release(of executable: String) throws -> String {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = ["--version"]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func port(in messages: FileHandle) throws -> UInt16 {
        var text = ""
        let deadline = Date(timeIntervalSinceNow: startSeconds)
        while Date() < deadline {
            let data = messages.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
            if let match = text.firstMatch(of: /workers join \S+:(\d+)/), let port = UInt16(match.1) {
                return port
            }
        }
        throw CapacityError.coordinator("didn't start: \(text)")
    }

    /// From `/proc`.
    func usage() throws -> Usage {
        let folder = "/proc/\(process.processIdentifier)"
        let stat = try String(contentsOfFile: folder + "/stat", encoding: .utf8)
        // The second field, the name in brackets, may hold blanks.
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let pages = Int(fields[21])
        else { throw CapacityError.coordinator("has ended") }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        return Usage(processorSeconds: (user + system) / ticks, residentBytes: pages * Int(getpagesize()))
    }

    /// Stops it, and waits until its last commit is on the disk.
    func end() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }
}
