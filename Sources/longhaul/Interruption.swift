import Foundation
import Synchronization

/// Ctrl-C and TERM as a request to end in good order; the second one ends the process at once.
///
/// The signal handler only counts and writes a byte to a pipe; a thread that reads the pipe runs what
/// is to be done, because a handler may neither lock nor allocate.
final class Interruption: Sendable {
    private struct State {
        var isRequested = false
        var actions: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// Of this process: signals are the process's, so there is one. The first use takes them over.
    static let shared = Interruption()

    /// Takes over SIGINT, SIGTERM and SIGHUP, but leaves alone what the parent had this process ignore
    /// (nohup, background jobs).
    private init() {
        guard let (reading, writing) = privatePipe() else { return }
        signalPipe = writing
        Thread.detachNewThread { [self] in
            var byte: UInt8 = 0
            while read(reading, &byte, 1) == 1 || errno == EINTR { request() }
        }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            signalCount += 1
            if signalCount > 1 { _exit(ExitStatus.interrupted.rawValue) }
            var byte: UInt8 = 1
            _ = write(signalPipe, &byte, 1)
        }
        action.sa_flags = SA_RESTART
        // A parent that started this process from a thread with blocked signals passed them on blocked.
        var taken = sigset_t()
        sigemptyset(&taken)
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&taken, signal) }
        defer { pthread_sigmask(SIG_UNBLOCK, &taken, nil) }
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            var previous = sigaction()
            sigaction(signal, &action, &previous)
            let isIgnored = unsafeBitCast(previous.__sigaction_handler, to: UInt.self) == 1
            if isIgnored { sigaction(signal, &previous, nil) }
        }
    }

    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Runs `action` once, on the first signal: at once if it came already.
    func onRequest(_ action: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.isRequested { state.actions.append(action) }
            return state.isRequested
        }
        if isLate { action() }
    }

    /// Asks for the end as the first signal does.
    func request() {
        let actions = state.withLock { state in
            state.isRequested = true
            defer { state.actions = [] }
            return state.actions
        }
        for action in actions { action() }
    }
}

// What the signal handler touches: plain words, set before the handler is installed.
private nonisolated(unsafe) var signalPipe: Int32 = -1
private nonisolated(unsafe) var signalCount: Int32 = 0
