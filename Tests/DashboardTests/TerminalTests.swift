import Dashboard
import Farm
import Foundation
import Glibc
import TerminalScreen
import Testing

/// On a real pseudo-terminal, with real signals raised in this process.
@Suite(.serialized) struct TerminalTests {
    @Test func closingGivesTheTerminalBack() throws {
        let pair = try PseudoTerminal()
        let before = pair.modes
        let terminal = try Terminal(input: pair.slave, output: pair.slave)
        #expect(pair.modes != before)
        #expect(pair.read().contains("\u{1B}[?1049h"))
        #expect(throws: TerminalError.alreadyOpen) { try Terminal(input: pair.slave, output: pair.slave) }
        terminal.close()
        #expect(pair.modes == before)
        #expect(pair.read().hasSuffix("\u{1B}[?25h\u{1B}[?1049l"))
        terminal.write(Array("late".utf8))
        #expect(pair.read().isEmpty, "nothing is written to a screen given back")
    }

    @Test func anErrorThrownGivesTheTerminalBack() throws {
        struct Failure: Error {}
        let pair = try PseudoTerminal()
        let before = pair.modes
        #expect(throws: Failure.self) {
            let terminal = try Terminal(input: pair.slave, output: pair.slave)
            terminal.write(Array("x".utf8))
            throw Failure()
        }
        #expect(pair.modes == before)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func anEndingSignalGivesTheTerminalBackAndReachesTheEarlierHandler(number: Int32) throws {
        let pair = try PseudoTerminal()
        let before = pair.modes
        signalsSeen = 0
        let earlier = signal(number) { _ in signalsSeen += 1 }
        defer { signal(number, earlier) }
        let terminal = try Terminal(input: pair.slave, output: pair.slave)
        _ = pair.read()
        #expect(terminal.endingSignal == nil)
        raiseHere(number)
        #expect(pair.modes == before)
        #expect(pair.read().hasSuffix("\u{1B}[?1049l"))
        #expect(terminal.endingSignal == number)
        #expect(signalsSeen == 1)
        terminal.close()
        raiseHere(number)
        #expect(signalsSeen == 2, "the earlier handler is back")
    }

    @Test func withoutAnEarlierHandlerTheFirstSignalOnlyGivesTheScreenBack() throws {
        let pair = try PseudoTerminal()
        let before = pair.modes
        let terminal = try Terminal(input: pair.slave, output: pair.slave)
        raiseHere(SIGTERM)
        #expect(terminal.endingSignal == SIGTERM && pair.modes == before)
        terminal.close()
    }

    @Test func keysAndSizesComeThrough() throws {
        let pair = try PseudoTerminal()
        pair.resize(width: 100, height: 30)
        let terminal = try Terminal(input: pair.slave, output: pair.slave)
        defer { terminal.close() }
        #expect(terminal.takeResize() && terminal.size == (100, 30))
        #expect(!terminal.takeResize())
        #expect(terminal.keys(waitingMilliseconds: 0).isEmpty)
        pair.type("\u{1B}[Bq")
        #expect(terminal.keys(waitingMilliseconds: 1000) == [.down, .character("q")])
        pair.type("\u{1B}")
        #expect(terminal.keys(waitingMilliseconds: 1000).isEmpty)
        #expect(terminal.keys(waitingMilliseconds: 10) == [.escape])
        pair.resize(width: 90, height: 25)
        raiseHere(SIGWINCH)
        #expect(terminal.takeResize() && terminal.size == (90, 25))
    }

    @Test func theLoopShowsAndEndsOnTheTerminal() throws {
        let pair = try PseudoTerminal()
        pair.resize(width: 80, height: 24)
        let before = pair.modes
        var loop = DashboardLoop(environment: ["TERM": "xterm", "LANG": "C.UTF-8"])
        loop.output = pair.slave
        var polls = 0
        let ending = try loop.run(
            source: {
                polls += 1
                return richSnapshot()
            }, isFinished: { polls >= 3 })
        #expect(ending == .finished && polls == 4)
        let text = pair.read()
        #expect(text.contains("freeway-baseline") && text.hasSuffix("\u{1B}[?1049l"))
        #expect(pair.modes == before)
    }

    @Test func theLoopPrintsPlainLinesWhereOutputIsNoTerminal() throws {
        let pipe = Pipe()
        var loop = DashboardLoop(environment: ["TERM": "xterm"])
        loop.output = pipe.fileHandleForWriting.fileDescriptor
        #expect(try loop.run(source: { richSnapshot() }, isFinished: { true }) == .finished)
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text == StatusLine.text(richSnapshot()) + "\n")
    }

    @Test func aFileIsNoTerminal() {
        let file = open("/dev/null", O_RDWR)
        defer { Glibc.close(file) }
        #expect(throws: TerminalError.noTerminal(descriptor: file)) {
            try Terminal(input: file, output: file)
        }
        #expect(!Terminal.isUsable(file, environment: ["TERM": "xterm"]))
    }
}

/// Touched by signal handlers of these serialized tests only.
nonisolated(unsafe) private var signalsSeen = 0

/// Raises a signal on this thread and returns after its handler; the threads that run tests block signals.
private func raiseHere(_ number: Int32) {
    var (only, before) = (sigset_t(), sigset_t())
    sigemptyset(&only)
    sigaddset(&only, number)
    pthread_sigmask(SIG_UNBLOCK, &only, &before)
    raise(number)
    pthread_sigmask(SIG_SETMASK, &before, nil)
}

/// A pseudo-terminal whose master plays the screen and the keyboard.
private final class PseudoTerminal {
    struct Failure: Error { let code: Int32 }

    let master: Int32
    let slave: Int32

    init() throws {
        // `posix_openpt` and its kin by hand: Glibc's module leaves them out.
        let unlock: UInt = 0x4004_5431  // TIOCSPTLCK
        let getNumber: UInt = 0x8004_5430  // TIOCGPTN
        var (locked, number): (Int32, Int32) = (0, 0)
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        guard master >= 0, ioctl(master, unlock, &locked) == 0, ioctl(master, getNumber, &number) == 0 else {
            throw Failure(code: errno)
        }
        slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        guard slave >= 0, fcntl(master, F_SETFL, O_NONBLOCK) == 0 else { throw Failure(code: errno) }
    }

    deinit {
        close(slave)
        close(master)
    }

    /// The input, output, control and local modes.
    var modes: [UInt32] {
        var state = termios()
        tcgetattr(slave, &state)
        return [state.c_iflag, state.c_oflag, state.c_cflag, state.c_lflag]
    }

    func resize(width: Int, height: Int) {
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    func type(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
    }

    func read() -> String {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(master, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: result, as: UTF8.self) }
            result += buffer.prefix(count)
        }
    }
}
