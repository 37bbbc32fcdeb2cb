import Foundation
import Metrics
import ReproducibleMath
import Scenarios
import Testing

@Suite struct CampaignFileTests {
    private func message(_ yaml: String) -> String {
        do throws(CampaignError) {
            let campaign = try CampaignFile.parse(yaml: yaml, file: "night.yaml")
            return "accepted: \(campaign)"
        } catch {
            return error.description
        }
    }

    @Test func readsEveryKey() throws {
        let campaign = try CampaignFile.parse(
            yaml: """
                # A comment with a * in it.
                name: night run 7
                seed: 18446744073709551615
                ego-km: 50000.5
                mix: {jam: 0.25, free-flow: 0.75}
                horizon: 30.5
                burn-in: 2
                world-model: "weights/my \\"model\\".safetensors"
                policy: constant-velocity
                shard-size: 128
                """, file: "night.yaml")
        let expected = Campaign(
            name: "night run 7", seed: .max, goal: .egoKilometers(50000.5), mix: [0.75, 0, 0, 0.25],
            horizonSeconds: 30.5, burnInSeconds: 2, worldModel: "weights/my \"model\".safetensors",
            policy: .constantVelocity, shardSize: 128)
        #expect(campaign == expected)
    }

    @Test func readsRulesToStopAndListedScenarios() throws {
        let yaml = """
            stop:
              failures: 20
              interval: {event: near-misses, width: 0.25}
              simulated-hours: 1.5
            """
        let open = try CampaignFile.parse(yaml: yaml, file: "a.yaml")
        #expect(open.goal == .openEnded, "only the rules end it")
        #expect(open.stop.failures == 20 && open.stop.simulatedHours == 1.5 && open.stop.wallHours == nil)
        #expect(open.stop.interval == StopRule.Interval(event: .nearMisses, relativeWidth: 0.25))
        let capped = try CampaignFile.parse(yaml: yaml + "\nscenarios: 500", file: "a.yaml")
        #expect(capped.goal == .scenarios(500) && capped.stop == open.stop)
        let listed = try CampaignFile.parse(yaml: "scenarios: [90021, 17, 400]", file: "a.yaml")
        #expect(listed.goal == .scenarios(3))
        #expect(listed.scenarioList == [17, 400, 90021], "in ascending order")
        #expect((0..<3).map { listed.number(ofScenario: $0) } == [17, 400, 90021])
        #expect(open.number(ofScenario: 7) == 7)
    }

    @Test func whatIsLeftOutKeepsItsDefault() throws {
        let campaign = try CampaignFile.parse(yaml: "seed: 7", file: "a.yaml")
        #expect(campaign == Campaign(seed: 7))
    }

