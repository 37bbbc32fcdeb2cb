import Foundation
import Synchronization

/// One line on standard error about something that takes longer than a second: rewritten in place on a
/// terminal, a new line every ten seconds elsewhere, nothing at all for what is done sooner.
final class ProgressLine: Sendable {
    private struct State {
        var next: ContinuousClock.Instant
        var isShown = false
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State(next: .now + .seconds(1)))

    /// Shows `line` if it is time to.
    func update(_ line: @autoclosure () -> String) {
        state.withLock { state in
            let now = ContinuousClock.now
            guard now >= state.next else { return }
            state.next = now + (isTerminal ? .milliseconds(200) : .seconds(10))
            state.isShown = true
            write(isTerminal ? "\r\u{1B}[K\(line())" : line() + "\n")
        }
    }

    /// Removes the line again.
    func finish() {
        state.withLock { state in
            if state.isShown && isTerminal { write("\r\u{1B}[K") }
            state.isShown = false
        }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
