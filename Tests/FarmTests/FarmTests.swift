import Farm
import Foundation
import Messaging
import Metrics
import RecordStore
import Testing

/// Coordinators and workers over TCP on this machine.
@Suite(.serialized) struct FarmTests {
    @Test func twoWorkersCountEachScenarioOnce() throws {
        let test = TestCampaign(goal: .scenarios(203))
        let farm = try RunningCoordinator { try test.coordinator { $0.lostAfterSeconds = 30 } }
        let workers = ["a", "b"].map { test.worker($0, join: farm.address, milliseconds: 5) }
        let last = try #require(farm.wait())
        for worker in workers { #expect(try worker.wait() == .finished) }
        #expect(last.state == .finished && last.progress == 1 && last.scenariosCommitted == 203)
        #expect(last.workers.allSatisfy { $0.state == .left && $0.shardsCommitted > 0 && $0.mismatches == 0 })
        #expect(last.attention.isEmpty, "\(last.attention)")
        try expect(test, holds: 0..<203)
    }

    @Test func aWorkerThatVanishesChangesNoTotal() throws {
        let test = TestCampaign(goal: .scenarios(160))
        let farm = try RunningCoordinator { try test.coordinator() }
        let thief = try RequestSocket(dialing: farm.address)
        var hello = WorkerHello()
        hello.instance = 1
        hello.name = "thief"
        hello.threads = 2
        guard case .welcome(let welcome) = try ask(thief, 0, 1, .hello(hello)),
            case .leases(let stolen) = try ask(thief, welcome.worker, 2, .lease(count: 5))
        else {
            Issue.record("no leases")
            return
        }
        #expect(stolen.count == 5, "they are taken and never come back")
        let worker = test.worker("honest", join: farm.address)
        let last = try #require(farm.wait())
        #expect(try worker.wait() == .finished)
        #expect(last.workers.first { $0.name == "thief" }?.state == .lost)
        #expect(last.attention.contains { $0.contains("thief") })
        try expect(test, holds: 0..<160)
    }

    @Test func aRestartedCoordinatorGoesOnWithTheSameTotals() throws {
        let test = TestCampaign(goal: .scenarios(400))
        let first = try RunningCoordinator { try test.coordinator() }
        let address = first.address
        let worker = test.worker("a", join: address, milliseconds: 10)
        #expect(first.wait { $0.shardsCommitted >= 5 })
        first.stop()
        let stopped = try #require(first.wait())
        #expect(stopped.state == .stopped && stopped.shardsCommitted < 50)
        Thread.sleep(forTimeInterval: 0.3)
        let second = try restart(test, at: address)
        #expect(try worker.wait() == .finished)
        let last = try #require(second.wait())
        #expect(last.state == .finished && last.workers.allSatisfy { $0.mismatches == 0 })
        #expect(last.workers[0].shardsCommitted <= 50 - stopped.shardsCommitted)
        try expect(test, holds: 0..<400)
    }

    @Test func aCampaignCanBeExtendedByWholeShardsOnly() throws {
        let small = TestCampaign(goal: .scenarios(16))
        try finish(small)
        let larger = TestCampaign(goal: .scenarios(40), in: small.folder)
        try finish(larger)
        try expect(larger, holds: 0..<40)
        try finish(TestCampaign(goal: .scenarios(8), in: small.folder))
        let cut = TestCampaign(goal: .scenarios(36), in: small.folder)
        let error = #expect(throws: CoordinatorError.self) { _ = try cut.coordinator() }
        #expect(error?.description.contains("shard 4") == true)
    }

    @Test func kilometresCountByTheShortestPrefixThatHoldsThem() throws {
        let test = TestCampaign(goal: .egoKilometers(100))
        let farm = try RunningCoordinator { try test.coordinator() }
        let workers = ["a", "b"].map { test.worker($0, join: farm.address, milliseconds: 0.2) }
        let last = try #require(farm.wait())
        for worker in workers { #expect(try worker.wait() == .finished) }
        var shards = 0
        while IndexRunner.totals(0..<UInt64(shards * 8)).all.egoKilometers < 100 { shards += 1 }
        #expect(last.shardsTotal == shards)
        let counted = try test.journal().countedTotals(of: test.campaign)
        #expect(counted == IndexRunner.totals(0..<UInt64(shards * 8)))
    }

    @Test func aDrainedWorkerLeavesItsShardsToOthers() throws {
        let test = TestCampaign(goal: .scenarios(400))
        let farm = try RunningCoordinator { try test.coordinator() }
        let first = test.worker("first", join: farm.address, milliseconds: 50)
        #expect(farm.wait { $0.shardsCommitted >= 3 })
        first.worker.drain()
        #expect(try first.wait() == .drained)
        #expect(farm.wait { $0.shardsLeased == 0 }, "nothing is left to expire")
        let second = test.worker("second", join: farm.address, threads: 4, milliseconds: 0)
        #expect(try second.wait() == .finished)
        _ = farm.wait()
        try expect(test, holds: 0..<400)
    }

    @Test func manyWorkersSendHeartbeatsLessOften() throws {
        let test = TestCampaign(goal: .scenarios(8))
        let farm = try RunningCoordinator { try test.coordinator { $0.heartbeatsPerSecond = 10 } }
        defer { farm.stop() }
        let socket = try RequestSocket(dialing: farm.address)
        var first: UInt64 = 0
        for index in UInt64(1)...50 {
            var hello = WorkerHello()
            hello.instance = index
            hello.threads = 1
            guard case .welcome(let welcome) = try ask(socket, 0, 1, .hello(hello)) else {
                Issue.record("worker \(index) is not welcome")
                return
            }
            if index == 1 { first = welcome.worker }
            #expect(welcome.heartbeatMilliseconds == UInt32(max(100, 100 * index)))
        }
        // The first worker learns of it too, and is not lost meanwhile.
        Thread.sleep(forTimeInterval: 1.5)
        let answer = try ask(socket, first, 2, .heartbeat(Heartbeat()))
        #expect(answer == .alive(revoked: [], nextMilliseconds: 5_000))
        #expect(farm.snapshot.workers.count { $0.state == .active } == 50)
    }

    @Test func repeatedRequestsHaveOneEffectAndOneAnswer() throws {
        let test = TestCampaign(goal: .scenarios(160))
        let farm = try RunningCoordinator { try test.coordinator() }
        defer { farm.stop() }
        let socket = try RequestSocket(dialing: farm.address)
        var hello = WorkerHello()
        hello.instance = 7
        hello.threads = 1
        let welcome = try ask(socket, 0, 1, .hello(hello))
        #expect(try ask(socket, 0, 1, .hello(hello)) == welcome, "the same worker again")
        guard case .welcome(let own) = welcome else { return }
        let leases = try ask(socket, own.worker, 2, .lease(count: 3))
        #expect(try ask(socket, own.worker, 2, .lease(count: 3)) == leases)
        #expect(try ask(socket, own.worker, 3, .lease(count: 3)) != leases)
        #expect(try ask(socket, own.worker + 1, 4, .lease(count: 3)) == .unknownWorker)
        let never = LeaseKey(shard: 3, generation: .max)
        let result = ShardResult(
            key: never, scenarios: 24..<32, blockCount: 1, stepDigests: StepDigests(sums: []), wallSeconds: 0)
        guard case .commits(let answers) = try ask(socket, own.worker, 5, .commit([result])),
            case .refused = answers.first
        else {
            Issue.record("a shard that was never leased so is refused")
            return
        }
    }

    @Test func blocksThatAreMissingAreAskedForAgainAndRubbishIsRefused() throws {
        let test = TestCampaign(goal: .scenarios(8))
        let farm = try RunningCoordinator { try test.coordinator() }
        let socket = try RequestSocket(dialing: farm.address)
        var hello = WorkerHello()
        hello.threads = 1
        guard case .welcome(let own) = try ask(socket, 0, 1, .hello(hello)),
            case .leases(let leases) = try ask(socket, own.worker, 2, .lease(count: 1)),
            let key = leases.first?.key
        else {
            Issue.record("no lease")
            return
        }
        let digests = StepDigests(sums: [1])
        let result = ShardResult(
            key: key, scenarios: 0..<8, blockCount: 1, stepDigests: digests, wallSeconds: 0)
        #expect(try ask(socket, own.worker, 3, .commit([result])) == .commits([.resend]))
        #expect(try ask(socket, own.worker, 4, .block(key, sequence: 0, bytes: [1, 2, 3])) == .blockTaken)
        guard case .commits(let answers) = try ask(socket, own.worker, 5, .commit([result])),
            case .refused(let reason) = answers.first
        else {
            Issue.record("rubbish is refused")
            return
        }
        #expect(reason.contains("block 0"))
        #expect(try socket.call([1, 2, 3], timeout: .seconds(5)).count > 0, "an answer, not a crash")
        let worker = test.worker("honest", join: farm.address)
        #expect(try worker.wait() == .finished)
        _ = farm.wait()
        try expect(test, holds: 0..<8)
    }

    @Test func dashboardsHearSnapshots() throws {
        let test = TestCampaign(goal: .scenarios(8))
        let farm = try RunningCoordinator { try test.coordinator() }
        defer { farm.stop() }
        let dashboard = try SubscribeSocket(dialing: farm.telemetry)
        let bytes = try #require(try dashboard.receive(timeout: .seconds(5)))
        let snapshot = try JSONDecoder().decode(FarmSnapshot.self, from: Data(bytes))
        #expect(snapshot.campaignName == "test" && snapshot.shardsTotal == 1)
        #expect(snapshot.state == .waitingForWorkers)
    }

    private func finish(_ test: TestCampaign) throws {
        let farm = try RunningCoordinator { try test.coordinator() }
        let worker = test.worker("a", join: farm.address, milliseconds: 0)
        #expect(try worker.wait() == .finished)
        #expect(farm.wait()?.state == .finished)
    }

    /// The journal holds exactly these scenarios, each once, bit for bit.
    private func expect(_ test: TestCampaign, holds scenarios: Range<UInt64>) throws {
        let journal = try test.journal()
        var records: [RolloutRecord] = []
        for shard in try journal.committedShards() { records += try journal.records(shard: shard.shard) }
        #expect(records == scenarios.map(IndexRunner.record))
        #expect(try journal.totals() == IndexRunner.totals(scenarios))
    }
}
