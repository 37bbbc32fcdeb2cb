import Farm
import Foundation
import Messaging
import Rollout
import Scenarios
import Synchronization

/// A coordinator on a thread of its own, so that the main thread can show the dashboard.
final class CoordinatorHost: Sendable {
    /// What the coordinator's thread and the main thread share.
    private struct Shared {
        var snapshot: FarmSnapshot?
        var mustStop = false
        var isDone = false
    }

    private let shared = Mutex(Shared())
    let addresses: [String]
    let telemetryAddress: String?
    let folder: String

    /// Where others come in, and who may.
    struct Door {
        /// URL for workers; port 0 lets the system choose.
        var listen = "tcp://127.0.0.1:0"
        /// URL for dashboards.
        var telemetry = "tcp://127.0.0.1:0"
        var forWorkers = Protection.loopbackOnly
        var forViewers = Protection.loopbackOnly
        var token: JoinToken?
    }

    /// Opens or continues the result folder, listens, and begins to serve.
    init(_ input: CampaignInput, folder: String, door: Door, options: FarmOptions) throws {
        var configuration = CoordinatorConfiguration(
            campaign: input.campaign, yaml: CampaignFile.yaml(of: input.campaign), identity: input.identity,
            weights: input.weights.bytes, weightsHash: input.weights.hash,
            folder: URL(fileURLWithPath: folder, isDirectory: true))
        configuration.policyFiles = input.policy?.files ?? [:]
        configuration.listen = [door.listen]
        configuration.telemetry = door.telemetry
        configuration.workerProtection = door.forWorkers
        configuration.viewerProtection = door.forViewers
        configuration.token = door.token
        configuration.kernel = KernelClass.best.rawValue
        configuration.build = Longhaul.configuration.version
        configuration.kernels = Set(KernelClass.allCases.map(\.rawValue))
        options.apply(to: &configuration)
        let coordinator: Coordinator
        do { coordinator = try Coordinator(configuration) } catch { throw CommandFailure(starting: error) }
        try input.keepFiles(in: folder)
        addresses = coordinator.controlAddresses
        telemetryAddress = coordinator.telemetryAddress
        self.folder = folder
        // Handed over whole: nothing on this thread touches the coordinator again.
        nonisolated(unsafe) let handedOver = coordinator
        Thread.detachNewThread { [self] in serve(handedOver) }
    }

    private func serve(_ coordinator: Coordinator) {
        let last = coordinator.run(until: { shared.withLock { $0.mustStop } }) { snapshot in
            shared.withLock { $0.snapshot = snapshot }
        }
        shared.withLock {
            $0.snapshot = last
            $0.isDone = true
        }
    }

    /// The newest state.
    var snapshot: FarmSnapshot? { shared.withLock { $0.snapshot } }
    /// Whether the last commit is on the disk and the coordinator has ended.
    var isDone: Bool { shared.withLock { $0.isDone } }
    var isFinished: Bool { snapshot?.state == .finished }
    /// More has failed than the campaign allows.
    var isSick: Bool { snapshot?.state == .sick }

    /// Asks for the end; commits at hand are finished first.
    func stop() { shared.withLock { $0.mustStop = true } }

    /// Waits until the coordinator has ended.
    func wait() {
        while !isDone { usleep(10_000) }
    }
}
