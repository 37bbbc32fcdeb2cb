import Foundation
import Testing

extension EndToEnd {
    @Suite struct CommandLine {
        static let commands = [
            "run", "coordinator", "worker", "top", "replay", "report", "compare", "failures", "export",
            "train", "evaluate", "futures", "doctor",
        ]

        @Test func theHelpListsEveryCommandAndEveryExitCode() throws {
            let help = try LonghaulBinary.run(["--help"])
            #expect(help.status == 0)
            for command in Self.commands { #expect(help.output.contains("  \(command) ")) }
            for code in ["0", "1", "64", "70", "75", "130"] { #expect(help.output.contains(" \(code)  ")) }
        }

        @Test(arguments: commands) func everyCommandTeachesByExample(command: String) throws {
            let help = try LonghaulBinary.run([command, "--help"])
            #expect(help.status == 0)
            #expect(help.output.contains("Examples:"))
            #expect(help.output.contains("longhaul \(command)"))
            if command != "doctor" { #expect(help.output.contains("Exit codes:")) }
        }

        @Test func theDoctorFindsTheGoldenDigestWithEveryKernel() throws {
            let doctor = try LonghaulBinary.run(["doctor", "--json"])
            let findings = try object(doctor.output)
            #expect(findings["healthy"] as? Bool == true, "\(doctor.output)")
            #expect((findings["checks"] as? [Any])?.isEmpty == false)
            #expect(doctor.status == 0)
        }

        private static let recorded = "../shared/data/commonroad/USA_US101-11_1_T-1.xml.gz"

        @Test(.enabled(if: FileManager.default.fileExists(atPath: recorded), "the recordings are not on this machine"))
        func futuresOfAFolderOfScenesGoIntoAFolder() throws {
            let folder = try TemporaryFolder()
            let scenes = folder.file("scenes"), output = folder.file("futures")
            try FileManager.default.createDirectory(atPath: scenes, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: Self.recorded, toPath: scenes + "/USA_US101-11_1_T-1.xml.gz")
            let futures = try LonghaulBinary.run([
                "futures", "--scenes", scenes, "--world-model", "shipped", "--from", "1.0", "--horizon", "2.0",
                "--rollouts", "3", "--seed", "7", "--output", output,
            ])
            #expect(futures.status == 0, "\(futures.errors)")
            let table = try String(contentsOfFile: output + "/USA_US101-11_1_T-1.csv", encoding: .utf8)
            let lines = table.split(separator: "\n")
            #expect(lines[0] == "rollout,agent,time_s,x_m,y_m,heading_rad,speed_mps")
            #expect(lines.count > 1 && (lines.count - 1) % (3 * 20) == 0)
        }

        @Test(arguments: [
            ["replay", "/nowhere", "--shard", "1"], ["report", "/nowhere"], ["run", "/nowhere.yaml"],
            ["compare", "/nowhere", "/nowhere"], ["failures", "/nowhere"], ["export", "/nowhere"],
            ["failures", "/nowhere", "--kind", "boredom"], ["run", "--until-width", "collisions=2"],
            ["run", "--against", "/nowhere", "--seed", "3"], ["run", "--fail-if-worse", "failures"],
            ["compare", "/nowhere", "/nowhere", "--fail-if-worse", "weather"],
            ["run", "--scenarios", "10", "--ego-km", "5"], ["run", "--workers", "0"], ["run", "--frobnicate"],
            ["worker", "--join", "127.0.0.1:7700"], ["coordinator", "/nowhere.yaml", "--output", "/tmp/x"],
            ["worker", "--join", "tcp://127.0.0.1:7700", "--threads", "0"], ["top"],
            ["evaluate", "--data", "/nowhere"], ["futures", "/nowhere", "--output", "x.csv"],
            ["futures", "--scenes", "/nowhere", "--output", "x"], ["futures", "--output", "x.csv"],
            ["train", "--data", "/nowhere", "--output", "/nowhere/x.safetensors"],
        ]) func wrongInputEndsWithCode64AndOneClearMessage(arguments: [String]) throws {
            let result = try LonghaulBinary.run(arguments)
            #expect(result.status == 64, "\(result.output)\(result.errors)")
            #expect(!result.errors.isEmpty)
            #expect(!result.errors.contains("Fatal error"))
        }

        @Test func aCampaignFileIsRefusedWithItsLine() throws {
            let folder = try TemporaryFolder()
            let file = try folder.write("seed: 1\nhorizon: 60\nscenarois: 5\n", to: "typo.yaml")
            let result = try LonghaulBinary.run(["run", file, "--output", folder.file("out")])
            #expect(result.status == 64)
            #expect(result.errors.contains("typo.yaml:3"))
            #expect(result.errors.contains("scenarois"))
        }

        @Test func anUnreachableCoordinatorEndsWithCode75() throws {
            let port = try freePort()
            let worker = try LonghaulBinary.run(
                ["worker", "--join", "tcp://127.0.0.1:\(port)", "--give-up-after", "1"])
            #expect(worker.status == 75, "\(worker.errors)")
            let top = try LonghaulBinary.run(["top", "--attach", "tcp://127.0.0.1:\(port)", "--json"])
            #expect(top.status == 75)
            #expect(top.errors.contains("127.0.0.1:\(port)"))
        }

        @Test func aPortInUseEndsWithCode75() throws {
            let farm = try TestFarm()
            let first = try farm.startCoordinator()
            try wait(atMost: 20, for: "the first coordinator") { first.errorsSoFar.contains("workers join") }
            let campaign = try farm.folder.write("scenarios: 10\n", to: "other.yaml")
            let second = try LonghaulBinary.run(
                ["coordinator", campaign, "--listen", "tcp://127.0.0.1:\(farm.port)",
                 "--output", farm.folder.file("other")])
            #expect(second.status == 75, "\(second.errors)")
            first.signal(SIGTERM)
            #expect(try first.result().status == 130)
        }

        @Test func aFolderOfAnotherCampaignIsRefusedAndTheSameOneIsContinued() throws {
            let folder = try TemporaryFolder()
            let options = ["--output", folder.file("out"), "--json"]
            let first = try LonghaulBinary.run(["run", "--scenarios", "128"] + options)
            #expect(first.status == 0, "\(first.errors)")
            #expect(try object(first.output)["rollouts"] as? Int == 128)
            let other = try LonghaulBinary.run(["run", "--scenarios", "128", "--seed", "5"] + options)
            #expect(other.status == 64)
            #expect(other.errors.contains("another output folder"))
            let more = try LonghaulBinary.run(["run", "--scenarios", "256"] + options)
            #expect(try object(more.output)["rollouts"] as? Int == 256)
        }

        @Test func anInterruptedRunEndsWithCode130AndGoesOnFromItsFolder() throws {
            let folder = try TemporaryFolder()
            let campaign = try folder.write(TestCampaign.yaml, to: "campaign.yaml")
            let out = folder.file("out")
            let run = try LonghaulBinary.start(["run", campaign, "--output", out])
            try wait(atMost: 60, for: "four shards") { TestCampaign.committedShards(in: out) >= 4 }
            run.signal(SIGINT)
            let result = try run.result(within: 30)
            #expect(result.status == 130)
            #expect(result.output.contains("ego-km"), "no report of what was done so far")
            let done = TestCampaign.committedShards(in: out) * TestCampaign.shardSize
            #expect(done < TestCampaign.scenarios, "the campaign was over too soon")
            let rest = try LonghaulBinary.run(["run", campaign, "--output", out], within: 120)
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(try TestCampaign.digests(in: out) == TestCampaign.reference.get())
        }

        @Test func noWorkerOutlivesARunThatWasKilled() throws {
            let folder = try TemporaryFolder()
            let campaign = try folder.write(TestCampaign.yaml, to: "campaign.yaml")
            let run = try LonghaulBinary.start(["run", campaign, "--output", folder.file("out")])
            let pid = run.pid
            try wait(atMost: 30, for: "two worker processes") { children(of: pid).count == 2 }
            let workers = children(of: pid)
            run.signal(SIGKILL)
            try wait(atMost: 15, for: "the workers' end") { workers.allSatisfy { kill($0, 0) != 0 } }
        }

        @Test func aSnapshotOfARunningCampaignIsJSON() throws {
            let farm = try TestFarm(campaign: TestCampaign.endless)
            let coordinator = try farm.startCoordinator()
            let worker = try farm.startWorker("seen")
            try farm.waitForShards(2)
            let address = "tcp://127.0.0.1:\(farm.port + 1)"
            let top = try LonghaulBinary.run(["top", "--attach", address, "--json"])
            #expect(top.status == 0, "\(top.errors)")
            let workers = try object(top.output)["workers"] as? [[String: Any]]
            #expect(workers?.first?["name"] as? String == "seen")
            worker.signal(SIGTERM)
            #expect(try worker.result(within: 40).status == 0, "a drained worker ends well")
            coordinator.signal(SIGTERM)
            #expect(try coordinator.result().status == 130)
        }
    }
}

/// Parses one JSON object.
func object(_ text: String) throws -> [String: Any] {
    let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
    guard let object = parsed as? [String: Any] else {
        throw TestFailure("no JSON object: \(text.prefix(200))")
    }
    return object
}
