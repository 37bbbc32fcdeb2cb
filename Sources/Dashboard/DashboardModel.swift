import Farm
import Metrics
import TerminalScreen

/// Everything the dashboard knows: a pure value that takes events. It never reads a clock; times are seconds
/// of any clock that doesn't run backwards.
public struct DashboardModel: Sendable, Equatable {
    public enum Event: Sendable, Equatable {
        case snapshot(FarmSnapshot, at: Double)
        /// How failures can be replayed from here.
        case access(FailureAccess)
        /// A replay has ended, or could not be shown.
        case replayEnded(problem: String?)
        case key(Key)
        case resize(width: Int, height: Int)
        case tick(Double)
    }

    /// What the owner of the model has to do after an event.
    public enum Effect: Sendable, Equatable {
        case none, quit
        /// Show this rollout, then go on.
        case play(Incident)
    }

    /// What lies over the normal view.
    public enum Overlay: Sendable, Equatable { case help, attention, events, failures }

    /// Tells workers apart, also where two hosts use one name.
    public struct WorkerKey: Sendable, Hashable {
        public let name: String
        public let host: String

        public init(_ worker: FarmSnapshot.Worker) {
            name = worker.name
            host = worker.host
        }
    }

    /// Seconds of history kept for the farm and for each worker.
    public static let farmHistorySeconds = 600
    public static let workerHistorySeconds = 60
    /// Workers shown; a snapshot that lists more has the rest cut off.
    public static let maximumWorkers = 4096
    /// A snapshot older than this many seconds is called out on screen.
    public static let staleAfterSeconds = 3.0

    public private(set) var snapshot: FarmSnapshot?
    public private(set) var snapshotTime = 0.0
    public private(set) var now = 0.0
    public private(set) var width: Int
    public private(set) var height: Int

    public private(set) var egoRate = History(capacity: farmHistorySeconds)
    public private(set) var agentRate = History(capacity: farmHistorySeconds)
    public private(set) var workerRates: [WorkerKey: History] = [:]

    /// The snapshot's workers in the order shown.
    public private(set) var workers: [FarmSnapshot.Worker] = []
    public private(set) var order = WorkerOrder()
    public private(set) var selection: WorkerKey?
    /// Index of the first worker on screen.
    public private(set) var firstWorker = 0
    public private(set) var overlay: Overlay?
    /// First line shown of the overlay.
    public private(set) var overlayScroll = 0
    public private(set) var access = FailureAccess()
    /// Scenario of the failure selected in the list of failures.
    public private(set) var selectedScenario: UInt64?
    /// Why the last replay could not be shown.
    public private(set) var replayProblem: String?

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Seconds since the newest snapshot arrived, if that is too long ago for a campaign that still runs.
    public var staleSeconds: Double? {
        guard let snapshot, !snapshot.state.isOver else { return nil }
        let age = now - snapshotTime
        return age > Self.staleAfterSeconds ? age : nil
    }

    /// Index of the selected worker in `workers`.
    public var selectedIndex: Int? {
        selection.flatMap { key in workers.firstIndex { WorkerKey($0) == key } }
    }

    /// Index of the selected failure in the snapshot's incidents; the first where none was chosen.
    public var failureIndex: Int? {
        guard let incidents = snapshot?.incidents, !incidents.isEmpty else { return nil }
        return incidents.firstIndex { $0.scenario == selectedScenario } ?? 0
    }

    @discardableResult
    public mutating func apply(_ event: Event) -> Effect {
        switch event {
        case .snapshot(let snapshot, let time): receive(snapshot, at: time)
        case .access(let access): self.access = access
        case .replayEnded(let problem): replayProblem = problem
        case .key(let key): return press(key)
        case .resize(let width, let height): (self.width, self.height) = (width, height)
        case .tick(let time): now = max(now, time)
        }
        keepSelectionVisible()
        return .none
    }

    private mutating func receive(_ snapshot: FarmSnapshot, at time: Double) {
        self.snapshot = snapshot
        now = max(now, time)
        snapshotTime = now
        egoRate.record(snapshot.egoKilometersPerDay, at: now)
        agentRate.record(snapshot.agentKilometersPerDay, at: now)

        let known = snapshot.workers.prefix(Self.maximumWorkers)
        var rates: [WorkerKey: History] = [:]
        for worker in known {
            let key = WorkerKey(worker)
            guard rates[key] == nil else { continue }
            var history = workerRates.removeValue(forKey: key) ?? History(capacity: Self.workerHistorySeconds)
            history.record(worker.egoKilometersPerDay, at: now)
            rates[key] = history
        }
        workerRates = rates
        workers = order.sorted(Array(known))
        if selectedIndex == nil { selection = nil }
    }

    private mutating func press(_ key: Key) -> Effect {
        switch key {
        case .character("q"), .character("Q"): return .quit
        case .character("?"), .character("h"): toggle(.help)
        case .character("a"): toggle(.attention)
        case .character("e"): toggle(.events)
        case .character("f"): toggle(.failures)
        case .enter:
            if overlay == .failures { return playSelected() }
            if overlay != nil { overlay = nil } else { toggle(.failures) }
        case .escape:
            if overlay != nil { overlay = nil } else { selection = nil }
        case .character("s"):
            order.advance()
            workers = order.sorted(workers)
        case .character("r"):
            order.isDescending.toggle()
            workers = order.sorted(workers)
        case .up, .character("k"): move(by: -1)
        case .down, .character("j"): move(by: 1)
        case .pageUp: move(by: -max(workerRows - 1, 1))
        case .pageDown, .character(" "): move(by: max(workerRows - 1, 1))
        case .home, .character("g"): move(by: -Self.maximumWorkers)
        case .end, .character("G"): move(by: Self.maximumWorkers)
        case .left, .right, .character: break
        }
        keepSelectionVisible()
        return .none
    }

    private mutating func playSelected() -> Effect {
        guard access.canPlay, let index = failureIndex, let incident = snapshot?.incidents[index] else {
            return .none
        }
        replayProblem = nil
        return .play(incident)
    }

    private mutating func selectFailure(by rows: Int) {
        guard let incidents = snapshot?.incidents, let index = failureIndex else { return }
        selectedScenario = incidents[min(max(index + rows, 0), incidents.count - 1)].scenario
        replayProblem = nil
    }

    private mutating func toggle(_ wanted: Overlay) {
        overlay = overlay == wanted ? nil : wanted
        overlayScroll = 0
    }

    private mutating func move(by rows: Int) {
        if overlay == .failures { return selectFailure(by: rows) }
        if overlay != nil {
            let last = max(DashboardView.overlayLines(self) - 1, 0)
            overlayScroll = min(max(overlayScroll + rows, 0), last)
            return
        }
        guard !workers.isEmpty else { return }
        let target = selectedIndex.map { $0 + rows } ?? (rows > 0 ? firstWorker + rows - 1 : firstWorker)
        selection = WorkerKey(workers[min(max(target, 0), workers.count - 1)])
    }

    private var workerRows: Int {
        DashboardLayout(width: width, height: height, snapshot: snapshot ?? FarmSnapshot()).workerRows
    }

    private mutating func keepSelectionVisible() {
        let rows = max(workerRows, 1)
        if let selected = selectedIndex {
            firstWorker = min(max(firstWorker, selected - rows + 1), selected)
        }
        firstWorker = min(firstWorker, max(workers.count - rows, 0))
    }
}
