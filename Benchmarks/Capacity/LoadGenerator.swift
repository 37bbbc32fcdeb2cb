import Foundation

/// Thousands of workers on one thread.
final class LoadGenerator {
    private static let attachSeconds = 60.0
    /// Workers are looked at so often for what is due, or as soon as there are answers.
    private static let roundMilliseconds: Int32 = 2

    private let workers: [SimulatedWorker]
    private let stock: ShardStock
    private let origin = ContinuousClock.now
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private var polled: [pollfd]
    private var mayLease = false
    private(set) var acknowledged: [Int] = []
    private var commits: [(time: Double, seconds: Double, sinceEnd: Double)] = []
    private var heartbeats: [(time: Double, seconds: Double)] = []

    init(port: UInt16, build: String, workers: Int, stock: ShardStock, recordsPerSecond: Double) throws {
        self.stock = stock
        let shardSeconds =
            recordsPerSecond > 0 ? Double(workers * stock.shardSize) / recordsPerSecond : 0
        self.workers = try (0..<workers).map { index in
            SimulatedWorker(
                index: index, build: build, connection: try RequestConnection(port: port), stock: stock,
                shardSeconds: shardSeconds)
        }
        polled = self.workers.map { pollfd(fd: $0.connection.descriptor, events: 0, revents: 0) }
    }

    deinit { buffer.deallocate() }

    /// Says hello from all workers.
    func attach() throws {
        let deadline = now + Self.attachSeconds
        while !workers.allSatisfy(\.isAttached) {
            guard now < deadline else { throw CapacityError.coordinator("didn't welcome all workers") }
            try round()
        }
    }

    /// Lets the workers work, and reports what was acknowledged between the warm-up and the end.
    func measure(
        warmUp: Double, seconds: Double, coordinator: CoordinatorProcess
    ) throws -> CapacityReport {
        mayLease = true
        let start = now + warmUp
        while now < start { try round() }
        let before = try coordinator.usage()
        let ownBefore = ownProcessorSeconds()
        let began = now
        while now < began + seconds && acknowledged.count < stock.blocks.count { try round() }
        let end = now
        let after = try coordinator.usage()
        let within = commits.filter { (began..<end).contains($0.time) }
        let first = acknowledged.count - within.count
        let bytes = acknowledged[first...].reduce(0) { $0 + stock.bytes(of: $1) }
        return CapacityReport(
            workers: workers.count, shardSize: stock.shardSize, blocksPerShard: stock.blocks[0].count,
            seconds: end - began, shards: within.count, compressedBytes: bytes,
            coordinatorSeconds: after.processorSeconds - before.processorSeconds,
            workerSeconds: ownProcessorSeconds() - ownBefore,
            residentBytes: after.residentBytes,
            commitSeconds: within.map(\.seconds), shardSeconds: within.map(\.sinceEnd),
            heartbeatSeconds: heartbeats.filter { (began..<end).contains($0.time) }.map(\.seconds))
    }

    /// Sends what is due and takes what has come.
    private func round() throws {
        let start = now
        for (index, worker) in workers.enumerated() {
            try worker.act(now: start, mayLease: mayLease)
            polled[index].events = Int16(worker.connection.isSending ? POLLIN | POLLOUT : POLLIN)
        }
        guard poll(&polled, nfds_t(polled.count), Self.roundMilliseconds) > 0 else { return }
        for (index, place) in polled.enumerated() where place.revents != 0 {
            try serve(workers[index], canSend: place.revents & Int16(POLLOUT) != 0)
        }
    }

    private func serve(_ worker: SimulatedWorker, canSend: Bool) throws {
        if canSend { try worker.connection.flush() }
        guard let answer = try worker.connection.receive(buffer) else { return }
        let now = now
        switch try worker.handle(answer, now: now) {
        case .nothing: break
        case .heartbeat(let seconds): heartbeats.append((now, seconds))
        case .committed(let shard, let seconds, let sinceEnd):
            acknowledged.append(shard)
            commits.append((now, seconds, sinceEnd))
        }
    }

    private func ownProcessorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private var now: Double { (ContinuousClock.now - origin) / .seconds(1) }
}
