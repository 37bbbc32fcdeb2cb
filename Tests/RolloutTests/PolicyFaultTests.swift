import Foundation
import Metrics
import PolicyHost
import Rollout
import Scenarios
import Testing
import WorldModel

private let campaign = Campaign(
    name: "faults", seed: 3, goal: .scenarios(48), mix: [1, 0, 0, 0], horizonSeconds: 18, burnInSeconds: 4,
    policy: .external, shardSize: 48)
private let model = Result { try WorldModel.shipped() }
private let scenarios = Array(UInt64(0)..<48)

private struct Rolled {
    var records: [RolloutRecord]
    var steps: StepDigests
    var faults: [PolicyFault]
}

private func misbehaving(_ what: String, timeout: Double = 10) throws -> PolicyProgram {
    try PolicyExamples.program(
        PolicyExamples.library("Tests/RolloutTests/Policies/misbehaving.c"), config: what, timeout: timeout)
}

private func rollOut(_ program: PolicyProgram, batch: Int = 64, _ indices: [UInt64] = scenarios) throws -> Rolled {
    var campaign = campaign
    campaign.externalPolicy = program.policy
    let engine = try RolloutEngine(
        campaign: campaign, worldModel: model.get(), batchSize: batch, program: program)
    var records: [RolloutRecord] = []
    var faults: [PolicyFault] = []
    engine.onPolicyFault = { faults.append($0) }
    let steps = try #require(engine.run(scenarios: indices) { records.append($0) })
    return Rolled(records: records.sorted { $0.scenario < $1.scenario }, steps: steps, faults: faults)
}

@Suite("A policy that fails", .serialized, .enabled(if: PolicyExamples.hasCompilers, "needs cc and c++"))
struct PolicyFaultTests {
    struct Case: CustomTestStringConvertible {
        var what: String
        var outcome: RolloutOutcome
        var says: String
        var testDescription: String { what }
    }

    static let cases = [
        Case(what: "crash", outcome: .policyCrashed, says: "signal 11"),
        Case(what: "exit", outcome: .policyCrashed, says: "exit status 3"),
        Case(what: "hang", outcome: .policyHung, says: "no answer within 1.0 s"),
        Case(what: "nan", outcome: .policyBadAction, says: "nan"),
        Case(what: "infinite", outcome: .policyBadAction, says: "inf"),
        Case(what: "impossible", outcome: .policyBadAction, says: "-31"),
        Case(what: "kind", outcome: .policyBadAction, says: "kind 7"),
        Case(what: "points", outcome: .policyBadAction, says: "2147483648 points"),
        Case(what: "far", outcome: .policyBadAction, says: "trajectory"),
        Case(what: "shrink", outcome: .policyCrashed, says: "exit status 4"),
    ]

    @Test("costs its own rollout and no other, whatever the batch", arguments: cases)
    func onlyTheCulprit(fault: Case) throws {
        let good = try rollOut(misbehaving("nothing")).records
        let timeout = fault.what == "hang" ? 1.0 : 10
        let together = try rollOut(misbehaving(fault.what, timeout: timeout))
        let guilty = together.records.filter { $0.outcome.isPolicyFault }
        #expect(guilty.count > 1 && guilty.count < 12)
        for record in guilty {
            #expect(record.outcome == fault.outcome)
            // 15 s after the scene began, 4 s of them settling.
            #expect(abs(record.simulatedSeconds - 11) < 0.01)
        }
        for (record, good) in zip(together.records, good) where !record.outcome.isPolicyFault {
            #expect(record == good)
        }
        #expect(together.faults.map(\.scenario).sorted() == guilty.map(\.scenario))
        #expect(together.faults.allSatisfy { "\($0)".contains(fault.says) }, "\(together.faults.first.map { "\($0)" } ?? "")")
        // A part, in other batches: the guilty and their neighbours.
        let part = Array(scenarios.prefix(while: { $0 <= guilty[1].scenario }))
        for batch in [1, 5] {
            let other = try rollOut(misbehaving(fault.what, timeout: timeout), batch: batch, part)
            #expect(other.records == Array(together.records.prefix(part.count)), "batch \(batch)")
        }
    }

    @Test("shows what it printed last")
    func lastWords() throws {
        let fault = try #require(try rollOut(misbehaving("crash")).faults.first)
        #expect(fault.output.contains("about to write to address 8"))
    }

