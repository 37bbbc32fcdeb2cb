import Farm
import Foundation
import Metrics
import Rollout

/// A worker without rollouts: what it asks next, and what the answers mean. Told the time, in seconds.
final class SimulatedWorker {
    private enum Errand { case hello, lease, block(Int), commit, heartbeat, none }

    let connection: RequestConnection
    private let name: String
    private let build: String
    private let stock: ShardStock
    /// Time that the rollouts of a shard would take, seconds.
    private let shardSeconds: Double
    /// 10 Hz, 60 s.
    private static let stepDigests = StepDigests(sums: [UInt32](repeating: 0x1234_5678, count: 600))

    private var number: UInt64 = 0
    private var sequence: UInt64 = 0
    private var heartbeatSeconds = 0.5
    private var nextHeartbeat = 0.0
    private var errand = Errand.none
    private var asked = 0.0
    private var lease: ShardLease?
    private var blocksSent = 0
    private var readyAt = 0.0
    private var nextLease = 0.0
    private var counters = WorkCounters()
    private(set) var isAttached = false

    /// What came of a request.
    enum Event {
        case nothing
        /// Seconds from a heartbeat to its answer.
        case heartbeat(seconds: Double)
        /// Seconds from the commit, and from the end of the rollouts, to the acknowledgement.
        case committed(shard: Int, seconds: Double, sinceEnd: Double)
    }

    /// - Parameter build: the release that it claims to be of: the coordinator's.
    init(index: Int, build: String, connection: RequestConnection, stock: ShardStock, shardSeconds: Double) {
        name = "w\(index)"
        self.build = build
        self.connection = connection
        self.stock = stock
        self.shardSeconds = shardSeconds
    }

    /// Sends what is due, unless an answer is outstanding.
    ///
    /// - Parameter mayLease: false where the workers only attach.
    func act(now: Double, mayLease: Bool) throws {
        guard case .none = errand else { return }
        if !isAttached {
            var hello = WorkerHello()
            hello.instance = UInt64.random(in: .min ... .max)
            hello.name = name
            hello.host = "capacity"
            hello.threads = 2
            hello.build = build
            hello.kernel = KernelClass.best.rawValue
            try ask(.hello(hello), as: .hello, now: now)
        } else if now >= nextHeartbeat {
            nextHeartbeat = now + heartbeatSeconds
            var heartbeat = Heartbeat()
            heartbeat.counters = counters
            heartbeat.held = lease.map { [Heartbeat.Held(key: $0.key, progress: UInt32(now * 10))] } ?? []
            try ask(.heartbeat(heartbeat), as: .heartbeat, now: now)
        } else if let lease {
            guard now >= readyAt else { return }
            let blocks = stock.blocks[lease.key.shard]
            if blocksSent < blocks.count {
                let body = FarmRequest.Body.block(lease.key, sequence: blocksSent, bytes: blocks[blocksSent])
                try ask(body, as: .block(blocksSent), now: now)
            } else {
                let result = ShardResult(
                    key: lease.key,
                    scenarios: lease.firstScenario..<lease.firstScenario + UInt64(lease.scenarioCount),
                    blockCount: blocks.count, stepDigests: Self.stepDigests, wallSeconds: shardSeconds)
                try ask(.commit([result]), as: .commit, now: now)
            }
        } else if mayLease && now >= nextLease {
            try ask(.lease(count: 1), as: .lease, now: now)
        }
    }

    /// Takes an answer.
    func handle(_ bytes: [UInt8], now: Double) throws -> Event {
        let reply = try FarmReply(decoding: bytes)
        let answered = errand
        errand = .none
        switch (answered, reply) {
        case (.hello, .welcome(let welcome)):
            number = welcome.worker
            heartbeatSeconds = Double(welcome.heartbeatMilliseconds) / 1e3
            nextHeartbeat = now + Double.random(in: 0...heartbeatSeconds)
            isAttached = true
        case (.heartbeat, .alive(_, let milliseconds)):
            heartbeatSeconds = Double(milliseconds) / 1e3
            return .heartbeat(seconds: now - asked)
        case (.lease, .leases(let leases)):
            // The first shard of all workers at once would make them work in step.
            let share = counters.egoMeters == 0 ? Double.random(in: 0...1) : 1
            lease = leases[0]
            readyAt = now + shardSeconds * share
            blocksSent = 0
        case (.lease, .retry(let milliseconds)): nextLease = now + Double(milliseconds) / 1e3
        case (.block(let index), .blockTaken): blocksSent = index + 1
        case (.block, .retry(let milliseconds)): readyAt = now + Double(milliseconds) / 1e3
        case (.commit, .commits([.committed])):
            guard let shard = lease?.key.shard else { return .nothing }
            lease = nil
            counters.egoMeters += Double(stock.totals(of: shard).all.egoMillimeters) / 1e3
            return .committed(shard: shard, seconds: now - asked, sinceEnd: now - readyAt)
        case (.commit, .commits([.duplicate])):
            // The lease expired, and somebody else was faster.
            lease = nil
        case (_, .finished): nextLease = .infinity
        default: throw CapacityError.unexpectedAnswer("\(reply) to \(answered) of \(name)")
        }
        return .nothing
    }

    private func ask(_ body: FarmRequest.Body, as errand: Errand, now: Double) throws {
        sequence += 1
        self.errand = errand
        asked = now
        try connection.send(FarmRequest(worker: number, sequence: sequence, body: body).encoded())
    }
}
