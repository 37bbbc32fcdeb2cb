import TerminalScreen

/// Plays a recording full screen in the terminal until a person leaves.
public struct RolloutPlayer {
    private let model: PlayerModel
    private let style: ScreenStyle

    /// - Parameter environment: says what the terminal can show: `NO_COLOR`, `TERM` and the locale.
    public init(recording: RolloutRecording, verdict: String, environment: [String: String]) {
        model = PlayerModel(recording: recording, verdict: verdict)
        style = ScreenStyle(environment: environment)
    }

    /// Takes the terminal and plays.
    ///
    /// - Parameter isOver: asked before every frame; true ends the play.
    public func run(isOver: () -> Bool) throws(TerminalError) {
        let terminal = try Terminal()
        defer { terminal.close() }
        play(on: terminal, isOver: isOver)
    }

    /// Plays on a terminal that is taken already, and leaves it taken.
    package func play(on terminal: Terminal, isOver: () -> Bool) {
        let start = ContinuousClock.now
        var model = model
        var shown: Frame?
        while !isOver(), terminal.endingSignal == nil {
            if terminal.takeRepaint() || terminal.takeResize() { shown = nil }
            model.tick((ContinuousClock.now - start) / .seconds(1))
            let size = terminal.size
            let frame = PlayerView.frame(model, width: size.width, height: size.height, style: style)
            terminal.write(FrameRenderer.bytes(from: shown, to: frame, usesColor: style.usesColor))
            shown = frame
            for key in terminal.keys(waitingMilliseconds: 50) where model.press(key) == .quit { return }
        }
    }
}
