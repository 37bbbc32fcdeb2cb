import Foundation
import Testing

extension EndToEnd {
    /// Real processes, sockets and certificates: who gets in, and what the others are told.
    @Suite struct Security {
        private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Ops")

        @Test func aFarmWithCertificatesAndATokenFinishesAndKeepsStrangersOut() throws {
            let folder = try TemporaryFolder()
            let port = try freePort()
            let secret = "s3cret-" + UUID().uuidString
            let token = try folder.write(secret, to: "token")
            let otherToken = try folder.write("another-\(UUID().uuidString)", to: "other-token")
            for file in [token, otherToken] { chmod(file, 0o600) }
            let tls = folder.file("tls")
            try run([Self.scripts.appendingPathComponent("certificates").path, tls])
            // A viewer's certificate under a worker's file names.
            let disguised = "\(tls)/disguised"
            try FileManager.default.copyItem(atPath: "\(tls)/viewer", toPath: disguised)
            for end in ["crt", "key"] { rename("\(disguised)/viewer.\(end)", "\(disguised)/worker.\(end)") }

            let scenarios: UInt64 = 480
            let campaign = try folder.write(TestCampaign.yaml(scenarios: scenarios), to: "campaign.yaml")
            let address = "tls+tcp://localhost:\(port)"
            let coordinator = try LonghaulBinary.start([
                "coordinator", campaign, "--listen", "tls+tcp://127.0.0.1:\(port)",
                "--tls", "\(tls)/coordinator", "--token-file", token, "--output", folder.file("out"),
            ])
            func worker(_ arguments: String...) throws -> RunningProcess {
                try LonghaulBinary.start(["worker", "--threads", "1"] + arguments)
            }
            let strangers = [
                (try worker("--join", address, "--tls", disguised, "--token-file", token),
                 "refuses this side's certificate"),
                (try worker("--join", address, "--tls", "\(tls)/worker"), "join token is missing or wrong"),
                (try worker("--join", address, "--tls", "\(tls)/worker", "--token-file", otherToken),
                 "join token is missing or wrong"),
                (try worker("--join", "tcp://localhost:\(port)"), "wants TLS"),
                (try worker("--join", address, "--tls", "\(tls)/worker", "--tls-name", "x.example.org"),
                 "not issued to x.example.org"),
            ]
            for (stranger, reason) in strangers {
                let result = try stranger.result(within: 60)
                #expect(result.status == 64 && result.errors.contains(reason), "\(reason): \(result.errors)")
            }
            #expect(TestCampaign.committedShards(in: folder.file("out")) == 0, "nobody could have worked yet")

            let viewer = try LonghaulBinary.run([
                "top", "--attach", "tls+tcp://localhost:\(port + 1)", "--tls", "\(tls)/viewer", "--json",
            ])
            #expect(viewer.status == 0 && viewer.output.contains("campaignIdentity"), "\(viewer.errors)")

            let member = try worker("--join", address, "--tls", "\(tls)/worker", "--token-file", token)
            try wait(atMost: 60, for: "a shard") { TestCampaign.committedShards(in: folder.file("out")) > 0 }
            for process in [coordinator, member] {
                let file = "/proc/\(process.pid)/cmdline"
                let line = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
                #expect(!line.contains(secret))
            }
            let result = try coordinator.result(within: 120)
            #expect(result.status == 0, "\(result.errors)")
            let worked = try member.result(within: 30)
            #expect(worked.status == 0)
            let digests = try TestCampaign.digests(in: folder.file("out"))
            #expect(try digests == TestCampaign.reference.get().filter { $0.key < scenarios })

            // Nothing that is written down may hold the secret.
            let output = folder.file("out")
            for name in try FileManager.default.subpathsOfDirectory(atPath: output) {
                let data = FileManager.default.contents(atPath: "\(output)/\(name)") ?? Data()
                #expect(data.range(of: Data(secret.utf8)) == nil, "\(name)")
            }
            for text in [result.output, result.errors, worked.output, worked.errors] {
                #expect(!text.contains(secret))
            }
        }

        @Test func plainAddressesOfOtherMachinesHaveToBeAskedFor() throws {
            let folder = try TemporaryFolder()
            let campaign = try folder.write(TestCampaign.yaml, to: "campaign.yaml")
            let commands = [
                ["coordinator", campaign, "--listen", "tcp://0.0.0.0:0", "--output", folder.file("out")],
                ["worker", "--join", "tcp://10.9.8.7:7700"], ["top", "--attach", "tcp://10.9.8.7:7701"],
            ]
            for command in commands {
                let result = try LonghaulBinary.run(command)
                #expect(result.status == 64, "\(command)")
                #expect(result.errors.contains("--insecure"), "\(result.errors)")
            }
            let token = try folder.write(String(repeating: "t", count: 32), to: "token")
            let exposed = try LonghaulBinary.run([
                "worker", "--join", "tcp://10.9.8.7:7700", "--token-file", token,
            ])
            #expect(exposed.status == 64 && exposed.errors.contains("may read the join token"))
            chmod(token, 0o600)
            let overheard = try LonghaulBinary.run(
                ["worker", "--join", "tcp://10.9.8.7:7700", "--insecure", "--token-file", token])
            #expect(overheard.status == 64 && overheard.errors.contains("overheard"))
        }

        @Test(.enabled(if: LonghaulBinary.hasCommand("python3"), "python3 is not installed"))
        func loadFromStrangersChangesNoTotalAndNoDigest() throws {
            let farm = try TestFarm()
            let coordinator = try farm.startCoordinator()
            let load = try RunningProcess([
                Self.scripts.appendingPathComponent("load").path, "--attack", "tcp://127.0.0.1:\(farm.port)",
                "--seconds", "6",
            ])
            let worker = try farm.startWorker("steady")
            let disturbed = try load.result(within: 60)
            #expect(disturbed.status == 0 && !disturbed.output.contains(" 0 vanished"), "\(disturbed.errors)")
            let result = try coordinator.result(within: 120)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try worker.result(within: 20).status == 0)
            #expect(try TestCampaign.digests(in: farm.output) == TestCampaign.reference.get())
        }

        private func run(_ arguments: [String]) throws {
            let result = try RunningProcess(arguments).result(within: 60)
            guard result.status == 0 else { throw TestFailure("\(arguments): \(result.errors)") }
        }
    }
}
