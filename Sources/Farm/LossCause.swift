/// Why a lease ended without a result.
public enum LossCause: String, Sendable, CaseIterable, Codable {
    /// The worker fell silent: a dead machine, a cut network, a process that was killed.
    case lost
    /// The worker gave the shard back, or said goodbye.
    case preempted = "pre-empted"
    /// The engine crashed while it rolled this out.
    case crashed
    /// No rollout ended for too long, though the worker lives.
    case timedOut = "timed out"
    /// The worker can't make records of it, or what came is none.
    case unusable
    /// Workers got different results.
    case mismatch = "digest mismatch"

    /// How much it speaks against what was rolled out. A crash seen in the act weighs as much as four workers
    /// that merely vanished, which networks and batch systems do all the time.
    var evidence: Int {
        switch self {
        case .lost: 1
        case .preempted, .mismatch: 0
        case .crashed, .timedOut, .unusable: 4
        }
    }
}
