/// One 32-bit digest per step of a shard: the wrapping sum of its scenarios' running digests after that
/// step. With it a replay can name the first step that differs, for a few bytes per record.
public struct StepDigests: Sendable, Equatable, Codable {
    public var sums: [UInt32]
    /// For a policy under test that is code of the user's own, of every step, those before the measured ones
    /// included, the sum over what the policies have asked for up to then, followed by the sum over the states that
    /// came of it. Where two rollouts part, it says whether the policy made the difference or the machine. Empty
    /// for Longhaul's own policies.
    public var policyTrace: [UInt32]

    public init(sums: [UInt32], policyTrace: [UInt32] = []) {
        self.sums = sums
        self.policyTrace = policyTrace
    }

    /// Whether it was the policy that made a difference: it acted differently after states that were all the same,
    /// or all actions and states are the same and only a policy's outcome isn't. False where it can't be told.
    public func isPartedByPolicy(from other: StepDigests) -> Bool {
        guard !policyTrace.isEmpty, policyTrace.count == other.policyTrace.count else { return false }
        let parting = zip(policyTrace, other.policyTrace).enumerated().first { $1.0 != $1.1 }?.offset
        return parting.map { $0 % 2 == 0 } ?? (sums == other.sums)
    }
}
