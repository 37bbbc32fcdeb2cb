import Farm
import Foundation
import Scenarios
import Synchronization
import Testing
import WorldModel

extension EndToEnd {
    /// The real worker command against coordinators that it doesn't fit.
    @Suite struct Versions {
        @Test func aWorkerOfAnotherReleaseEndsWithCode64AndSaysWhatToInstall() throws {
            let farm = try ForeignCoordinator { $0.build = "longhaul 99.1" }
            let result = try farm.worker()
            #expect(result.status == 64, "\(result.errors)")
            #expect(result.errors.contains("install longhaul 99.1 on the worker's"), "\(result.errors)")
        }

        @Test func aWorkerWithAnUnknownKernelClassEndsWithCode64() throws {
            let farm = try ForeignCoordinator { $0.kernels = ["quantum"] }
            let result = try farm.worker()
            #expect(result.status == 64, "\(result.errors)")
            #expect(result.errors.contains("known: quantum"), "\(result.errors)")
        }

        @Test func aCampaignThatNoFileCouldSayEndsWithCode64() throws {
            let changes: [(inout Campaign) -> Void] = [
                { $0.horizonSeconds = 1e15 }, { $0.mix = [7] }, { $0.burnInSeconds = -2 },
            ]
            for change in changes {
                let farm = try ForeignCoordinator {
                    change(&$0.campaign)
                    $0.identity = $0.campaign.identity(worldModelHash: $0.weightsHash)
                }
                let result = try farm.worker()
                #expect(result.status == 64, "\(result.errors)")
                #expect(result.errors.contains("the coordinator's campaign can't be run"), "\(result.errors)")
            }
        }
    }
}

/// A coordinator in the test's own process, with settings that no command line gives.
private final class ForeignCoordinator {
    private let folder: TemporaryFolder
    private let address: String
    private let ending = Ending()

    private final class Ending: Sendable {
        let isWanted = Mutex(false)
        let isDone = Mutex(false)
    }

    init(_ change: (inout CoordinatorConfiguration) -> Void) throws {
        folder = try TemporaryFolder()
        let weights: [UInt8] = [1, 2, 3]
        let hash = ContentHash.sha256(weights)
        let campaign = Campaign(name: "foreign", goal: .scenarios(16))
        var configuration = CoordinatorConfiguration(
            campaign: campaign, yaml: CampaignFile.yaml(of: campaign),
            identity: campaign.identity(worldModelHash: hash), weights: weights, weightsHash: hash,
            folder: URL(fileURLWithPath: folder.file("out")))
        configuration.listen = ["tcp://127.0.0.1:0"]
        configuration.telemetry = nil
        change(&configuration)
        let coordinator = try Coordinator(configuration)
        address = coordinator.controlAddresses[0]
        // Handed over whole: nothing on this thread touches the coordinator again.
        nonisolated(unsafe) let served = coordinator
        Thread.detachNewThread { [ending] in
            _ = served.run(until: { ending.isWanted.withLock { $0 } })
            served.close()
            ending.isDone.withLock { $0 = true }
        }
    }

    deinit {
        ending.isWanted.withLock { $0 = true }
        while !ending.isDone.withLock({ $0 }) { usleep(10_000) }
    }

    /// What a real worker makes of it.
    func worker() throws -> RunningProcess.Result {
        let process = try RunningProcess(
            [LonghaulBinary.path, "worker", "--join", address, "--threads", "1"],
            environment: ["XDG_CACHE_HOME": folder.file("cache")])
        return try process.result(within: 60)
    }
}
