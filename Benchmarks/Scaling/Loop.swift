import Foundation
import Metrics
import Rollout
import Scenarios
import WorldModel

/// The default campaign in a bare loop: engines on threads of one process, shards shared out as they come;
/// no farm, socket, block or journal.
struct Loop {
    var threads: Int
    var batchSize = RolloutEngine.defaultBatchSize

    struct Figures {
        var sceneSteps = 0
        var agentSteps = 0
        var egoMeters = 0.0
        var wallSeconds = 0.0
        var cpuSeconds = 0.0
    }

    func seconds(scenarios: Int) throws -> Double { try figures(scenarios: scenarios).wallSeconds }

    func figures(scenarios: Int) throws -> Figures {
        let campaign = Campaign()
        let model = try WorldModel.shipped()
        let engines = try (0..<threads).map { _ in
            try RolloutEngine(campaign: campaign, worldModel: model, batchSize: batchSize)
        }
        let shard = max(campaign.shardSize, batchSize)
        let shared = Shared(shards: (scenarios + shard - 1) / shard)
        nonisolated(unsafe) let work = engines
        let clock = ContinuousClock()
        let start = clock.now, cpuStart = cpuTime()
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            while let next = shared.next() {
                let first = next * shard
                _ = work[thread].run(scenarios: (first..<min(first + shard, scenarios)).map(UInt64.init)) {
                    shared.add($0)
                }
            }
        }
        var figures = shared.figures
        figures.wallSeconds = (clock.now - start) / .seconds(1)
        figures.cpuSeconds = cpuTime() - cpuStart
        return figures
    }

    /// What the threads share: the next shard, and the sums.
    private final class Shared: @unchecked Sendable {
        private let lock = NSLock()
        private let shards: Int
        private var taken = 0
        private(set) var figures = Figures()

        init(shards: Int) { self.shards = shards }

        func next() -> Int? {
            lock.withLock {
                guard taken < shards else { return nil }
                taken += 1
                return taken - 1
            }
        }

        func add(_ record: RolloutRecord) {
            lock.withLock {
                figures.sceneSteps += Int((record.simulatedSeconds * 10).rounded())
                figures.agentSteps += Int(record.agentSteps)
                figures.egoMeters += Double(record.egoMeters)
            }
        }
    }
}
