import Farm
import Metrics
import RecordStore
import Scenarios

/// A coordinator and its workers in one thread, on simulated time, network and disk, with everything that goes
/// wrong drawn from one seed. The machines are the ones that production runs; only what is around them is
/// simulated. Throws as soon as something doesn't hold that always has to.
public final class FarmSimulation {
    public struct Violation: Error, CustomStringConvertible {
        public let seed: UInt64
        public let seconds: Double
        public let problem: String
        public var description: String { "seed \(seed), after \(seconds) s: \(problem)" }
    }

    enum Event {
        case request(worker: Int, incarnation: Int, FarmRequest)
        case reply(worker: Int, incarnation: Int, sequence: UInt64, FarmReply)
        case silence(worker: Int, incarnation: Int, sequence: UInt64, attempt: Int)
        case wake(worker: Int, incarnation: Int, token: Int)
        case rollout(worker: Int, incarnation: Int, engine: Int)
        case tick(incarnation: Int)
        case store(incarnation: Int)
        case startWorker(Int)
        case startCoordinator
        case mend(Mending)
        case fault
        case calm
    }

    /// Who waits for an answer.
    struct Ticket {
        var worker: Int
        var incarnation: Int
        var request: FarmRequest
    }

    static let answerSeconds = 2.0
    /// When faults have stopped, the campaign is over after so long.
    static let patienceSeconds = 400.0

    public let seed: UInt64
    let plan: SimulationPlan
    let settings: FarmSettings
    let defect: Defect?
    var random: SimulationRandom
    var queue = EventQueue<Event>()
    public internal(set) var now = 0.0
    public internal(set) var steps = 0
    /// What happened, where it is wanted.
    public var trace: ((String) -> Void)?

    var workers: [SimulatedWorker] = []
    var disk = SimulatedDisk()
    var coordinator: CoordinatorMachine?
    var coordinatorIncarnation = 0
    var coordinatorBegan = 0.0
    var coordinatorAhead = 0.0
    var tickets: [UInt64: Ticket] = [:]
    var nextTicket: UInt64 = 0
    var hasStorePlanned = false
    var isDiskFull = false
    var crashAtStore: CrashMoment?
    var isCalm = false
    var calmSince = 0.0
    public internal(set) var faults: [Fault: Int] = [:]

    // What the checks remember.
    var issued: [UInt64: Issue] = [:]
    var acknowledged: Set<Int> = []
    var takenBack: Set<Int> = []
    var stableDisk: SimulatedDisk?

    public init(seed: UInt64, defect: Defect? = nil) {
        self.seed = seed
        self.defect = defect
        random = SimulationRandom(seed: seed)
        plan = SimulationPlan(random: &random)
        settings = plan.settings(defect: defect)
        disk.defect = defect
    }

    /// Runs to the end of the campaign.
    public func run() throws {
        for number in 0..<plan.workers {
            var worker = SimulatedWorker(number: number, threads: 1 + random.below(2))
            worker.error = plan.corrupt == number ? 3 : 0
            workers.append(worker)
            queue.plan(.startWorker(number), at: random.seconds(0...1))
        }
        queue.plan(.startCoordinator, at: random.seconds(0...1))
        queue.plan(.calm, at: plan.faultSeconds)
        if plan.faultSeconds > 0 { queue.plan(.fault, at: random.seconds(0...1)) }
        while let (time, event) = queue.next() {
            now = max(now, time)
            steps += 1
            try handle(event)
            if try isOver() { return }
        }
        throw violation("nothing is left to happen, and the campaign is not finished")
    }

    private func handle(_ event: Event) throws {
        switch event {
        case .request(let worker, let incarnation, let request): try deliver(request, worker, incarnation)
        case .reply(let worker, let incarnation, let sequence, let reply):
            hand(reply, sequence, to: worker, incarnation)
        case .silence(let worker, let incarnation, let sequence, let attempt):
            endWaiting(worker, incarnation, sequence, attempt)
        case .wake(let worker, let incarnation, let token):
            guard workers[worker].incarnation == incarnation, workers[worker].wakeToken == token else { return }
            if postpone(event, worker) { return }
            act(worker)
        case .rollout(let worker, let incarnation, let engine):
            guard workers[worker].incarnation == incarnation, !postpone(event, worker) else { return }
            roll(worker, engine)
        case .tick(let incarnation):
            guard incarnation == coordinatorIncarnation, coordinator != nil else { return }
            coordinator?.tick(now: coordinatorClock)
            try store()
            queue.plan(event, at: now + 0.5)
        case .store(let incarnation):
            guard incarnation == coordinatorIncarnation, coordinator != nil else { return }
            hasStorePlanned = false
            try store()
        case .startWorker(let worker): startWorker(worker)
        case .startCoordinator: try startCoordinator()
        case .mend(let mending): mend(mending)
        case .fault: strike()
        case .calm: calmDown()
        }
    }

    /// A stopped process does everything later.
    private func postpone(_ event: Event, _ worker: Int) -> Bool {
        guard workers[worker].stoppedUntil > now else { return false }
        queue.plan(event, at: workers[worker].stoppedUntil)
        return true
    }

    var coordinatorClock: Double { now - coordinatorBegan + coordinatorAhead }

    func note(_ text: @autoclosure () -> String) {
        if let trace { trace("\((now * 1e3).rounded() / 1e3) s  \(text())") }
    }

    func violation(_ problem: String) -> Violation {
        note("VIOLATION: \(problem)")
        return Violation(seed: seed, seconds: (now * 1e3).rounded() / 1e3, problem: problem)
    }
}
