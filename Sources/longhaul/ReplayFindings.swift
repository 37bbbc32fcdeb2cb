import Foundation
import Metrics
import Replay

/// What `replay` prints.
struct ReplayFindings: Encodable {
    struct Rollout: Encodable {
        var scenario: UInt64
        var family: String
        var outcome: String
        var egoMeters: Float
        var simulatedSeconds: Float
        var digest: String
    }

    struct WrittenFile: Encodable {
        var path: String
        var what: String
    }

    var source: String
    var shard: Int
    /// `bit-identical`, `different`, or `nothing to compare with`.
    var verdict: String
    var difference: String?
    var firstScenario: UInt64?
    var firstStep: Int?
    var scenarios: [Rollout]
    var files: [WrittenFile] = []

    init(input: ReplayInput, result: ShardResult, verdict: ReplayVerdict?) {
        source = input.source
        shard = input.shard
        self.verdict = verdict.name
        if case .different(let found) = verdict {
            difference = "\(found)"
            firstScenario = found.scenario
            firstStep = found.step
        }
        scenarios = result.records.map {
            Rollout(
                scenario: $0.scenario, family: $0.family.name, outcome: $0.outcome.name,
                egoMeters: $0.egoMeters, simulatedSeconds: $0.simulatedSeconds,
                digest: hexadecimal($0.digest))
        }
    }

    func printText() {
        let showsEach = verdict != "bit-identical" || scenarios.count <= 4
        for rollout in scenarios where showsEach {
            let name = "scenario \(rollout.scenario)"
            print(
                "\(name)  digest \(rollout.digest)  \(rollout.family), \(rollout.outcome) after "
                    + String(format: "%.1f s, %.0f m", rollout.simulatedSeconds, rollout.egoMeters))
        }
        for file in files { print("\(file.what) written to \(file.path)") }
        let what = scenarios.count == 1 ? "1 scenario" : "\(scenarios.count) scenarios"
        switch (verdict, difference) {
        case (_, let difference?): print("DIFFERENT: shard \(shard): \(difference)")
        case ("bit-identical", nil): print("bit-identical: \(what) of shard \(shard), every state and metric")
        default: print("rolled out \(what) of shard \(shard) from the seed alone; nothing to compare with")
        }
    }
}
