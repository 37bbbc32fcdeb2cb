import Foundation

/// A process that a test started; killed at the latest when the test lets go of it.
final class RunningProcess {
    struct Result {
        /// The exit code, or 128 + n if signal n ended it.
        var status: Int32
        var output: String
        var errors: String
    }

    let pid: pid_t
    private let folder: TemporaryFolder
    private var ending: Int32?

    /// Starts `arguments`, the first of which is a path or a command found on the `PATH`. Signals are as in a
    /// fresh shell: the threads that run tests block them, and Foundation's `Process` would pass that on.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t(), all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for (descriptor, name) in [(STDOUT_FILENO, "stdout"), (STDERR_FILENO, "stderr")] {
            posix_spawn_file_actions_addopen(
                &files, descriptor, folder.file(name), O_WRONLY | O_CREAT, 0o644)
        }

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var cArguments = arguments.map { strdup($0) } + [nil]
        var cVariables = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (cArguments + cVariables).forEach { free($0) } }
        var pid: pid_t = 0
        let status = posix_spawnp(&pid, arguments[0], &files, &attributes, &cArguments, &cVariables)
        guard status == 0 else { throw TestFailure("\(arguments[0]): \(String(cString: strerror(status)))") }
        self.pid = pid
    }

    deinit {
        guard isRunning else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    var isRunning: Bool {
        guard ending == nil else { return false }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return true }
        let signal = status & 0x7f
        ending = signal == 0 ? (status >> 8) & 0xff : 128 + signal
        return false
    }

    var outputSoFar: String { (try? String(contentsOfFile: folder.file("stdout"), encoding: .utf8)) ?? "" }
    var errorsSoFar: String { (try? String(contentsOfFile: folder.file("stderr"), encoding: .utf8)) ?? "" }

    /// Waits for its first line on standard error, or its end: before that, a signal may come too early for
    /// any handler.
    func waitUntilUp() throws {
        try wait(atMost: 60, for: "a first word of process \(pid)") { !isRunning || !errorsSoFar.isEmpty }
    }

    func signal(_ number: Int32) {
        if isRunning { kill(pid, number) }
    }

    /// Waits for the end; kills the process after `seconds` and throws.
    func result(within seconds: Double = 60) throws -> Result {
        do {
            try wait(atMost: seconds, for: "the end of process \(pid)") { !isRunning }
        } catch {
            signal(SIGKILL)
            throw TestFailure("\(error); output: \(outputSoFar.suffix(2000)) \(errorsSoFar.suffix(2000))")
        }
        return Result(status: ending ?? 0, output: outputSoFar, errors: errorsSoFar)
    }
}

struct TestFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Waits until `condition` holds.
///
/// - Parameter seconds: plenty on a machine of one's own; others may keep this one busy, so it gets four times
///   as long. Only what never happens makes a test fail.
func wait(atMost seconds: Double, for what: String, until condition: () throws -> Bool) throws {
    let seconds = 4 * seconds
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try !condition() {
        guard ContinuousClock.now < deadline else {
            throw TestFailure("waited \(seconds) s in vain for \(what)")
        }
        usleep(20_000)
    }
}

/// A temporary folder that goes away with the test.
final class TemporaryFolder: Sendable {
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

/// The processes that `parent` started.
func children(of parent: pid_t) -> [pid_t] {
    let path = "/proc/\(parent)/task/\(parent)/children"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: " ").compactMap { pid_t($0) }
}
