import CLonghaulPolicy
import Foundation
import Scenarios

/// A policy under test in a process of its own, for one engine thread.
///
/// Observations and actions lie in shared memory; one byte each way asks for a step and answers it. Whatever the
/// process does, it can't harm this one: what it writes is copied before it is looked at, its memory can't be made
/// smaller, its silence has a limit, and it ends when this object does.
public final class PolicyHost {
    /// The longest that a policy may take to be made, seconds: importing PyTorch takes a while.
    static let startSeconds = 120.0
    private static let outputLimit = 1 << 20
    /// Between two looks at whether to give up, milliseconds.
    private static let patience: Int32 = 20

    public let capacity: Int
    public let program: PolicyProgram
    /// What the egos see, `capacity` entries: for the caller to fill.
    public let observations: UnsafeMutablePointer<longhaul_observation>
    /// What they do: this process's own copy.
    public let actions: UnsafeMutablePointer<longhaul_action>

    private let memory: UnsafeMutableRawPointer
    private let layout: SharedLayout
    private let memoryFile: Int32
    private let log: Int32
    private var resets: [longhaul_reset] = []
    private var socket: Int32 = -1
    private var process: Int32 = 0
    /// How the process ended, as `waitpid` gives it, once it has.
    private var status: Int32?
    private var steps = 0
    /// How the last process ended, in words.
    public private(set) var ending = ""

    /// Starts the process and waits until it has made the policy.
    ///
    /// - Parameter capacity: the most egos of a step.
    /// - Throws: `PolicyHostError`.
    public init(_ program: PolicyProgram, capacity: Int) throws {
        self.program = program
        self.capacity = capacity
        layout = SharedLayout(capacity: capacity, configBytes: program.config.count)
        func refused() -> PolicyHostError {
            .noProcess(policy: program.policy.name, reason: String(cString: strerror(errno)))
        }
        let file = longhaul_policy_memory("longhaul-policy", UInt64(layout.bytes))
        guard file >= 0 else { throw refused() }
        let map = mmap(nil, layout.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        let log = longhaul_policy_memory("longhaul-policy-output", 0)
        guard let map, map != MAP_FAILED, log >= 0 else {
            let problem = refused()
            Glibc.close(file)
            throw problem
        }
        (memoryFile, memory, self.log) = (file, map, log)
        observations = (map + layout.observations).bindMemory(to: longhaul_observation.self, capacity: capacity)
        actions = .allocate(capacity: capacity)
        actions.initialize(repeating: longhaul_action(), count: capacity)
        resets.reserveCapacity(capacity)
        layout.write(program.config, to: map, capacity: capacity)
        try start()
    }

    deinit {
        stop()
        munmap(memory, layout.bytes)
        Glibc.close(memoryFile)
        Glibc.close(log)
        actions.deallocate()
    }

    /// A new rollout begins in a slot; told to the policy with the next step.
    public func reset(slot: Int, seed: UInt64) {
        resets.removeAll { $0.slot == UInt32(slot) }
        resets.append(longhaul_reset(slot: UInt32(slot), reserved: 0, seed: seed))
    }

    /// Lets the policy act on the first `count` observations; then `actions` holds what it wants.
    ///
    /// After anything but `answered` the process is gone: `restart` comes next.
    public func step(count: Int, isCancelled: () -> Bool) -> PolicyAnswer {
        layout.write(resets, count: count, to: memory)
        resets.removeAll(keepingCapacity: true)
        steps += 1
        if steps & 1023 == 0 { boundOutput() }
        let answer = program.policy.kind == .library ? ask(isCancelled) : askThroughSocket(isCancelled)
        switch answer {
        case .byte(UInt8(ascii: "D")):
            memcpy(actions, memory + layout.actions, count * MemoryLayout<longhaul_action>.stride)
            return .answered
        case .byte, .ended: return end(.crashed)
        case .silence: return end(.hung)
        case .cancelled: return end(.cancelled)
        }
    }

    /// A fresh process in place of the one before.
    ///
    /// - Throws: `PolicyHostError`.
    public func restart() throws {
        stop()
        resets.removeAll(keepingCapacity: true)
        try start()
    }

    /// The last lines that the policy printed, at most 4,000 bytes.
    public var output: String {
        let end = max(0, lseek(log, 0, SEEK_END))
        var bytes = [UInt8](repeating: 0, count: Int(min(end, 4_000)))
        let count = pread(log, &bytes, bytes.count, end - off_t(bytes.count))
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        return text.trimmingCharacters(in: .whitespacesAndNewlines.union(.controlCharacters))
    }

    private func start() throws {
        let name = program.policy.name
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0
        else { throw PolicyHostError.noProcess(policy: name, reason: String(cString: strerror(errno))) }
        ftruncate(log, 0)
        let command = program.command
        var arguments = command.arguments.map { strdup($0) } + [nil]
        var variables = command.environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        status = nil
        let problem = longhaul_policy_spawn(
            command.program, &arguments, &variables, ends[1], memoryFile, log, &process)
        Glibc.close(ends[1])
        socket = ends[0]
        guard problem == 0 else {
            Glibc.close(socket)
            (socket, process) = (-1, 0)
            throw PolicyHostError.noProcess(
                policy: name, reason: "\(command.program): \(String(cString: strerror(problem)))")
        }
        switch hear(within: Self.startSeconds, isCancelled: { false }) {
        case .byte(UInt8(ascii: "R")): return
        case .byte(UInt8(ascii: "F")):
            let reason = layout.problem(in: memory)
            let output = output
            stop()
            throw PolicyHostError.notMade(policy: name, reason: reason, output: output)
        case .silence:
            _ = end(.hung)
            throw PolicyHostError.notMade(
                policy: name, reason: "no answer within \(Int(Self.startSeconds)) s", output: output)
        default:
            _ = end(.crashed)
            throw PolicyHostError.notMade(policy: name, reason: ending, output: output)
        }
    }

    private enum Heard {
        case byte(UInt8)
        case ended
        case silence
        case cancelled
    }

    private func hear(within seconds: Double, isCancelled: () -> Bool) -> Heard {
        var deadline: ContinuousClock.Instant?
        while true {
            var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, Self.patience)
            if ready > 0 {
                var byte: UInt8 = 0
                let count = recv(socket, &byte, 1, 0)
                if count == 1 { return .byte(byte) }
                if count < 0 && errno == EINTR { continue }
                return .ended
            }
            // The clock is read only when the policy is slow.
            let now = ContinuousClock.now
            let end = deadline ?? now + .seconds(max(0, seconds - Double(Self.patience) / 1e3))
            deadline = end
            if now >= end { return .silence }
            if isCancelled() { return .cancelled }
        }
    }

