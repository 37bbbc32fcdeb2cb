import Glibc

/// Why the full-screen view can't be shown.
public enum TerminalError: Error, Equatable, CustomStringConvertible {
    case noTerminal(descriptor: Int32)
    case alreadyOpen
    case cannotConfigure(descriptor: Int32, code: Int32)

    public var description: String {
        switch self {
        case .noTerminal(let descriptor):
            "file descriptor \(descriptor) is no terminal: use the plain status lines"
        case .alreadyOpen:
            "a dashboard is already on this terminal: close it before opening another"
        case .cannotConfigure(let descriptor, let code):
            "cannot read the modes of the terminal on file descriptor \(descriptor): "
                + "\(String(cString: strerror(code))); set TERM=dumb to get plain status lines"
        }
    }
}

/// Owns the real terminal from `init` to `close`: raw keys, alternate screen, no cursor.
///
/// The terminal is given back on every way out: `close`, the end of this object, `exit`, SIGINT, SIGTERM and
/// SIGHUP, SIGTSTP (and taken again on SIGCONT), and fatal signals. A first SIGINT, SIGTERM or SIGHUP gives
/// the screen back, then runs the handler that was installed before, if any, and shows in `endingSignal`;
/// without an earlier handler the second one ends the process as usual. SIGKILL alone leaves the screen as it
/// is: `reset` mends it.
public final class Terminal {
    private let input: Int32
    private let output: Int32
    private var decoder = KeyDecoder()
    private var isOpen = true

    /// Whether `descriptor` leads to a terminal that understands cursor movement.
    public static func isUsable(_ descriptor: Int32 = STDOUT_FILENO, environment: [String: String]) -> Bool {
        guard isatty(descriptor) == 1, let kind = environment["TERM"] else { return false }
        return !kind.isEmpty && kind != "dumb"
    }

    /// Takes the terminal. Keys come from `input`; where that is no terminal, there are none.
    public init(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO) throws(TerminalError) {
        guard isatty(output) == 1 else { throw .noTerminal(descriptor: output) }
        var saved = termios()
        guard tcgetattr(output, &saved) == 0 else {
            throw .cannotConfigure(descriptor: output, code: errno)
        }
        var raw = saved
        // Signals from the keyboard stay on: Ctrl-C and Ctrl-Z do what they always do.
        raw.c_iflag &= ~tcflag_t(BRKINT | INPCK | ISTRIP | ICRNL | IXON)
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN)
        raw.setControl(VMIN, 0)
        raw.setControl(VTIME, 0)
        guard TerminalGuard.begin(descriptor: output, saved: saved, raw: raw) else { throw .alreadyOpen }
        self.input = isatty(input) == 1 ? input : -1
        self.output = output
    }

    deinit { close() }

    /// Gives the terminal back as it was. Later calls do nothing.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        TerminalGuard.end()
    }

    /// The SIGINT, SIGTERM or SIGHUP that has already given the screen back.
    public var endingSignal: Int32? {
        let signal = TerminalGuard.receivedSignal
        return isOpen && signal != 0 ? signal : nil
    }

    /// Columns and rows as the terminal says; 80 × 24 if it says nothing.
    public var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Whether the size may have changed since the last call.
    public func takeResize() -> Bool { TerminalGuard.takeResize() }

    /// Whether the screen's content was lost (just opened, or continued after a stop) since the last call.
    public func takeRepaint() -> Bool { TerminalGuard.takeRepaint() }

    /// Waits up to `milliseconds` for keys and returns those pressed. Comes back early on a signal.
    public func keys(waitingMilliseconds milliseconds: Int32) -> [Key] {
        var poller = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        let ready = poll(&poller, 1, milliseconds)
        if ready == 0 { return decoder.pause().map { [$0] } ?? [] }
        guard ready > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(input, &buffer, buffer.count)
        if count > 0 { return decoder.keys(from: buffer.prefix(count)) }
        // A terminal that hung up is always ready and has nothing to read.
        poll(nil, 0, milliseconds)
        return []
    }

    /// Writes bytes while the screen is ours; what is left when a signal gives it back is dropped.
    public func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty, isOpen, TerminalGuard.isOnScreen {
            let written = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
            if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return }
        }
    }
}

extension termios {
    fileprivate mutating func setControl(_ index: Int32, _ value: cc_t) {
        withUnsafeMutableBytes(of: &c_cc) { $0[Int(index)] = value }
    }
}
