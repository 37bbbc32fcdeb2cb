import Metrics

/// What a replay found.
public enum ReplayVerdict: Sendable, Equatable {
    /// Every state of every rollout was the same to the last bit.
    case bitIdentical
    case different(Difference)

    /// The first difference between recorded and recomputed rollouts.
    public struct Difference: Sendable, Equatable {
        /// The first scenario that differs; nil where only the shard's step digests do.
        public var scenario: UInt64?
        /// The first step of 0.1 s after which the shard's states differ, 1 for the first step; nil where
        /// the states agree, or where no step digests were recorded.
        public var step: Int?
        /// How many of the shard's scenarios differ.
        public var scenariosThatDiffer: Int
        public var kind: Kind

        public enum Kind: Sendable, Equatable {
            /// The digests over all states differ.
            case states(recorded: UInt64, recomputed: UInt64)
            /// The states agree, but the stored metrics are not those that follow from them.
            case metrics
            /// The journal has no record of this scenario, or one too many.
            case missing
            /// All rollouts agree, but the stored step digests do not: they were altered or damaged.
            case stepDigestsOnly
        }
    }

    /// Compares the recorded with the recomputed results of the same scenarios.
    public static func comparing(recorded: ShardResult, recomputed: ShardResult) -> ReplayVerdict {
        let step = firstDifferentStep(recorded.stepDigests, recomputed.stepDigests)
        var first: (scenario: UInt64, kind: Difference.Kind)?
        var count = 0
        func differs(_ scenario: UInt64, _ kind: Difference.Kind) {
            count += 1
            if first == nil { first = (scenario, kind) }
        }

        var (i, j) = (0, 0)
        while i < recorded.records.count || j < recomputed.records.count {
            let old = i < recorded.records.count ? recorded.records[i] : nil
            let new = j < recomputed.records.count ? recomputed.records[j] : nil
            let scenario = min(old?.scenario ?? .max, new?.scenario ?? .max)
            if let old, let new, old.scenario == new.scenario {
                if old.digest != new.digest {
                    differs(scenario, .states(recorded: old.digest, recomputed: new.digest))
                } else if old != new {
                    differs(scenario, .metrics)
                }
            } else {
                differs(scenario, .missing)
            }
            if old?.scenario == scenario { i += 1 }
            if new?.scenario == scenario { j += 1 }
        }

        if let first {
            return .different(
                Difference(
                    scenario: first.scenario, step: step, scenariosThatDiffer: count, kind: first.kind))
        }
        if let step {
            return .different(
                Difference(scenario: nil, step: step, scenariosThatDiffer: 0, kind: .stepDigestsOnly))
        }
        return .bitIdentical
    }

    private static func firstDifferentStep(_ recorded: StepDigests?, _ recomputed: StepDigests?) -> Int? {
        guard let old = recorded?.sums, let new = recomputed?.sums else { return nil }
        if let step = zip(old, new).enumerated().first(where: { $1.0 != $1.1 })?.offset {
            return step + 1
        }
        return old.count == new.count ? nil : min(old.count, new.count) + 1
    }
}

extension ReplayVerdict.Difference: CustomStringConvertible {
    /// One or two sentences: where, and what.
    public var description: String {
        let place = step.map { " at step \($0) (\(Self.seconds($0)) s)" } ?? ""
        let others = scenariosThatDiffer > 1 ? "; \(scenariosThatDiffer) scenarios of the shard differ" : ""
        let name = scenario.map(String.init) ?? "?"
        switch kind {
        case .states(let recorded, let recomputed):
            return "first difference: scenario \(name)\(place), digest recorded \(hexadecimal(recorded)), "
                + "recomputed \(hexadecimal(recomputed))\(others)"
        case .metrics:
            return "first difference: scenario \(name): its states agree, but its stored metrics are not "
                + "those that follow from them\(others)"
        case .missing:
            return "first difference: scenario \(name) is not in both the journal and the shard\(others)"
        case .stepDigestsOnly:
            return "first difference: the stored step digests\(place), although every rollout's digest "
                + "agrees: the journal was altered or damaged"
        }
    }

    private static func seconds(_ step: Int) -> String { "\(step / 10).\(step % 10)" }
}

/// 16 hexadecimal digits, as digests are written everywhere.
public func hexadecimal(_ digest: UInt64) -> String {
    let digits = String(digest, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