    private func askThroughSocket(_ isCancelled: () -> Bool) -> Heard {
        var byte = UInt8(ascii: "S")
        guard send(socket, &byte, 1, Int32(MSG_NOSIGNAL)) == 1 else { return .ended }
        return hear(within: program.policy.timeoutSeconds, isCancelled: isCancelled)
    }

    /// A step of a library's host; answered as `hear` would.
    private func ask(_ isCancelled: () -> Bool) -> Heard {
        guard process > 0 else { return .ended }
        let request = longhaul_policy_ask(shared, 0)
        var deadline: ContinuousClock.Instant?
        while longhaul_policy_wait(shared, request, UInt32(Self.patience)) == 0 {
            if hasEnded() { return .ended }
            let now = ContinuousClock.now
            let end = deadline ?? now + .seconds(program.policy.timeoutSeconds)
            deadline = end
            if now >= end { return .silence }
            if isCancelled() { return .cancelled }
        }
        return .byte(UInt8(ascii: "D"))
    }

    private var shared: UnsafeMutablePointer<longhaul_shared> {
        memory.assumingMemoryBound(to: longhaul_shared.self)
    }

    /// Whether the process has ended by itself; notes how.
    private func hasEnded() -> Bool {
        guard process > 0 else { return true }
        var found: Int32 = 0
        let ended = waitpid(process, &found, WNOHANG)
        guard ended == process || (ended < 0 && errno != EINTR) else { return false }
        status = found
        process = 0
        return true
    }

    /// Ends the process and notes how it ended.
    private func end(_ answer: PolicyAnswer) -> PolicyAnswer {
        let limit = program.policy.timeoutSeconds
        stop()
        let signal = (status ?? 0) & 0x7f
        switch answer {
        case .hung: ending = "gave no answer within \(limit) s"
        case .crashed where signal != 0: ending = "ended by signal \(signal) (\(String(cString: strsignal(signal))))"
        case .crashed where status == nil: ending = "could not be started again"
        default: ending = "ended its process with exit status \(((status ?? 0) >> 8) & 0xff)"
        }
        return answer
    }

    /// Ends the process.
    private func stop() {
        if process > 0 && program.policy.kind == .library { _ = longhaul_policy_ask(shared, 1) }
        // The other hosts end when their socket does, and one that has crashed is about to: how is worth knowing.
        if socket >= 0 && program.policy.kind != .library { Glibc.close(socket) }
        for _ in 0..<100 where !hasEnded() { usleep(1_000) }
        if process > 0 {
            kill(process, SIGKILL)
            while !hasEnded() { usleep(200) }
        }
        if socket >= 0 && program.policy.kind == .library { Glibc.close(socket) }
        socket = -1
    }

    /// A policy that prints much keeps only what it printed last.
    private func boundOutput() {
        var status = stat()
        if fstat(log, &status) == 0, status.st_blocks * 512 > Self.outputLimit { ftruncate(log, 0) }
    }
}