    @Test func whatIsWrittenReadsBackEqual() throws {
        for seed in 0..<200 {
            let random = CounterRandom(seed: 5, scenario: UInt64(seed))
            let bits = random.bits(agent: 0, step: 0, purpose: .training)
            let share = Double(bits.x) / Double(UInt32.max)
            var campaign = Campaign(
                name: "run \(seed)", seed: UInt64(bits.y) << 32 | UInt64(bits.z),
                goal: seed % 2 == 0 ? .scenarios(UInt64(bits.w) + 1) : .egoKilometers(share * 1e6 + 1),
                mix: [share, 1 - share, 0, 0], horizonSeconds: Double(seed + 1) / 2,
                burnInSeconds: Double(seed % 9) / 2,
                worldModel: seed % 3 == 0 ? "shipped" : "a \\ \"b\"/ü: #\(seed)",
                policy: PolicyUnderTest.allCases[seed % 3], shardSize: seed + 1)
            if campaign.policy == .idmMobil && seed % 2 == 0 {
                campaign.policyParameters = ["time-headway": 0.5 + share, "politeness": share]
            }
            if seed % 4 == 1 { campaign.stop.failures = UInt64(seed) }
            if seed % 5 == 1 { campaign.stop.simulatedHours = share + 1 }
            if seed % 5 == 2 { campaign.stop.wallHours = share + 1 }
            if seed % 6 == 1 {
                let events = CountedEvent.allCases
                campaign.stop.interval = StopRule.Interval(
                    event: events[seed % events.count], relativeWidth: 0.01 + share)
            }
            if seed % 10 == 4 {
                campaign.scenarioList = (0...UInt64(seed)).map { $0 * 97 + UInt64(bits.x % 97) }
                campaign.goal = .scenarios(UInt64(seed + 1))
            }
            let yaml = CampaignFile.yaml(of: campaign)
            #expect(try CampaignFile.parse(yaml: yaml, file: "x.yaml") == campaign, "\(yaml)")
            #expect(throws: Never.self, "\(yaml)") { try CampaignFile.check(campaign, source: "x") }
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var yaml: String
        var line: Int
        var problem: String
        var expected: String

        init(_ yaml: String, _ line: Int, _ problem: String, _ expected: String) {
            self.yaml = yaml
            self.line = line
            self.problem = problem
            self.expected = expected
        }

        var testDescription: String { problem }
    }

    static let keys = """
        one of `name`, `seed`, `scenarios`, `ego-km`, `stop`, `mix`, `horizon`, `burn-in`, `world-model`, \
        `policy`, `policy-config`, `policy-timeout`, `policy-parameters`, `shard-size`
        """
    static let seeds = "a whole number from 0 to 18446744073709551615"
    static let counts = "a whole number from 1 to 72057594037927936"
    static let horizons = "seconds from 0.5 to 600.0, a multiple of 0.5"
    static let refused = [
        Refusal(
            "seed: 1\nhorizn: 60", 2, "unknown key `horizn` in campaign; did you mean `horizon`?", keys),
        Refusal("colour: red", 1, "unknown key `colour` in campaign", keys),
        Refusal("[a]: 1", 1, "a key of campaign is no word", keys),
        Refusal("seed: one", 1, "`seed` is `one`", seeds),
        Refusal("\nseed: -1", 2, "`seed` is `-1`", seeds),
        Refusal("scenarios: 0", 1, "`scenarios` is `0`", counts),
        Refusal("scenarios: \"5\"", 1, "`scenarios` is `5`", counts),
        Refusal("ego-km: nan", 1, "`ego-km` is `nan`", "a number from 0.001 to 1000000000000.0"),
        Refusal(
            "scenarios: 5\nego-km: 5", 2, "both `scenarios` and `ego-km` are given", "only one of them"),
        Refusal(
            "scenarios: [5, 7, 5]", 1, "`scenarios` lists `5`",
            "1 to 10000 whole numbers below 2^56, each once"),
        Refusal(
            "scenarios: []", 1, "`scenarios` lists 0 scenarios",
            "1 to 10000 whole numbers below 2^56, each once"),
        Refusal("stop: 5", 1, "`stop` is no mapping", "rules such as {failures: 100, simulated-hours: 50}"),
        Refusal(
            "stop:\n  failures: 3\n  failure: 3", 3, "unknown key `failure` in stop; did you mean `failures`?",
            "one of `failures`, `simulated-hours`, `wall-hours`, `interval`"),
        Refusal(
            "stop: {interval: {event: ego-collisions}}", 1, "`interval` lacks its event or its width",
            "an event and a width such as {event: ego-collisions, width: 0.5}"),
        Refusal(
            "stop: {interval: {event: off-road, width: 0}}", 1, "`width` is `0`", "a number from 0.01 to 5.0"),
        Refusal("horizon: 0.7", 1, "`horizon` is `0.7`", horizons),
        Refusal("horizon: 1e9", 1, "`horizon` is `1e9`", horizons),
        Refusal(
            "burn-in: [1]", 1, "`burn-in` is no single value", "seconds from 0.0 to 60.0, a multiple of 0.5"),
        Refusal(
            "policy: idm-mobile", 1, "`policy` is `idm-mobile`; did you mean `idm-mobil`?",
            "one of `idm-mobil`, `world-model`, `constant-velocity`, a library such as `./libplanner.so`, or a "
                + "class such as `python:planner.py:Planner`"),
        Refusal(
            "policy: world-model\npolicy-parameters: {time-headway: 1}", 2,
            "`policy-parameters` with `policy: world-model`", "`policy: idm-mobil`"),
        Refusal(
            "policy-parameters: {time-headway: 0}", 1, "`time-headway` is `0`", "a number from 0.1 to 10.0"),
        Refusal("shard-size: 5000", 1, "`shard-size` is `5000`", "a whole number from 1 to 4096"),
        Refusal(
            "name: \"a/b\"", 1, "`name` is `a/b`", "1 to 64 letters, digits, spaces, `.`, `-` or `_`"),
        Refusal(
            "world-model: \"\"", 1, "`world-model` is ``",
            "`shipped` or the path of a weights file, at most 1024 bytes"),
        Refusal(
            "mix:\n  free-flow: 0.5\n  jam: 0.4", 2, "the shares of `mix` sum to 0.9",
            "shares that sum to 1"),
        Refusal(
            "mix: {freeflow: 1}", 1, "unknown key `freeflow` in mix; did you mean `free-flow`?",
            "one of `free-flow`, `busy`, `dense`, `jam`"),
        Refusal("mix: {jam: -1, busy: 2}", 1, "`busy` is `2`", "a number from 0.0 to 1.0"),
        Refusal(
            "mix: 3", 1, "`mix` is no mapping",
            "shares such as {free-flow: 0.4, busy: 0.3, dense: 0.2, jam: 0.1}"),
        Refusal("name: a\nseed: 1\nseed: 2", 2, "`seed` is given twice", "each key once"),
        Refusal("[1, 2]", 1, "this is no mapping", "lines of the form `key: value`"),
    ]

    @Test(arguments: refused)
    func refusesWithFileLineAndExpectation(refusal: Refusal) {
        let expected = "night.yaml:\(refusal.line): \(refusal.problem); expected \(refusal.expected)"
        #expect(message(refusal.yaml) == expected)
    }

    @Test func refusesAnEmptyFile() {
        let expected = "night.yaml: the file is empty; expected keys of a campaign, such as `seed: 1`"
        #expect(message("") == expected)
    }

    @Test func namesTheLineOfBrokenYAML() {
        #expect(message("seed: 1\nmix: {jam: 1").hasPrefix("night.yaml:2: this is no YAML: "))
        #expect(message("seed: 1\n\tname: a").hasPrefix("night.yaml:2: this is no YAML: "))
    }

    @Test func refusesBombsQuicklyAndBeforeTheyGoOff() {
        var laughs = "a: &a [x, x]\n"
        for (last, next) in zip("abcdefghijk", "bcdefghijkl") {
            laughs += "\(next): &\(next) [*\(last), *\(last)]\n"
        }
        let staircase = (0..<350).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
        let began = ContinuousClock.now
        #expect(message(laughs).contains("expected a campaign without YAML aliases"))
        #expect(message(many("[", 60_000)).contains("expected a campaign, which has one pair"))
        #expect(message(many("- ", 30_000)).hasPrefix("night.yaml:1:"))
        #expect(message(many("? ", 30_000)).hasPrefix("night.yaml:1:"))
        #expect(message(staircase).hasPrefix("night.yaml:1:"))
        #expect(message(many("#", 270_000)) == "night.yaml: the file has 270000 bytes; expected at most 262144")
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    @Test func randomBytesNeverCrashTheParser() {
        let text = "seed: 1\nmix: {free-flow: 0.5, jam: 0.5}\nhorizon: 60 # \"x\"\npolicy: idm-mobil\n"
        let sample = Array(text.utf8)
        for seed in 0..<3000 {
            let random = CounterRandom(seed: 9, scenario: UInt64(seed))
            var bytes = sample
            for edit in 0..<4 {
                let bits = random.bits(agent: 0, step: UInt32(edit), purpose: .training)
                bytes[Int(bits.x) % bytes.count] = UInt8(truncatingIfNeeded: bits.y & 127)
            }
            _ = message(String(decoding: bytes, as: UTF8.self))
        }
    }
}
