import Foundation
import Testing

extension EndToEnd {
    @Suite struct Farm {
        @Test func aCoordinatorAndTwoWorkersCountEachScenarioOnce() throws {
            let farm = try TestFarm()
            let coordinator = try farm.startCoordinator()
            let workers = try ["a", "b"].map { try farm.startWorker($0) }
            let result = try coordinator.result(within: 120)
            #expect(result.status == 0, "\(result.errors)")
            for worker in workers { #expect(try worker.result(within: 20).status == 0) }
            let digests = try TestCampaign.digests(in: farm.output)
            #expect(digests.keys.sorted() == Array(0..<TestCampaign.scenarios))
            #expect(try digests == TestCampaign.reference.get())
        }

        @Test func killingAWorkerAndTheCoordinatorChangesNoTotalAndNoDigest() throws {
            let farm = try TestFarm()
            let first = try farm.startCoordinator()
            let doomed = try farm.startWorker("doomed")
            let survivor = try farm.startWorker("survivor")
            try farm.waitForShards(8)
            doomed.signal(SIGKILL)
            try farm.waitForShards(16)
            first.signal(SIGKILL)
            #expect(try first.result().status == 128 + SIGKILL)
            let before = TestCampaign.committedShards(in: farm.output)
            let done = before * TestCampaign.shardSize
            #expect(done < TestCampaign.scenarios, "the campaign was over too soon")

            let second = try farm.startCoordinator()
            let result = try second.result(within: 120)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try survivor.result(within: 20).status == 0)
            #expect(try TestCampaign.digests(in: farm.output) == TestCampaign.reference.get())
        }

        @Test(.enabled(if: LonghaulBinary.hasCommand("nngcat"), "nngcat is not installed"))
        func rubbishAtEveryPortDoesNoHarm() throws {
            let farm = try TestFarm()
            let coordinator = try farm.startCoordinator()
            let worker = try farm.startWorker("steady")
            try farm.waitForShards(2)
            let text = String(repeating: "rubbish\u{0}\u{1}", count: 40_000)
            let rubbish = try farm.folder.write(text, to: "rubbish")
            for port in [farm.port, farm.port + 1] {
                let address = "tcp://127.0.0.1:\(port)"
                for role in ["--req", "--push", "--pub", "--pair", "--surveyor", "--bus"] {
                    for content in [["--data", "x"], ["--file", rubbish]] {
                        let cat = try RunningProcess(
                            ["nngcat", role, "--dial", address, "--count", "3", "--send-timeout", "1",
                             "--recv-timeout", "1"] + content)
                        usleep(60_000)
                        cat.signal(SIGKILL)
                    }
                }
                try sendRawBytes(to: port)
            }
            #expect(coordinator.isRunning, "\(coordinator.errorsSoFar)")
            let result = try coordinator.result(within: 120)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try worker.result(within: 20).status == 0)
            #expect(try TestCampaign.digests(in: farm.output) == TestCampaign.reference.get())
        }

        @Test(.enabled(if: NetworkNamespaces.arePermitted, "network namespaces are not permitted here"))
        func twoHostsWithTheirOwnAddressesFinishACampaign() throws {
            let hosts = try NetworkNamespaces()
            let farm = try TestFarm()
            let coordinator = try farm.startCoordinator(host: "0.0.0.0", prefix: hosts.first.prefix)
            let near = try farm.startWorker("near", host: hosts.first.address, prefix: hosts.first.prefix)
            let far = try farm.startWorker("far", host: hosts.first.address, prefix: hosts.second.prefix)
            let result = try coordinator.result(within: 120)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try near.result(within: 20).status == 0)
            #expect(try far.result(within: 20).status == 0)
            #expect(far.errorsSoFar.contains("weights fetched"))
            #expect(try TestCampaign.digests(in: farm.output) == TestCampaign.reference.get())
        }
    }
}

/// Bytes that are not even nng's handshake.
private func sendRawBytes(to port: Int) throws {
    let script = """
        import os, socket
        for n in (1, 8, 100000):
            s = socket.create_connection(("127.0.0.1", \(port)), 2)
            try: s.sendall(os.urandom(n))
            except OSError: pass
            s.close()
        """
    let result = try RunningProcess(["python3", "-c", script]).result(within: 20)
    guard result.status == 0 else { throw TestFailure(result.errors) }
}
