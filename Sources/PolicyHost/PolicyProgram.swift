import Foundation
import Scenarios

/// A policy under test on this machine, ready to be started: its code as a file, its configuration in memory.
public struct PolicyProgram: Sendable {
    public var policy: ExternalPolicy
    /// The library or Python file to load; nil for a Python module.
    public var code: String?
    public var config: [UInt8]
    /// Hosts libraries when it is started as `longhaul policy-host LIBRARY`.
    public var executable = "/proc/self/exe"
    /// Runs Python policies. Where it is not set, the environment's `LONGHAUL_PYTHON`, or `python3`.
    public var python: String?

    public init(policy: ExternalPolicy, code: String?, config: [UInt8]) {
        self.policy = policy
        self.code = code
        self.config = config
    }
}

/// Why a policy can't be started.
public enum PolicyHostError: Error, Equatable, CustomStringConvertible {
    /// The system refused memory, a socket or a process.
    case noProcess(policy: String, reason: String)
    /// The policy said that it can't be made, or its process ended before it was.
    case notMade(policy: String, reason: String, output: String)

    public var description: String {
        switch self {
        case .noProcess(let policy, let reason): "the policy \(policy) can't be started: \(reason)"
        case .notMade(let policy, let reason, let output):
            "the policy \(policy) can't be made: \(reason)" + (output.isEmpty ? "" : "; it printed:\n\(output)")
        }
    }
}

/// What became of one step.
public enum PolicyAnswer: Sendable, Equatable {
    case answered
    /// The process ended.
    case crashed
    /// No answer in time.
    case hung
    /// The caller gave up.
    case cancelled
}

/// A rollout that the policy under test spoiled, for people.
public struct PolicyFault: Sendable, Equatable, CustomStringConvertible {
    public var scenario: UInt64
    /// Seconds into the rollout.
    public var seconds: Double
    /// The scene was still settling; then `seconds` is 0.
    public var isSettling: Bool
    /// How it ended, such as "signal 11 (Segmentation fault)".
    public var reason: String
    /// The last lines that the policy printed.
    public var output: String

    public init(scenario: UInt64, seconds: Double, isSettling: Bool, reason: String, output: String) {
        self.scenario = scenario
        self.seconds = seconds
        self.isSettling = isSettling
        self.reason = reason
        self.output = output
    }

    public var description: String {
        let time = isSettling ? "while the scene settled" : "after \(String(format: "%.1f", seconds)) s"
        return "scenario \(scenario): the policy \(reason), \(time)"
            + (output.isEmpty ? "" : "; it printed last:\n\(output)")
    }
}