    @Test("is found out when it depends on the batch, on what came before or on the clock",
        arguments: ["count", "calls", "clock"])
    func notDeterministic(what: String) throws {
        let records = try rollOut(misbehaving(what)).records
        #expect(records[0].outcome == .policyNotDeterministic)
        #expect(records.dropFirst().allSatisfy { $0.outcome != .policyNotDeterministic }, "audited: one in 128")
    }

    @Test("has no action where it forgot one")
    func forgotten() throws {
        #expect(try rollOut(misbehaving("forget")).records.allSatisfy { $0.outcome == .policyBadAction })
    }

    @Test("that writes over other egos' memory harms nobody but itself")
    func scribbling() throws {
        #expect(try rollOut(misbehaving("scribble")).records.count == scenarios.count)
    }

    @Test("is given up on at once when its rollout is cancelled while it hangs")
    func cancelledWhileHanging() throws {
        var campaign = campaign
        let program = try misbehaving("hang", timeout: 600)
        campaign.externalPolicy = program.policy
        let engine = try RolloutEngine(campaign: campaign, worldModel: model.get(), program: program)
        let began = ContinuousClock.now
        let steps = engine.run(scenarios: scenarios, isCancelled: { ContinuousClock.now > began + .seconds(3) }) { _ in }
        #expect(steps == nil)
        #expect(ContinuousClock.now < began + .seconds(60))
    }

    @Test("before it begins is refused with its reason")
    func neverMade() throws {
        func reason(_ program: PolicyProgram) -> String {
            do {
                _ = try PolicyHost(program, capacity: 4)
                return "no error"
            } catch { return "\(error)" }
        }
        #expect(reason(try misbehaving("refuse")).contains("not to its taste"))
        #expect(reason(try misbehaving("abort-at-once")).contains("signal 6"))
        let other = try PolicyExamples.library(
            "Ops/policies/constant_velocity.c", flags: ["-Dlonghaul_policy_reset=reset_it"])
        #expect(reason(try PolicyExamples.program(other)).contains("exports no longhaul_policy_reset"))
        let newer = try PolicyExamples.library(
            "Tests/RolloutTests/Policies/newer_abi.c")
        #expect(reason(try PolicyExamples.program(newer)).contains("version 99 of the ABI"))
        let text = try PolicyExamples.write("no library", to: "text.so")
        #expect(reason(try PolicyExamples.program(text)).contains("can't be loaded"))
        var missing = try misbehaving("nothing")
        missing.executable = "/nowhere/longhaul"
        #expect(reason(missing).contains("No such file"))
    }

    @Test("in Python is refused, or ends its rollout, with its traceback",
        .enabled(if: PolicyExamples.hasNumPy, "needs python3 with NumPy"))
    func python() throws {
        func reason(_ code: String, _ name: String) throws -> String {
            let file = try PolicyExamples.write(code, to: name)
            do {
                _ = try PolicyHost(PolicyExamples.program("python:\(file):Planner"), capacity: 4)
                return "no error"
            } catch { return "\(error)" }
        }
        #expect(try reason("class Planner(:\n", "syntax.py").contains("SyntaxError"))
        #expect(try reason("class Planer:\n    pass\n", "typo.py").contains("has no class Planner"))
        #expect(try reason("import no_such_module\n", "import.py").contains("no_such_module"))
        #expect(try reason("class Planner:\n    def __init__(self, config, setup):\n        raise ValueError('odd')\n",
            "init.py").contains("ValueError: odd"))

        let dividing = try PolicyExamples.write(
            """
            class Planner:
                def __init__(self, config, setup): pass
                def reset(self, slots, seeds): pass
                def step(self, seen, do):
                    do.acceleration[:] = 0
                    do.curvature[:] = seen.road_curvature - seen.heading / 10
                    if (seen.step > 120).any(): print(1 // 0)

            """, to: "dividing.py")
        let rolled = try rollOut(
            PolicyExamples.program("python:\(dividing):Planner"), batch: 8, Array(scenarios.prefix(2)))
        #expect(rolled.records.contains { $0.outcome == .policyCrashed })
        let fault = try #require(rolled.faults.first)
        #expect(fault.output.contains("ZeroDivisionError") && fault.output.contains("dividing.py"), "\(fault)")
    }
}
