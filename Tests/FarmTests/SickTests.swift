import Farm
import Metrics
import RecordStore
import Scenarios
import Testing

/// A campaign with more failures than it may have. On the coordinator's machine itself: no clock, no race.
struct SickTests {
    private static let settings: FarmSettings = {
        let campaign = Campaign(name: "sick", goal: .scenarios(2), shardSize: 2)
        var settings = FarmSettings(
            campaign: campaign, campaignJSON: [], identity: "identity", weights: [1], weightsHash: "hash")
        settings.maxFailures = 0
        return settings
    }()

    /// A coordinator that finds one of two scenarios stored, and the other one wanted.
    private func machine(quarantined: Bool, maxFailures: Int = 0) throws -> CoordinatorMachine {
        var settings = Self.settings
        settings.maxFailures = maxFailures
        var start = CoordinatorMachine.Start(session: 1)
        start.pieces = [0: [0..<1]]
        if quarantined {
            start.quarantined = [QuarantinedScenario(scenario: 1, shard: 0, cause: "crashed", workers: "a")]
        }
        var machine = try CoordinatorMachine(settings, start: start)
        machine.remembered()
        return machine
    }

    private func ask(_ machine: inout CoordinatorMachine, _ request: FarmRequest) -> FarmReply? {
        machine.receive(request, ticket: 1, now: 0)
        for case .reply(_, let reply) in machine.takeEffects() { return reply }
        return nil
    }

    private func hello(_ instance: UInt64, deaths: [WorkerDeath] = []) -> FarmRequest {
        var hello = WorkerHello()
        hello.instance = instance
        hello.name = "w\(instance)"
        hello.threads = 1
        hello.deaths = deaths
        return FarmRequest(worker: 0, sequence: 1, body: .hello(hello))
    }

    /// One transaction; every write succeeds.
    private func store(_ machine: inout CoordinatorMachine) -> [JournalWrite] {
        let writes = machine.takeWrites()
        machine.stored(
            writes.map { write in
                if case .assemble = write { return .commit(.committed(CampaignTotals()), by: "pieces") }
                return .done
            }, now: 0)
        return writes
    }

    /// Both in one step: the last scenario is set aside, and so every one of the campaign is dealt with.
    @Test func whatBecomesSickWithItsLastScenarioIsSickAndItsWorkersMayLeave() throws {
        var machine = try machine(quarantined: false)
        _ = store(&machine)
        var instance: UInt64 = 1
        // Two crashes seen in the act are enough evidence against a single scenario.
        for _ in 0..<2 {
            guard case .welcome(let welcome)? = ask(&machine, hello(instance)),
                case .leases(let leases)? = ask(
                    &machine, FarmRequest(worker: welcome.worker, sequence: 2, body: .lease(count: 1)))
            else {
                Issue.record("no lease for worker \(instance)")
                return
            }
            #expect(leases.map(\.firstScenario) == [1])
            let death = WorkerDeath(
                instance: instance, cause: .crashed, signal: 11, lease: leases[0].key, scenarios: 1..<2)
            instance += 1
            _ = ask(&machine, hello(instance, deaths: [death]))
        }
        #expect(machine.isSick && !machine.isFinished)
        #expect(machine.snapshot(now: 1, isStopped: true).state == .sick)
        let writes = store(&machine)
        #expect(
            writes.contains { if case .quarantine(let entry) = $0 { entry.scenario == 1 } else { false } },
            "the reason is in the journal")
        #expect(machine.isSick && machine.isFinished)
        for isStopped in [false, true] {
            #expect(machine.snapshot(now: 1, isStopped: isStopped).state == .sick, "sick wins")
        }
        guard case .welcome(let welcome)? = ask(&machine, hello(instance)) else {
            Issue.record("worker \(instance) isn't known any more")
            return
        }
        let lease = FarmRequest(worker: welcome.worker, sequence: 2, body: .lease(count: 1))
        #expect(ask(&machine, lease) == .finished, "there is nothing left that a higher limit would bring")
    }

    @Test func aSickCampaignStaysSickUntilItMayFailMoreOften() throws {
        var again = try machine(quarantined: true)
        #expect(again.snapshot(now: 0, isStopped: false).state == .sick)
        _ = store(&again)
        #expect(again.isFinished && again.snapshot(now: 0, isStopped: false).state == .sick)
        var pardoned = try machine(quarantined: true, maxFailures: 1)
        #expect(pardoned.snapshot(now: 0, isStopped: false).state != .sick)
        _ = store(&pardoned)
        #expect(pardoned.snapshot(now: 0, isStopped: false).state == .finished)
    }
}
