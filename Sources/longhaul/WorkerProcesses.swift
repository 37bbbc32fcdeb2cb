import Foundation

/// The local worker processes of `longhaul run`: this executable, started again as `longhaul worker`.
///
/// Each has the reading end of one pipe as its standard input and leaves when that ends, so none can
/// outlive this process, however it dies. Each is in a process group of its own, so that Ctrl-C reaches
/// this process only, which then ends the others in good order. Their output goes to log files.
final class WorkerProcesses {
    private struct Process {
        var pid: pid_t
        var name: String
    }

    private let address: String
    private let threads: Int
    private let secret: String
    /// `ExternalPolicy.codeHash` of what they may run.
    private let policyCode: String?
    private let folder: String
    private let lifeline: (reading: Int32, writing: Int32)
    private var processes: [Process] = []
    private var restartsLeft: Int
    private let restartLimit: Int
    private var committed = 0

    /// - Parameters:
    ///   - address: where the workers join.
    ///   - threads: engine threads of each.
    ///   - secret: the join token, handed over in the environment.
    ///   - policyCode: hash of the policy's code that they may run; nil for Longhaul's own policies.
    ///   - folder: where their logs go.
    init(
        count: Int, joining address: String, threads: Int, secret: String, policyCode: String?,
        logsIn folder: String
    ) throws {
        guard let pipe = privatePipe() else { throw Self.failure("cannot open a pipe", errno) }
        lifeline = pipe
        (self.address, self.threads, self.secret, self.folder) = (address, threads, secret, folder)
        self.policyCode = policyCode
        restartLimit = 10 * count
        restartsLeft = restartLimit
        for number in 1...count { try start("local-\(number)") }
    }

    deinit {
        close(lifeline.reading)
        close(lifeline.writing)
    }

    private func start(_ name: String) throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))

        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_adddup2(&files, lifeline.reading, STDIN_FILENO)
        posix_spawn_file_actions_addopen(
            &files, STDOUT_FILENO, "\(folder)/\(name).log", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO)

        let arguments = [
            "longhaul", "worker", "--join", address, "--threads", String(threads), "--name", name,
            "--until-input-ends",
        ] + (policyCode.map { ["--allow-policy-code", $0] } ?? [])
        var cArguments = arguments.map { strdup($0) } + [nil]
        let inherited = ProcessInfo.processInfo.environment.filter { $0.key != TokenOptions.variable }
        let variables = inherited.map { "\($0)=\($1)" } + ["\(TokenOptions.variable)=\(secret)"]
        var cVariables = variables.map { strdup($0) } + [nil]
        defer { (cArguments + cVariables).forEach { free($0) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, "/proc/self/exe", &files, &attributes, &cArguments, &cVariables)
        guard status == 0 else { throw Self.failure("cannot start a worker process", status) }
        processes.append(Process(pid: pid, name: name))
    }

    /// Starts workers that have died again, a few times as long as nothing is committed in between. Returns
    /// false when none is left.
    func keepRunning(committed: Int) throws -> Bool {
        if committed > self.committed { restartsLeft = restartLimit }
        self.committed = committed
        for name in reap() where restartsLeft > 0 {
            restartsLeft -= 1
            try start(name)
        }
        return !processes.isEmpty
    }

    /// Notes which workers have ended; returns the names of those that did not end in good order.
    private func reap() -> [String] {
        var died: [String] = []
        processes.removeAll { process in
            var status: Int32 = 0
            guard waitpid(process.pid, &status, WNOHANG) == process.pid else { return false }
            // One that was refused would be refused again.
            let isRefused = status & 0x7f == 0 && (status >> 8) & 0xff == ExitStatus.usage.rawValue
            if status != 0 && !isRefused { died.append(process.name) }
            return true
        }
        return died
    }

    /// Asks every worker to drain, waits up to `seconds`, then kills those that are left.
    func stop(within seconds: Double) {
        for process in processes { kill(process.pid, SIGTERM) }
        let deadline = ContinuousClock.now + .seconds(seconds)
        var isPastDeadline = false
        while true {
            _ = reap()
            if processes.isEmpty { return }
            if !isPastDeadline && ContinuousClock.now >= deadline {
                isPastDeadline = true
                for process in processes { kill(process.pid, SIGKILL) }
            }
            usleep(20_000)
        }
    }

    private static func failure(_ what: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            .temporary, "\(what): \(String(cString: strerror(code))); free resources and try again")
    }
}

/// A pipe whose ends no child process inherits; nil where the process may open no more files.
func privatePipe() -> (reading: Int32, writing: Int32)? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}
