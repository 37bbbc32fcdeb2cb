import Foundation
import Testing

extension EndToEnd {
    /// Real processes, sockets, files and signals. `Ops/chaos` runs it for longer.
    @Suite struct Chaos {
        private static let scenarios =
            ProcessInfo.processInfo.environment["LONGHAUL_CHAOS_SCENARIOS"].flatMap { Int($0) }
        /// How long an undisturbed run should take, seconds: every kind of fault strikes once in about as long.
        private static let seconds = 20.0
        private static let seed =
            ProcessInfo.processInfo.environment["LONGHAUL_CHAOS_SEED"].flatMap { UInt64($0) } ?? 1

        @Test func afterEveryKindOfFaultTotalsAndDigestsAreThoseOfAQuietRun() throws {
            let scenarios = try Self.scenarios ?? Self.scenariosForThisMachine()
            let yaml = Self.campaign(scenarios: scenarios)
            let quiet = try TemporaryFolder()
            let campaign = try quiet.write(yaml, to: "campaign.yaml")
            let run = try LonghaulBinary.run(
                ["run", campaign, "--output", quiet.file("out"), "--audit", "0"], within: 3_600)
            #expect(run.status == 0, "\(run.errors.suffix(2000))")

            let farm = try ChaosFarm(campaign: yaml, seed: Self.seed)
            let result = try farm.run(within: 7_200)
            #expect(result.status == 0, "\(result.errors.suffix(3000))")
            let struck = farm.counts.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
            print("chaos: \(scenarios) scenarios, seed \(Self.seed): \(struck)")
            for fault in farm.permitted {
                #expect(farm.counts[fault] ?? 0 >= 1, "\(fault) never struck: \(struck)")
            }
            #expect(farm.leavers.allSatisfy { $0 == 0 }, "workers that were asked to leave: \(farm.leavers)")
            let digests = try TestCampaign.digests(in: farm.output)
            #expect(digests.count == scenarios)
            #expect(try digests == TestCampaign.digests(in: quiet.file("out")))
            #expect(try TestCampaign.totals(in: farm.output) == TestCampaign.totals(in: quiet.file("out")))
        }

        private static func campaign(scenarios: Int) -> String {
            """
            name: chaos
            seed: 79
            scenarios: \(scenarios)
            horizon: 20
            burn-in: 2
            shard-size: 16

            """
        }

        /// As many as keep this machine busy long enough for every kind of fault.
        private static func scenariosForThisMachine() throws -> Int {
            let folder = try TemporaryFolder()
            let few = 2_000
            let file = try folder.write(campaign(scenarios: few), to: "campaign.yaml")
            let began = ContinuousClock.now
            let run = try LonghaulBinary.run(["run", file, "--output", folder.file("out")], within: 600)
            #expect(run.status == 0, "\(run.errors.suffix(2000))")
            let took = (ContinuousClock.now - began) / .seconds(1)
            return min(max(9_000, Int(Double(few) * Self.seconds / took)), 100_000)
        }
    }
}
