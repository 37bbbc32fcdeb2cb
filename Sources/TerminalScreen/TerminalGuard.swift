import Glibc
import Synchronization

/// The part of `Terminal` that signal handlers may touch: everything here is memory reserved before the first
/// handler is installed, atomics, and calls that POSIX lists as async-signal-safe (`write`, `tcsetattr`,
/// `sigaction`, `raise`). One terminal at a time.
enum TerminalGuard {
    static let endingSignals = [SIGINT, SIGTERM, SIGHUP]
    static let fatalSignals = [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]
    static let controlSignals = [SIGTSTP, SIGCONT, SIGWINCH]

    /// Installs the handlers and takes over the screen of `descriptor`. Returns false if another terminal is
    /// open.
    static func begin(descriptor: Int32, saved: termios, raw: termios) -> Bool {
        guard
            claimed.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
                .exchanged
        else { return false }
        memory.pointee.saved = saved
        memory.pointee.raw = raw
        // Every global that a handler reads is touched here: Swift sets globals up at their first use.
        onScreen.store(false, ordering: .relaxed)
        endingSignal.store(0, ordering: .relaxed)
        needsRepaint.store(true, ordering: .relaxed)
        wasResized.store(true, ordering: .relaxed)
        outputDescriptor.store(descriptor, ordering: .releasing)
        registerExitHandler()
        for signal in endingSignals + fatalSignals + controlSignals { install(signal) }
        enterScreen()
        return true
    }

    /// Gives the screen back and reinstates the handlers that were there before. Harmless when nothing is
    /// open.
    static func end() {
        guard claimed.load(ordering: .acquiring) else { return }
        leaveScreen()
        for signal in endingSignals + fatalSignals + controlSignals { reinstate(signal) }
        outputDescriptor.store(-1, ordering: .releasing)
        claimed.store(false, ordering: .releasing)
    }

    /// The ending signal that gave the screen back, 0 if none.
    static var receivedSignal: Int32 { endingSignal.load(ordering: .acquiring) }
    static var isOnScreen: Bool { onScreen.load(ordering: .acquiring) }
    static func takeResize() -> Bool { wasResized.exchange(false, ordering: .acquiringAndReleasing) }
    static func takeRepaint() -> Bool { needsRepaint.exchange(false, ordering: .acquiringAndReleasing) }

    // MARK: Memory

    private struct Memory {
        var saved = termios()
        var raw = termios()
        /// Alternate screen, no cursor, no automatic wrap.
        let enter = bytes("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J")
        let leave = bytes("\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        /// What was installed before, by signal number.
        let previous = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
    }

    nonisolated(unsafe) private static let memory: UnsafeMutablePointer<Memory> = {
        let memory = UnsafeMutablePointer<Memory>.allocate(capacity: 1)
        memory.initialize(to: Memory())
        memory.pointee.previous.initialize(repeating: sigaction(), count: 65)
        return memory
    }()
    private static let claimed = Atomic(false)
    private static let onScreen = Atomic(false)
    private static let needsRepaint = Atomic(false)
    private static let wasResized = Atomic(false)
    private static let endingSignal = Atomic<Int32>(0)
    private static let outputDescriptor = Atomic<Int32>(-1)
    private static let exitHandler: Void = { atexit { TerminalGuard.leaveScreen() } }()

    private static func registerExitHandler() { _ = exitHandler }

