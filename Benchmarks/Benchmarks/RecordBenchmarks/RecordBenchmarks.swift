import Benchmark
import Foundation
import Messaging
import Metrics
import RecordStore
import Rollout
import Scenarios
import WorldModel

/// Records of real rollouts: what a worker sends.
private func records(_ count: Int) throws -> (records: [RolloutRecord], steps: StepDigests) {
    var campaign = Campaign()
    campaign.horizonSeconds = 20
    let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped())
    var records: [RolloutRecord] = []
    let steps = engine.run(scenarios: Array(0..<UInt64(count))) { records.append($0) }
    return (records.sorted { $0.scenario < $1.scenario }, steps ?? StepDigests(sums: []))
}

private let bytesPerRecord = BenchmarkMetric.custom("bytes per record", polarity: .prefersSmaller, useScalingFactor: false)
private let perSecond = BenchmarkMetric.custom("per second", polarity: .prefersLarger, useScalingFactor: false)

private func configuration(_ metrics: [BenchmarkMetric]) -> Benchmark.Configuration {
    .init(metrics: metrics + [.wallClock, .instructions], warmupIterations: 1, maxDuration: .seconds(8), maxIterations: 20)
}

private func shards(_ count: Int, of records: [RolloutRecord], steps: StepDigests) throws -> [ShardCommit] {
    try (0..<count).map { shard in
        let moved = records.enumerated().map { index, record in
            var record = record
            record.scenario = UInt64(shard * records.count + index)
            return record
        }
        return ShardCommit(
            shard: shard, generation: 1, worker: "benchmark", firstScenario: UInt64(shard * records.count),
            scenarioCount: records.count, blocks: [try BlockCodec.encode(moved)], stepDigests: steps, wallSeconds: 1)
    }
}

let benchmarks: @Sendable () -> Void = {
    for count in [64, 512] {
        Benchmark("Blocks of \(count) records encoded", configuration: configuration([bytesPerRecord, perSecond])) {
            benchmark in
            let batch = try records(count).records
            let clock = ContinuousClock()
            let start = clock.now
            var bytes = 0
            for _ in 0..<20 { bytes = try BlockCodec.encode(batch).count }
            benchmark.measurement(perSecond, Int(Double(20 * count) / ((clock.now - start) / .seconds(1))))
            benchmark.measurement(bytesPerRecord, bytes / count)
        }
        Benchmark("Blocks of \(count) records decoded", configuration: configuration([perSecond])) { benchmark in
            let block = try BlockCodec.encode(records(count).records)
            let clock = ContinuousClock()
            let start = clock.now
            for _ in 0..<20 { blackHole(try BlockCodec.decode(block)) }
            benchmark.measurement(perSecond, Int(Double(20 * count) / ((clock.now - start) / .seconds(1))))
        }
    }

    for group in [1, 16] {
        Benchmark("Durable commits, groups of \(group) shards", configuration: configuration([perSecond])) { benchmark in
            let (batch, steps) = try records(64)
            let folder = FileManager.default.temporaryDirectory.appending(path: "longhaul-bench-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let journal = try Journal.create(
                folder: folder,
                campaign: JournalCampaign(
                    identity: "benchmark", name: "benchmark", seed: 1, yaml: "", canonicalJSON: "{}",
                    worldModelHash: "", policy: "idm-mobil", shardSize: 64, kernel: "", build: ""))
            let commits = try shards(128, of: batch, steps: steps)
            let clock = ContinuousClock()
            let start = clock.now
            for first in stride(from: 0, to: commits.count, by: group) {
                _ = try journal.commit(Array(commits[first..<min(first + group, commits.count)]))
            }
            benchmark.measurement(perSecond, Int(Double(commits.count) / ((clock.now - start) / .seconds(1))))
        }
    }

    Benchmark("Message round trips over TCP loopback", configuration: configuration([perSecond])) { benchmark in
        let server = try ReplySocket(listening: ["tcp://127.0.0.1:0"])
        let thread = Thread {
            while let request = server.receive(timeout: .seconds(2)) { try? request.reply(request.bytes) }
        }
        thread.start()
        let client = try RequestSocket(dialing: server.addresses[0])
        let message = [UInt8](repeating: 7, count: 1024)
        _ = try client.call(message, timeout: .seconds(2))
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<1000 { blackHole(try client.call(message, timeout: .seconds(2))) }
        benchmark.measurement(perSecond, Int(1000 / ((clock.now - start) / .seconds(1))))
        client.close()
        server.close()
    }
}
