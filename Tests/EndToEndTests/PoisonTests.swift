import Foundation
import RecordStore
import Testing

extension EndToEnd {
    /// Scenarios that crash or hang a real engine, and a worker whose arithmetic is really wrong.
    @Suite struct Poison {
        private static let yaml = """
            name: poison
            seed: 78
            scenarios: 200
            horizon: 10
            burn-in: 2
            shard-size: 16

            """

        private static let reference = Result { () throws -> [UInt64: UInt64] in
            let folder = try TemporaryFolder()
            let campaign = try folder.write(yaml, to: "campaign.yaml")
            let run = try LonghaulBinary.run(["run", campaign, "--output", folder.file("out")], within: 120)
            guard run.status == 0 else { throw TestFailure("reference run: \(run.errors)") }
            return try TestCampaign.digests(in: folder.file("out"))
        }

        @Test(arguments: [("crash:37", "crashed"), ("hang:37", "timed out")])
        func aScenarioThatNoEngineGetsThroughIsSetAside(fault: String, cause: String) throws {
            let folder = try TemporaryFolder()
            let campaign = try folder.write(Self.yaml, to: "campaign.yaml")
            let out = folder.file("out")
            let run = try RunningProcess(
                [
                    LonghaulBinary.path, "run", campaign, "--output", out, "--stall-timeout", "2",
                    "--workers", "2", "--json",
                ], environment: ["LONGHAUL_TEST_FAULT": fault, "XDG_CACHE_HOME": folder.file("cache")])
            let result = try run.result(within: 240)
            #expect(result.status == 0, "\(result.errors.suffix(3000))")
            let journal = try Journal.read(folder: URL(fileURLWithPath: out))
            let aside = try journal.quarantinedScenarios()
            #expect(aside.map(\.scenario) == [37])
            #expect(aside.first?.cause.hasPrefix(cause) == true, "\(aside)")
            var expected = try Self.reference.get()
            expected[37] = nil
            #expect(try TestCampaign.digests(in: out) == expected)
            #expect(result.output.contains("--shard 2 --scenario 37"), "\(result.output)")
        }

        @Test func aSickCampaignStops() throws {
            let folder = try TemporaryFolder()
            let campaign = try folder.write(Self.yaml, to: "campaign.yaml")
            let run = try RunningProcess(
                [LonghaulBinary.path, "run", campaign, "--output", folder.file("out"), "--max-failures", "0"],
                environment: ["LONGHAUL_TEST_FAULT": "crash:37", "XDG_CACHE_HOME": folder.file("cache")])
            let result = try run.result(within: 120)
            #expect(result.status == 1, "\(result.errors.suffix(2000))")
            #expect(result.errors.contains("--max-failures"))
            #expect(result.output.contains("--shard 2 --scenario 37"), "not named: \(result.output)")
            // With a higher limit the same folder ends well, whatever was left to do.
            let again = try LonghaulBinary.run(["run", campaign, "--output", folder.file("out")], within: 120)
            #expect(again.status == 0, "\(again.errors.suffix(2000))")
            #expect(try TestCampaign.digests(in: folder.file("out")).count == 199)
        }

        @Test func aWorkerWithAWrongBitIsFoundAndItsResultsAreDoneAgain() throws {
            let farm = try TestFarm(campaign: Self.yaml)
            let coordinator = try farm.startCoordinator(options: ["--audit", "1", "--json"])
            let liar = try farm.startWorker("liar", environment: ["LONGHAUL_TEST_FAULT": "flip"])
            try farm.waitForShards(1)
            let honest = try ["a", "b"].map { try farm.startWorker($0) }
            let result = try coordinator.result(within: 240)
            #expect(result.status == 0, "\(result.errors.suffix(3000))")
            #expect(try liar.result(within: 30).status == 64, "it is refused")
            for worker in honest { #expect(try worker.result(within: 30).status == 0) }
            let journal = try Journal.read(folder: URL(fileURLWithPath: farm.output))
            #expect(try journal.quarantinedWorkers().map(\.name) == ["liar"])
            #expect(try journal.committedShards().allSatisfy { $0.worker != "liar" || $0.audit == .agreed })
            #expect(try TestCampaign.digests(in: farm.output) == Self.reference.get())
            #expect(result.output.contains("Worker liar"), "\(result.output)")
        }

        @Test func aWorkerLeavesInTimeForItsLimit() throws {
            let farm = try TestFarm(campaign: TestCampaign.endless)
            let coordinator = try farm.startCoordinator()
            // It keeps 20 s for what runs, so it begins to drain after two.
            let timed = try farm.startWorker("timed", options: ["--walltime", "22"])
            let ended = try timed.result(within: 60)
            #expect(ended.status == 0 && ended.errors.contains("worker: drained"), "\(ended.errors)")
            coordinator.signal(SIGKILL)
            _ = try coordinator.result()
            let alone = try farm.startWorker("alone", options: ["--give-up-after", "1"])
            #expect(try alone.result(within: 60).status == 75)
        }

        @Test func aWorkerLeavesWhenThereIsNothingToDoAndTheNextOneFinishes() throws {
            let farm = try TestFarm(campaign: TestCampaign.yaml(scenarios: 48))
            let coordinator = try farm.startCoordinator(options: ["--audit", "1"])
            // All that is left is to confirm its own shards, which others do, or itself after ten seconds.
            let idle = try farm.startWorker("idle", options: ["--idle-timeout", "1"])
            let ended = try idle.result(within: 60)
            #expect(ended.status == 0 && ended.errors.contains("worker: drained"), "\(ended.errors)")
            #expect(TestCampaign.committedShards(in: farm.output) == 3, "it left before it was idle")
            #expect(coordinator.isRunning)
            let second = try farm.startWorker("second")
            #expect(try coordinator.result(within: 120).status == 0)
            #expect(try second.result(within: 30).status == 0)
        }
    }
}
