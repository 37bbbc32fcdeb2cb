import Scenarios
import Testing

/// Campaigns that no file can say, as a stranger may send them.
@Suite struct CampaignCheckTests {
    private func refusal(_ change: (inout Campaign) -> Void) -> CampaignError? {
        var campaign = Campaign()
        change(&campaign)
        do throws(CampaignError) { try CampaignFile.check(campaign, source: "received") } catch { return error }
        return nil
    }

    private static func policy(_ text: String, _ change: (inout ExternalPolicy) -> Void) -> ExternalPolicy? {
        var policy = ExternalPolicy(text)
        policy?.code?.hash = String(repeating: "0a", count: 32)
        if policy != nil { change(&policy!) }
        return policy
    }

    @Test func whatAFileCanSayPasses() {
        #expect(refusal { _ in } == nil)
        let policy = Self.policy("/home/a/libplanner.so") { $0.code?.bytes = 17 }
        #expect(refusal { ($0.policy, $0.externalPolicy) = (.external, policy) } == nil)
        let module = ExternalPolicy("python:planners.fast:Planner")
        #expect(refusal { ($0.policy, $0.externalPolicy) = (.external, module) } == nil)
        // As `--against` makes them: only the first scenarios of a list.
        #expect(refusal { ($0.scenarioList, $0.goal) = ([3, 8, 9], .scenarios(2)) } == nil)
    }

    @Test func everyValueOutOfItsRangeIsRefused() {
        let changes: [(String, (inout Campaign) -> Void)] = [
            ("horizon", { $0.horizonSeconds = 1e12 }), ("horizon", { $0.horizonSeconds = .infinity }),
            ("horizon", { $0.horizonSeconds = -.nan }), ("horizon", { $0.horizonSeconds = 0 }),
            ("horizon", { $0.horizonSeconds = 10.25 }), ("burn-in", { $0.burnInSeconds = -1 }),
            ("shard-size", { $0.shardSize = 0 }), ("shard-size", { $0.shardSize = .min }),
            ("shard-size", { $0.shardSize = 4_097 }), ("mix", { $0.mix = [0.5, 0.4, 0, 0] }),
            ("free-flow", { $0.mix = [2, -1, 0, 0] }), ("contradict", { $0.mix = [0.5, 0.5] }),
            ("contradict", { $0.mix = [0.5, 0.5, 0, 0, 0] }), ("mix", { $0.mix = [] }),
            ("scenarios", { $0.goal = .scenarios(0) }), ("scenarios", { $0.goal = .scenarios(.max) }),
            ("ego-km", { $0.goal = .egoKilometers(-1) }), ("control characters", { $0.name = "\u{1B}[2J" }),
            ("name", { $0.name = "" }), ("contradict", { $0.worldModel = "a\nseed: 2" }),
            ("world-model", { $0.worldModel = String(repeating: "x", count: 1_025) }),
            ("contradict", { $0.scenarioList = [3, 2] }), ("scenarios", { $0.scenarioList = [3, 3] }),
            ("scenarios", { $0.scenarioList = [.max] }),
            ("contradict", { ($0.scenarioList, $0.goal) = ([3], .scenarios(2)) }),
            ("contradict", { ($0.scenarioList, $0.goal) = ([3, 4], .egoKilometers(2)) }),
            ("scenarios", { $0.scenarioList = Array(0...10_000) }),
            ("time-headway", { $0.policyParameters = ["time-headway": 1e9] }),
            ("courage", { $0.policyParameters = ["courage": 1] }),
            ("policy-parameters", { ($0.policy, $0.policyParameters) = (.worldModel, ["politeness": 1]) }),
            ("failures", { $0.stop.failures = 0 }), ("wall-hours", { $0.stop.wallHours = -3 }),
            ("width", { $0.stop.interval = .init(event: .offRoad, relativeWidth: 0) }),
        ]
        for (key, change) in changes {
            let error = refusal(change)
            #expect(error?.problem.contains(key) == true, "\(key): \(String(describing: error))")
        }
    }

    @Test func policiesThatAreNoneAreRefused() {
        let policies: [ExternalPolicy?] = [
            nil, Self.policy("./a.so") { $0.timeoutSeconds = .infinity },
            Self.policy("./a.so") { $0.timeoutSeconds = -1 }, Self.policy("./a.so") { $0.className = "A" },
            Self.policy("./a.so") { $0.kind = .pythonFile }, Self.policy("./a.so") { $0.code = nil },
            Self.policy("./a.so") { $0.code?.path = "a\u{0}.so" }, Self.policy("./a.so") { $0.code?.hash = "../x" },
            Self.policy("./a.so") { $0.code?.bytes = -1 }, Self.policy("./a.so") { $0.code?.bytes = .max },
            Self.policy("python:a.py:A") { $0.className = "A; import os" },
            Self.policy("python:a.b:A") { $0.module = "a b" },
            Self.policy("python:a.b:A") { $0.code = .init(path: "a.py") },
            Self.policy("./a.so") { $0.config = .init(path: "") },
        ]
        for policy in policies {
            let error = refusal { ($0.policy, $0.externalPolicy) = (.external, policy) }
            #expect(error != nil, "\(String(describing: policy)) was let pass")
        }
        let contradiction = refusal { $0.externalPolicy = ExternalPolicy("./a.so") }
        #expect(contradiction != nil, "a built-in policy that is a library as well")
    }
}
