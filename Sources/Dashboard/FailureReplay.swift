import Farm
import Metrics
import TerminalScreen

/// How failures can be looked at from where the dashboard runs.
public struct FailureAccess: Sendable, Equatable {
    /// The command that replays a rollout, up to its scenario's number.
    public var commandHead: String
    /// Whether result folder and weights are at hand, so that Enter plays a rollout here.
    public var canPlay: Bool

    public init(commandHead: String = "longhaul replay CAMPAIGN.yaml", canPlay: Bool = false) {
        self.commandHead = commandHead
        self.canPlay = canPlay
    }

    func command(_ incident: Incident) -> String {
        "\(commandHead) --scenario \(incident.scenario) --terminal"
    }
}

/// Replays failures for a dashboard: what it can't do itself, because it knows no rollouts.
public struct FailureReplay {
    /// Says what is at hand for the campaign of a snapshot.
    public var access: (FarmSnapshot) -> FailureAccess
    /// Plays an incident of a snapshot's campaign on the terminal, which stays taken, and calls its last
    /// argument several times a second. Returns why it could not.
    public var play: (Incident, FarmSnapshot, Terminal, () -> Void) -> String?

    public init(
        access: @escaping (FarmSnapshot) -> FailureAccess,
        play: @escaping (Incident, FarmSnapshot, Terminal, () -> Void) -> String?
    ) {
        self.access = access
        self.play = play
    }
}
