import Foundation
import PolicyHost
import Scenarios
import Testing

/// The example policies and those made for tests, built by the system's compilers.
enum PolicyExamples {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let hasCompilers = ["/usr/bin/cc", "/usr/bin/c++"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    /// Why tests in Python are left out, if they are.
    static let hasNumPy = (try? run("/usr/bin/env", ["python3", "-c", "import numpy"])) == 0

    private static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "longhaul-policies-\(getpid())")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }()
    private static let lock = NSLock()

    /// The path of a library built from a source file, as its comment says.
    static func library(_ source: String, flags: [String] = []) throws -> String {
        try lock.withLock {
            let file = root.appending(path: source)
            let name = file.deletingPathExtension().lastPathComponent + flags.joined()
            let output = folder.appending(path: "lib\(name).so").path
            if FileManager.default.fileExists(atPath: output) { return output }
            let isC = file.pathExtension == "c"
            let status = try run(
                isC ? "/usr/bin/cc" : "/usr/bin/c++",
                [isC ? "-std=gnu11" : "-std=c++17", "-Wall", "-Wextra", "-O2", "-ffp-contract=off", "-shared", "-fPIC",
                 "-I", root.appending(path: "Sources/CLonghaulPolicy/include").path, file.path, "-o", output, "-lm"]
                    + flags)
            try #require(status == 0, "\(source) does not compile")
            return output
        }
    }

    static func path(_ file: String) -> String { root.appending(path: file).path }

    /// A file with this text.
    static func write(_ text: String, to name: String) throws -> String {
        let file = folder.appending(path: name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    /// A campaign's policy and its program.
    static func program(_ text: String, config: String = "", timeout: Double = 10) throws -> PolicyProgram {
        var policy = try #require(ExternalPolicy(text))
        policy.timeoutSeconds = timeout
        var program = PolicyProgram(policy: policy, code: policy.code?.path, config: Array(config.utf8))
        // Tests run in a process of their own, which can't host a library.
        let runner = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        program.executable = runner.deletingLastPathComponent().appending(path: "longhaul").path
        return program
    }

    @discardableResult
    static func run(_ tool: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
