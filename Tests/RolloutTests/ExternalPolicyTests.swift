import Dispatch
import Metrics
import PolicyHost
import Rollout
import Scenarios
import Testing
import WorldModel

/// Small, with scenario 0 for the audit and two families.
private let campaign = Campaign(
    name: "external", seed: 20_261_124, goal: .scenarios(24), mix: [0.5, 0, 0.5, 0], horizonSeconds: 20,
    burnInSeconds: 2, shardSize: 24)
private let model = Result { try WorldModel.shipped() }
private let scenarios = Array(UInt64(0)..<24)

private struct Rolled: Equatable {
    var records: [RolloutRecord]
    var steps: StepDigests
}

private func engine(_ program: PolicyProgram?, builtIn: PolicyUnderTest = .external, batch: Int) throws -> RolloutEngine {
    var campaign = campaign
    campaign.policy = builtIn
    campaign.externalPolicy = program?.policy
    return try RolloutEngine(
        campaign: campaign, worldModel: model.get(), batchSize: batch, program: program)
}

private func rollOut(
    _ program: PolicyProgram?, builtIn: PolicyUnderTest = .external, batch: Int = 64, _ indices: [UInt64] = scenarios
) throws -> Rolled {
    var records: [RolloutRecord] = []
    let steps = try engine(program, builtIn: builtIn, batch: batch).run(scenarios: indices) { records.append($0) }
    return Rolled(records: records.sorted { $0.scenario < $1.scenario }, steps: try #require(steps))
}

@Suite("Policies of one's own", .serialized, .enabled(if: PolicyExamples.hasCompilers, "needs cc and c++"))
struct ExternalPolicyTests {
    @Test("constant velocity in C gives the built-in's records and step digests, bit for bit")
    func sameBitsAsBuiltIn() throws {
        let program = try PolicyExamples.program(PolicyExamples.library("Ops/policies/constant_velocity.c"))
        let (own, builtIn) = (try rollOut(program), try rollOut(nil, builtIn: .constantVelocity))
        #expect(own.records == builtIn.records && own.steps.sums == builtIn.steps.sums)
        #expect(own.steps.policyTrace.suffix(own.steps.sums.count * 2).enumerated().filter { $0.offset % 2 == 1 }
            .map(\.element) == own.steps.sums)
    }

    static let examples = ["Ops/policies/idm.c", "Ops/policies/lane_changer.cpp"]

    private func checkIndependence(_ program: PolicyProgram, of scenarios: [UInt64] = scenarios) throws {
        let together = try rollOut(program, scenarios)
        #expect(together.records.allSatisfy { !$0.outcome.isPolicyFault })
        #expect(together.records.contains { $0.egoMeters > 100 })
        for batch in [1, 7] { #expect(try rollOut(program, batch: batch, scenarios) == together, "batch \(batch)") }
        #expect(try rollOut(program, scenarios.reversed()) == together, "reversed")
        // Slots that other rollouts have used before.
        let engine = try engine(program, batch: 5)
        _ = engine.run(scenarios: Array(300..<306)) { _ in }
        var records: [RolloutRecord] = []
        let steps = engine.run(scenarios: scenarios) { records.append($0) }
        #expect(records.sorted { $0.scenario < $1.scenario } == together.records && steps == together.steps, "reuse")
    }

    @Test("a library's digests don't depend on batch, order or what came before", arguments: examples)
    func independence(source: String) throws {
        try checkIndependence(PolicyExamples.program(PolicyExamples.library(source)))
    }

    @Test("nor do a NumPy policy's, with memory, a network and trajectories too",
        .enabled(if: PolicyExamples.hasNumPy, "needs python3 with NumPy"),
        arguments: ["Ops/policies/planner.py", "Tests/RolloutTests/Policies/network.py"])
    func independencePython(source: String) throws {
        try checkIndependence(PolicyExamples.program("python:" + PolicyExamples.path(source) + ":Planner"),
            of: Array(scenarios.prefix(6)))
    }

    @Test("the planner that changes lanes does, and its memory is per slot")
    func lanesAreChanged() throws {
        let program = try PolicyExamples.program(PolicyExamples.library("Ops/policies/lane_changer.cpp"))
        let changes = try rollOut(program, Array(0..<48)).records.reduce(0) { $0 + Int($1.laneChanges) }
        #expect(changes > 3)
    }

    @Test("two threads with a process each give what one gives")
    func threads() throws {
        let program = try PolicyExamples.program(PolicyExamples.library("Ops/policies/lane_changer.cpp"))
        let one = try rollOut(program)
        nonisolated(unsafe) var parts: [[RolloutRecord]] = [[], []]
        parts.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let buffer = buffer
            DispatchQueue.concurrentPerform(iterations: 2) { thread in
                let mine = scenarios.filter { $0 % 2 == UInt64(thread) }
                buffer[thread] = (try? rollOut(program, batch: 4, mine).records) ?? []
            }
        }
        #expect(parts.flatMap { $0 }.sorted { $0.scenario < $1.scenario } == one.records)
    }

    @Test("a configuration reaches the policy and changes its driving")
    func configuration() throws {
        let library = try PolicyExamples.library("Ops/policies/idm.c")
        let calm = try rollOut(PolicyExamples.program(library))
        let bold = try rollOut(PolicyExamples.program(library, config: "headway 0.6\n"))
        #expect(zip(calm.records, bold.records).contains { $0.digest != $1.digest })
    }
}
