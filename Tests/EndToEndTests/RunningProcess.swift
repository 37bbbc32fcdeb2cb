import Foundation

/// A process that a test started; killed at the latest when the test lets go of it.
final class RunningProcess {
    struct Result {
        /// The exit code, or 128 + n if signal n ended it.
        var status: Int32
        var output: String
        var errors: String
    }

    private let process = Process()
    private let folder: URL
    private var outputFile: URL { folder.appendingPathComponent("stdout") }
    private var errorsFile: URL { folder.appendingPathComponent("stderr") }

    /// Starts `arguments`, the first of which is an absolute path or a command found on the `PATH`.
    init(_ arguments: [String], in directory: URL? = nil, environment: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("longhaul-process-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        FileManager.default.createFile(atPath: outputFile.path, contents: nil)
        FileManager.default.createFile(atPath: errorsFile.path, contents: nil)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorsFile)
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    var pid: pid_t { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var outputSoFar: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
    var errorsSoFar: String { (try? String(contentsOf: errorsFile, encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end; kills the process after `seconds` and throws.
    func result(within seconds: Double = 60) throws -> Result {
        do {
            try wait(atMost: seconds, for: "the end of process \(pid)") { !process.isRunning }
        } catch {
            signal(SIGKILL)
            throw TestFailure("\(error); output: \(outputSoFar.suffix(2000)) \(errorsSoFar.suffix(2000))")
        }
        let signalled = process.terminationReason == .uncaughtSignal
        return Result(
            status: (signalled ? 128 : 0) + process.terminationStatus,
            output: outputSoFar, errors: errorsSoFar)
    }
}

struct TestFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Waits until `condition` holds.
func wait(atMost seconds: Double, for what: String, until condition: () throws -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try !condition() {
        guard ContinuousClock.now < deadline else {
            throw TestFailure("waited \(seconds) s in vain for \(what)")
        }
        usleep(20_000)
    }
}

/// A temporary folder that goes away with the test.
final class TemporaryFolder {
    let url: URL
    var path: String { url.path }

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("longhaul-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a text file and returns its path.
    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
        return file(name)
    }
}
