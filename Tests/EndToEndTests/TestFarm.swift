import Foundation
import Metrics
import RecordStore

/// A small campaign, and what a run without any trouble finds in it.
enum TestCampaign {
    static let scenarios: UInt64 = 3000
    static let shardSize = 16
    static let yaml = yaml(scenarios: scenarios)
    /// So many scenarios that it doesn't end during a test.
    static let endless = yaml(scenarios: 2_000_000)

    /// The first so many of its scenarios.
    static func yaml(scenarios: UInt64) -> String {
        """
        name: end-to-end
        seed: 77
        scenarios: \(scenarios)
        horizon: 40
        burn-in: 2
        shard-size: \(shardSize)

        """
    }

    /// Digest of every scenario, from a run on this machine that nothing disturbed.
    static let reference = Result { () throws -> [UInt64: UInt64] in
        let folder = try TemporaryFolder()
        let campaign = try folder.write(yaml, to: "campaign.yaml")
        let run = try LonghaulBinary.run(["run", campaign, "--output", folder.file("out")], within: 120)
        guard run.status == 0 else { throw TestFailure("reference run: \(run.errors)") }
        return try digests(in: folder.file("out"))
    }

    /// The digest of every scenario in a result folder; throws where one was counted twice.
    static func digests(in folder: String) throws -> [UInt64: UInt64] {
        let journal = try Journal.read(folder: URL(fileURLWithPath: folder))
        var digests: [UInt64: UInt64] = [:]
        for shard in try journal.committedShards() {
            for record in try journal.records(shard: shard.shard) {
                guard digests.updateValue(record.digest, forKey: record.scenario) == nil else {
                    throw TestFailure("scenario \(record.scenario) was counted twice")
                }
            }
        }
        let counted = try journal.totals().all.rollouts
        guard counted == UInt64(digests.count) else {
            throw TestFailure("\(counted) rollouts in the totals, \(digests.count) records")
        }
        return digests
    }

    static func totals(in folder: String) throws -> CampaignTotals {
        try Journal.read(folder: URL(fileURLWithPath: folder)).totals()
    }

    static func committedShards(in folder: String) -> Int {
        guard let journal = try? Journal.read(folder: URL(fileURLWithPath: folder)) else { return 0 }
        return (try? journal.committedShards().count) ?? 0
    }
}

/// A coordinator and workers as processes, on ports of their own.
final class TestFarm {
    let folder: TemporaryFolder
    let port: Int
    var output: String { folder.file("out") }
    private let campaign: String

    init(campaign yaml: String = TestCampaign.yaml) throws {
        folder = try TemporaryFolder()
        port = try freePort()
        campaign = try folder.write(yaml, to: "campaign.yaml")
    }

    /// - Parameter prefix: what runs the binary, such as `ip netns exec NAME`.
    func startCoordinator(
        host: String = "127.0.0.1", prefix: [String] = [], options: [String] = []
    ) throws -> RunningProcess {
        try RunningProcess(
            prefix + [
                LonghaulBinary.path, "coordinator", campaign, "--listen", "tcp://\(host):\(port)",
                "--output", output,
            ] + security(host) + options)
    }

    func startWorker(
        _ name: String, host: String = "127.0.0.1", prefix: [String] = [], options: [String] = [],
        environment: [String: String] = [:]
    ) throws -> RunningProcess {
        try RunningProcess(
            prefix + [
                LonghaulBinary.path, "worker", "--join", "tcp://\(host):\(port)", "--threads", "1",
                "--name", name,
            ] + security(host) + options,
            environment: ["XDG_CACHE_HOME": folder.file("cache-\(name)")].merging(environment) { $1 })
    }

    /// Other machines, and namespaces, are reached in the clear only where that is asked for.
    private func security(_ host: String) -> [String] { host == "127.0.0.1" ? [] : ["--insecure"] }

    /// Waits until at least `count` shards are committed.
    func waitForShards(_ count: Int) throws {
        try wait(atMost: 60, for: "\(count) committed shards") {
            TestCampaign.committedShards(in: output) >= count
        }
    }
}