    private static func bytes(_ text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    // MARK: Screen

    private static func enterScreen() {
        let descriptor = outputDescriptor.load(ordering: .acquiring)
        tcsetattr(descriptor, TCSADRAIN, &memory.pointee.raw)
        onScreen.store(true, ordering: .releasing)
        writeAll(descriptor, memory.pointee.enter)
    }

    private static func leaveScreen() {
        guard onScreen.exchange(false, ordering: .acquiringAndReleasing) else { return }
        let descriptor = outputDescriptor.load(ordering: .acquiring)
        writeAll(descriptor, memory.pointee.leave)
        tcsetattr(descriptor, TCSADRAIN, &memory.pointee.saved)
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset < bytes.count, let start = bytes.baseAddress {
            let written = write(descriptor, start + offset, bytes.count - offset)
            if written > 0 { offset += written } else if errno != EINTR { return }
        }
    }

    // MARK: Signals

    private typealias Handler =
        @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void

    private static let handler: Handler = { signal, info, context in
        let error = errno
        TerminalGuard.handle(signal, info, context)
        errno = error
    }

    private static func handle(
        _ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
    ) {
        switch signal {
        case SIGWINCH:
            wasResized.store(true, ordering: .releasing)
            callPrevious(signal, info, context)
        case SIGTSTP: suspend()
        case SIGCONT:
            // Also after SIGSTOP, which gives no warning: the shell has set its own terminal modes since.
            if endingSignal.load(ordering: .acquiring) == 0 { enterScreen() }
            needsRepaint.store(true, ordering: .releasing)
            wasResized.store(true, ordering: .releasing)
            callPrevious(signal, info, context)
        case SIGINT, SIGTERM, SIGHUP:
            leaveScreen()
            endingSignal.store(signal, ordering: .releasing)
            if !callPrevious(signal, info, context) {
                sigaction(signal, memory.pointee.previous + Int(signal), nil)
            }
        default:
            leaveScreen()
            sigaction(signal, memory.pointee.previous + Int(signal), nil)
            // A fault that the CPU raised comes again by itself when this returns.
            if (info?.pointee.si_code ?? 0) <= 0 { raise(signal) }
        }
    }

    /// Stops the process as the default action would, with the screen given back; `SIGCONT` takes it again.
    private static func suspend() {
        leaveScreen()
        var ours = sigaction()
        sigaction(SIGTSTP, memory.pointee.previous + Int(SIGTSTP), &ours)
        var only = sigset_t()
        sigemptyset(&only)
        sigaddset(&only, SIGTSTP)
        raise(SIGTSTP)
        pthread_sigmask(SIG_UNBLOCK, &only, nil)
        sigaction(SIGTSTP, &ours, nil)
        // In an orphaned process group nothing stops, so nothing continues either.
        let isEnding = endingSignal.load(ordering: .acquiring) != 0
        if !isEnding, !onScreen.load(ordering: .acquiring) { enterScreen() }
        needsRepaint.store(true, ordering: .releasing)
    }

    private static func install(_ signal: Int32) {
        let previous = memory.pointee.previous + Int(signal)
        sigaction(signal, nil, previous)
        // What the parent had us ignore (nohup) stays ignored.
        guard signal == SIGWINCH || signal == SIGCONT || address(of: previous.pointee) != ignored else {
            return
        }
        var action = sigaction()
        action.__sigaction_handler.sa_sigaction = handler
        action.sa_flags = SA_SIGINFO | SA_ONSTACK
        sigemptyset(&action.sa_mask)
        sigaction(signal, &action, nil)
    }

    /// Leaves a handler alone that somebody installed after ours.
    private static func reinstate(_ signal: Int32) {
        var current = sigaction()
        sigaction(signal, nil, &current)
        guard address(of: current) == unsafeBitCast(handler, to: UInt.self) else { return }
        sigaction(signal, memory.pointee.previous + Int(signal), nil)
    }

    /// Calls the handler that was installed before ours; false if there was none.
    @discardableResult
    private static func callPrevious(
        _ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
    ) -> Bool {
        let previous = memory.pointee.previous[Int(signal)]
        guard address(of: previous) != standard, address(of: previous) != ignored else { return false }
        if previous.sa_flags & SA_SIGINFO != 0 {
            previous.__sigaction_handler.sa_sigaction?(signal, info, context)
        } else {
            previous.__sigaction_handler.sa_handler?(signal)
        }
        return true
    }

    /// `SIG_DFL` and `SIG_IGN` as addresses.
    private static var standard: UInt { 0 }
    private static var ignored: UInt { 1 }

    private static func address(of action: sigaction) -> UInt {
        unsafeBitCast(action.__sigaction_handler, to: UInt.self)
    }
}
