import Farm
import Glibc
import TerminalScreen

/// Shows a campaign until it is over or somebody leaves: full screen on a terminal, status lines elsewhere.
public struct DashboardLoop {
    /// How the loop ended.
    public enum Ending: Sendable, Equatable {
        /// `isFinished` said so.
        case finished
        /// A person pressed `q`.
        case quit
        /// SIGINT, SIGTERM or SIGHUP came; the terminal is restored, and what follows is the caller's
        /// decision.
        case interrupted(signal: Int32)
    }

    /// Descriptor of the terminal or log; standard output unless that is kept for results.
    public var output: Int32 = STDOUT_FILENO
    public var style: ScreenStyle
    public var framesPerSecond = 10
    /// Seconds between status lines where output is no terminal.
    public var statusIntervalSeconds = 5.0
    /// Shows failures; without it they are listed only.
    public var failureReplay: FailureReplay?

    private let environment: [String: String]

    /// Takes the style from the environment: `NO_COLOR`, `TERM` and the locale.
    public init(environment: [String: String]) {
        self.environment = environment
        style = ScreenStyle(environment: environment)
    }

    /// Runs on the calling thread; best the main thread, which gets the signals. Polls `source` for the
    /// newest snapshot before every frame and ends after one last frame or line when `isFinished` is true.
    public func run(source: () -> FarmSnapshot?, isFinished: () -> Bool) throws(TerminalError) -> Ending {
        guard Terminal.isUsable(output, environment: environment) else {
            return printLines(source: source, isFinished: isFinished)
        }
        let terminal = try Terminal(output: output)
        defer { terminal.close() }
        return show(on: terminal, source: source, isFinished: isFinished)
    }

    private func show(on terminal: Terminal, source: () -> FarmSnapshot?, isFinished: () -> Bool) -> Ending {
        let start = ContinuousClock.now
        let frameMilliseconds = Int32(1000 / min(max(framesPerSecond, 1), 100))
        var model = DashboardModel(width: terminal.size.width, height: terminal.size.height)
        var shown: Frame?
        while true {
            let isLast = isFinished()
            if terminal.takeRepaint() { shown = nil }
            if terminal.takeResize() {
                let size = terminal.size
                model.apply(.resize(width: size.width, height: size.height))
                shown = nil
            }
            let now = start.duration(to: .now).seconds
            if let snapshot = source(), snapshot != model.snapshot {
                model.apply(.snapshot(snapshot, at: now))
                if let failureReplay { model.apply(.access(failureReplay.access(snapshot))) }
            }
            model.apply(.tick(now))

            let frame = DashboardView.frame(model, width: model.width, height: model.height, style: style)
            terminal.write(FrameRenderer.bytes(from: shown, to: frame, usesColor: style.usesColor))
            shown = frame

            if let signal = terminal.endingSignal { return .interrupted(signal: signal) }
            if isLast { return .finished }
            for key in terminal.keys(waitingMilliseconds: frameMilliseconds) {
                switch model.apply(.key(key)) {
                case .none: continue
                case .quit: return .quit
                case .play(let incident):
                    guard let failureReplay, let snapshot = model.snapshot else { continue }
                    let problem = failureReplay.play(incident, snapshot, terminal) { _ = isFinished() }
                    model.apply(.replayEnded(problem: problem))
                    shown = nil
                }
            }
        }
    }

    private func printLines(source: () -> FarmSnapshot?, isFinished: () -> Bool) -> Ending {
        let start = ContinuousClock.now
        var nextLine = 0.0
        while true {
            let isLast = isFinished()
            let now = start.duration(to: .now).seconds
            if now >= nextLine || isLast, let snapshot = source() {
                printLine(StatusLine.text(snapshot))
                nextLine = now + max(statusIntervalSeconds, 0.1)
            }
            if isLast { return .finished }
            usleep(100_000)
        }
    }

    private func printLine(_ line: String) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
            if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return }
        }
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
