import TerminalScreen

/// A recording being played: a pure value that takes keys and the time.
public struct PlayerModel: Sendable {
    /// What the owner of the model has to do after a key.
    public enum Effect: Sendable, Equatable { case none, quit }

    public static let speeds = [0.1, 0.25, 0.5, 1, 2, 4, 8]

    public let recording: RolloutRecording
    /// What a comparison with the journal said.
    public let verdict: String
    /// Index of the step shown, with a fraction while playing.
    public private(set) var position: Double
    public private(set) var isPlaying = true
    public private(set) var speed = 1.0
    /// Metres a column, relative to what fits the screen.
    public private(set) var zoom = 1.0
    private var now: Double?

    /// Begins some seconds before a bad end, else at the beginning.
    public init(recording: RolloutRecording, verdict: String) {
        self.recording = recording
        self.verdict = verdict
        let ending = recording.events.last { $0.kind == .ending }
        position = max(0, Double(ending?.step ?? 0) - 8 / RolloutRecording.stepSeconds)
    }

    /// The step to show.
    public var step: Int { min(max(Int(position), 0), last) }
    public var last: Int { max(recording.steps.count - 1, 0) }
    public var seconds: Double { recording.seconds(step) }

    /// The newest event at or before the step shown.
    public var currentEvent: RecordedEvent? { recording.events.last { $0.step <= step } }

    /// Moves on while playing. `time` is in seconds of a clock that doesn't run backwards.
    public mutating func tick(_ time: Double) {
        let elapsed = min(max(time - (now ?? time), 0), 0.5)
        now = time
        guard isPlaying else { return }
        position = min(position + elapsed * speed / RolloutRecording.stepSeconds, Double(last))
        if step == last { isPlaying = false }
    }

    public mutating func press(_ key: Key) -> Effect {
        switch key {
        case .character("q"), .character("Q"), .escape: return .quit
        case .character(" "), .enter: toggle()
        case .left: move(by: -1)
        case .right: move(by: 1)
        case .pageUp: move(by: -50)
        case .pageDown: move(by: 50)
        case .home, .character("g"): move(by: -last)
        case .end, .character("G"): move(by: last)
        case .up, .character("."): changeSpeed(by: 1)
        case .down, .character(","): changeSpeed(by: -1)
        case .character("+"), .character("="): zoom = max(zoom / 1.3, 0.2)
        case .character("-"): zoom = min(zoom * 1.3, 5)
        case .character("n"): jump(to: recording.events.first { $0.step > step })
        case .character("p"): jump(to: recording.events.last { $0.step < step })
        case .character: break
        }
        return .none
    }

    private mutating func toggle() {
        if !isPlaying && step == last { position = 0 }
        isPlaying.toggle()
    }

    private mutating func move(by steps: Int) {
        isPlaying = false
        position = Double(min(max(step + steps, 0), last))
    }

    private mutating func jump(to event: RecordedEvent?) {
        if let event { move(by: event.step - step) }
    }

    private mutating func changeSpeed(by places: Int) {
        let index = (Self.speeds.firstIndex(of: speed) ?? 3) + places
        speed = Self.speeds[min(max(index, 0), Self.speeds.count - 1)]
    }
}
