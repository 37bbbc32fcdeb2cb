import Farm
import Foundation
import Messaging
import Metrics
import RecordStore
import Scenarios
import Synchronization
import WorldModel

/// Support for tests of the protocol: rollouts that are a pure function of the scenario's index and need no
/// engine. The tests of the whole program use the real one.
final class IndexRunner: ShardRunner {
    private let milliseconds: Double
    init(milliseconds: Double) { self.milliseconds = milliseconds }

    func run(
        scenarios: Range<UInt64>, isCancelled: () -> Bool, emit: (RolloutRecord) -> Void
    ) -> StepDigests? {
        var sum: UInt32 = 0
        for scenario in scenarios.reversed() {
            if isCancelled() { return nil }
            if milliseconds > 0 { Thread.sleep(forTimeInterval: milliseconds / 1e3) }
            let record = Self.record(scenario)
            sum &+= UInt32(truncatingIfNeeded: record.digest)
            emit(record)
        }
        return StepDigests(sums: [sum, sum &* 3])
    }

    static func record(_ scenario: UInt64) -> RolloutRecord {
        var random = Random(seed: scenario)
        var record = RolloutRecord()
        record.scenario = scenario
        record.family = TrafficFamily(rawValue: UInt8(scenario % 4)) ?? .jam
        record.egoMeters = 500 + Float(random.below(1_000))
        record.agentMeters = 20_000 + Float(random.below(1_000))
        record.simulatedSeconds = 60
        record.agentSteps = 18_000
        record.hardBrakes = UInt16(random.below(3))
        if scenario % 11 == 5 { record.outcome = .offRoad }
        record.digest = random.next()
        return record
    }

    static func totals(_ scenarios: Range<UInt64>) -> CampaignTotals { CampaignTotals(scenarios.map(record)) }
}

/// A campaign's folder and files, gone at the end of the test.
final class TestCampaign: Sendable {
    let folder: URL
    let weights: [UInt8]
    let campaign: Campaign
    private let isOwner: Bool

    /// - Parameters:
    ///   - folder: of an earlier campaign, to go on with.
    ///   - weightsFactor: other weights for another one.
    init(
        goal: Campaign.Goal, stop: StopRule = StopRule(), shardSize: Int = 8, in folder: URL? = nil,
        weightsFactor: Int = 31
    ) {
        weights = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* weightsFactor) }
        let fresh = FileManager.default.temporaryDirectory.appendingPathComponent("farm-\(UUID().uuidString)")
        isOwner = folder == nil
        self.folder = folder ?? fresh
        var campaign = Campaign(name: "test", goal: goal, shardSize: shardSize)
        campaign.stop = stop
        self.campaign = campaign
    }

    deinit { if isOwner { try? FileManager.default.removeItem(at: folder) } }

    var weightsHash: String { ContentHash.sha256(weights) }

    func coordinator(
        listen: String = "tcp://127.0.0.1:0", change: (inout CoordinatorConfiguration) -> Void = { _ in }
    ) throws -> Coordinator {
        var configuration = CoordinatorConfiguration(
            campaign: campaign, yaml: "name: test", identity: campaign.identity(worldModelHash: weightsHash),
            weights: weights, weightsHash: weightsHash, folder: folder.appendingPathComponent("results"))
        configuration.listen = [listen]
        configuration.telemetry = "tcp://127.0.0.1:0"
        configuration.heartbeatSeconds = 0.1
        configuration.lostAfterSeconds = 1
        configuration.leases.leaseSeconds = 2
        configuration.leases.speculateAfterSeconds = 1
        change(&configuration)
        return try Coordinator(configuration)
    }

    func worker(
        _ name: String, join: String, threads: Int = 2, milliseconds: Double = 1,
        change: (inout WorkerConfiguration) -> Void = { _ in }
    ) -> RunningWorker {
        var configuration = WorkerConfiguration(join: join, name: name, threads: threads)
        configuration.cache = folder.appendingPathComponent("cache")
        configuration.recordsPerBlock = 3
        configuration.answerSeconds = 0.5
        change(&configuration)
        let expected = weights
        return RunningWorker(
            Worker(configuration) { _, weights, _ in
                guard weights == expected else { throw WorkerError.noRunner("wrong weights") }
                return IndexRunner(milliseconds: milliseconds)
            })
    }

    func journal() throws -> Journal { try Journal.read(folder: folder.appendingPathComponent("results")) }
}

/// A worker on a thread of its own.
final class RunningWorker: Sendable {
    let worker: Worker
    private let ending = Mutex<Result<WorkerEnding, any Error>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ worker: Worker) {
        self.worker = worker
        let thread = Thread { [self] in
            let result = Result { try worker.run() }
            ending.withLock { $0 = result }
            done.signal()
        }
        thread.start()
    }

    func wait(seconds: Double = 30) throws -> WorkerEnding? {
        guard done.wait(timeout: .now() + seconds) == .success else { return nil }
        return try ending.withLock { $0 }?.get()
    }
}

/// A coordinator on a thread of its own.
final class RunningCoordinator: Sendable {
    let address: String
    let telemetry: String
    private let state: State

    init(_ make: @escaping @Sendable () throws -> Coordinator) throws {
        let started = DispatchSemaphore(value: 0)
        let state = State()
        self.state = state
        Thread {
            do {
                let coordinator = try make()
                let telemetry = coordinator.telemetryAddress ?? ""
                state.addresses.withLock { $0 = (coordinator.controlAddresses[0], telemetry) }
                started.signal()
                let snapshot = coordinator.run(until: { state.wantsStop.withLock { $0 } }) { snapshot in
                    state.last.withLock { $0 = snapshot }
                }
                state.last.withLock { $0 = snapshot }
                coordinator.close()
            } catch {
                state.failure.withLock { $0 = error }
                started.signal()
            }
            state.done.signal()
        }.start()
        started.wait()
        if let error = state.failure.withLock({ $0 }) { throw error }
        (address, telemetry) = state.addresses.withLock { $0 }
    }

    private final class State: Sendable {
        let addresses = Mutex(("", ""))
        let failure = Mutex<(any Error)?>(nil)
        let wantsStop = Mutex(false)
        let last = Mutex(FarmSnapshot())
        let done = DispatchSemaphore(value: 0)
    }

    var snapshot: FarmSnapshot { state.last.withLock { $0 } }

    func stop() { state.wantsStop.withLock { $0 = true } }

    func wait(seconds: Double = 30) -> FarmSnapshot? {
        state.done.wait(timeout: .now() + seconds) == .success ? snapshot : nil
    }

    /// Waits until the published state is as wanted.
    func wait(seconds: Double = 20, until isWanted: (FarmSnapshot) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            if isWanted(snapshot) { return true }
            Thread.sleep(forTimeInterval: 0.02)
        }
        return false
    }
}

/// The port may take a moment to be free.
func restart(_ test: TestCampaign, at address: String) throws -> RunningCoordinator {
    for _ in 0..<50 {
        do { return try RunningCoordinator { try test.coordinator(listen: address) } } catch {
            Thread.sleep(forTimeInterval: 0.1)
        }
    }
    return try RunningCoordinator { try test.coordinator(listen: address) }
}

/// One request and its answer.
func ask(
    _ socket: RequestSocket, _ worker: UInt64, _ sequence: UInt64, _ body: FarmRequest.Body
) throws -> FarmReply {
    let request = FarmRequest(worker: worker, sequence: sequence, body: body)
    return try FarmReply(decoding: socket.call(request.encoded(), timeout: .seconds(30)))
}
