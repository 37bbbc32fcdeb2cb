import Farm
import Testing

/// A campaign with workers that crash, hang, come back, are slow, and deliver twice: all drawn from a seed.
struct LeaseTableSimulation {
    private struct Delivery {
        var due: Double
        var key: LeaseKey
        var worker: UInt64
    }

    let seed: UInt64
    private var random: Random
    private var table: LeaseTable
    private var now = 0.0
    private var deliveries: [Delivery] = []
    private var alive: Set<UInt64> = []
    private var nextWorker: UInt64 = 1
    private var accepted: [Int: Int] = [:]
    private var owners: [UInt64: UInt64] = [:]
    private let shards: Int

    init(seed: UInt64) {
        self.seed = seed
        random = Random(seed: seed)
        shards = 1 + random.below(40)
        var settings = LeaseTable.Settings()
        settings.evidenceUntilSplit = .max
        let before = (0..<shards).filter { seed % 3 == 0 && ($0 ^ 5) % 4 == 0 }
        table = LeaseTable(count: shards, committed: before, firstGeneration: 1 + seed, settings: settings)
        for shard in before { accepted[shard] = 1 }
    }

    mutating func run() {
        for _ in 0..<4_000 where !table.isFinished { step(faults: true) }
        for _ in 0..<4_000 where !table.isFinished { step(faults: false) }
        #expect(table.isFinished, "seed \(seed): everything finishes")
        let isOnce = accepted.count == shards && accepted.values.allSatisfy { $0 == 1 }
        #expect(isOnce, "seed \(seed): each counts once")
        #expect(table.committedCount == shards && table.settledPrefix == shards, "seed \(seed)")
        #expect(table.leasedCount == 0 && table.pendingCount == 0, "seed \(seed): nothing is left behind")
        for worker in 1..<nextWorker { #expect(table.leases(of: worker) == 0, "seed \(seed)") }
    }

    private mutating func step(faults: Bool) {
        now += Double(random.below(1_500)) / 1e3
        if alive.count < 5, !faults || random.chance(30) {
            alive.insert(nextWorker)
            nextWorker += 1
        }
        for worker in alive.sorted() { act(worker, faults: faults) }
        let due = deliveries.filter { $0.due <= now }
        deliveries.removeAll { $0.due <= now }
        for delivery in due { deliver(delivery, faults: faults) }
        _ = table.expire(now: now)
        #expect(table.leasedCount + table.pendingCount + table.committedCount == shards, "seed \(seed)")
    }

    private mutating func act(_ worker: UInt64, faults: Bool) {
        for key in table.lease(worker: worker, now: now, count: random.below(4)) {
            let owner = owners.updateValue(worker, forKey: key.generation)
            #expect(owner == nil, "seed \(seed): a new generation")
            #expect(table.status(of: key.shard) == .leased, "seed \(seed)")
            if faults && random.chance(10) { continue }  // hangs: nothing ever comes
            let slow = faults && random.chance(15)
            let seconds = Double(random.below(slow ? 60_000 : 4_000)) / 1e3
            deliveries.append(Delivery(due: now + seconds, key: key, worker: worker))
        }
        if random.chance(60) {
            for delivery in deliveries where delivery.worker == worker {
                _ = table.renew(delivery.key, worker: worker, progress: UInt32(now), now: now)
            }
        }
        guard faults else { return }
        switch random.below(100) {
        case 0..<4:
            alive.remove(worker)
            deliveries.removeAll { $0.worker == worker }
            _ = table.lost(worker: worker)
        case 4..<6: _ = table.lost(worker: worker)  // a partition: its results come all the same
        case 6..<8:
            for delivery in deliveries where delivery.worker == worker {
                table.giveBack(delivery.key, worker: worker)
            }
            deliveries.removeAll { $0.worker == worker }
        case 8: table.leave(worker: worker)
        default: break
        }
    }

    private mutating func deliver(_ delivery: Delivery, faults: Bool) {
        if faults && random.chance(5) {  // refused by the journal
            _ = table.fail(delivery.key)
            return
        }
        let before = table.status(of: delivery.key.shard)
        switch table.commit(delivery.key) {
        case .accept:
            accepted[delivery.key.shard, default: 0] += 1
            #expect(before != .committed, "seed \(seed)")
        case .duplicate: #expect(before == .committed, "seed \(seed)")
        case .unknown: Issue.record("seed \(seed): generation \(delivery.key.generation) was given")
        }
        let again = table.commit(delivery.key)
        #expect(again == .duplicate, "seed \(seed): the second is compared, not counted")
    }
}
