import Dashboard
import Farm
import Foundation
import Metrics
import Replay
import Rollout
import TerminalScreen

extension FailureReplay {
    /// Plays failures of a result folder inside a dashboard.
    ///
    /// - Parameter folder: where the results of a snapshot's campaign are, nil if they are not on this machine.
    init(interruption: Interruption, folder: @escaping (FarmSnapshot) -> String?) {
        self.init(
            access: { snapshot in
                guard let folder = folder(snapshot) else {
                    return FailureAccess(commandHead: "longhaul replay CAMPAIGN.yaml --seed \(snapshot.seed)")
                }
                let place = shellQuoted(relativePath(folder))
                return FailureAccess(commandHead: "\(invocation) replay \(place)", canPlay: true)
            },
            play: { incident, snapshot, terminal, poll in
                guard let folder = folder(snapshot) else { return "the results are no longer there" }
                do {
                    try playAgain(incident, of: snapshot, folder, terminal, interruption, poll)
                    return nil
                } catch {
                    return CommandFailure(error).message
                }
            })
    }
}

/// Rolls a failure out again, compares it with the journal, and plays it on a terminal that is taken already.
private func playAgain(
    _ incident: Incident, of snapshot: FarmSnapshot, _ folder: String, _ terminal: Terminal,
    _ interruption: Interruption, _ poll: () -> Void
) throws {
    let environment = ProcessInfo.processInfo.environment
    let style = ScreenStyle(environment: environment)
    let size = terminal.size
    var canvas = Canvas(width: size.width, height: size.height, usesUnicode: style.usesUnicode)
    canvas.put("rolling out scenario \(incident.scenario) again …", row: 0, column: 0, style: .title)
    terminal.write(FrameRenderer.bytes(from: nil, to: canvas.frame, usesColor: style.usesColor))

    let input = try ReplayInput(source: folder, seed: nil, selection: .init(scenario: incident.scenario))
    guard input.identity == snapshot.campaignIdentity else {
        throw CommandFailure(.usage, "\(folder) holds the results of another campaign")
    }
    var recording: RolloutRecording?
    let sink = RecordingSink(origin: { input.origin(of: $0) }) { recording = $0 }
    let (_, verdict) = try input.rolledOut(to: sink, isCancelled: {
        poll()
        return interruption.isRequested
    })
    guard let recording, !recording.steps.isEmpty else {
        throw CommandFailure(.usage, "scenario \(incident.scenario) ended before its first step")
    }
    let player = RolloutPlayer(recording: recording, verdict: verdict.name, environment: environment)
    player.play(on: terminal) {
        poll()
        return interruption.isRequested
    }
}

extension ReplayVerdict? {
    /// `bit-identical`, `different`, or `nothing to compare with`.
    var name: String {
        switch self {
        case .bitIdentical: "bit-identical"
        case .different: "different"
        case nil: "nothing to compare with"
        }
    }
}
