import Foundation
import Metrics
import RecordStore

/// What one coordinator took in.
struct CapacityReport: Codable {
    var attachedWorkers: Int
    var shardSize: Int
    var blocksPerShard: Int
    var seconds: Double
    var shardsPerSecond: Double
    var recordsPerSecond: Double
    /// 10⁶ bytes.
    var compressedMegabytesPerSecond: Double
    var rawMegabytesPerSecond: Double
    var bytesPerRecord: Double
    /// Of one core.
    var coordinatorShare: Double
    var recordsPerCoordinatorSecond: Double
    var loadGeneratorShare: Double
    var coordinatorMegabytes: Double
    var commitMilliseconds: Percentiles
    /// From the end of a shard's rollouts to its acknowledgement.
    var shardMilliseconds: Percentiles
    var heartbeatMilliseconds: Percentiles
    var heartbeatsPerSecond: Double
    var isJournalExact = false

    struct Percentiles: Codable {
        var p50: Double
        var p99: Double

        init(seconds: [Double]) {
            let sorted = seconds.sorted()
            func at(_ share: Double) -> Double {
                sorted.isEmpty ? 0 : sorted[Int(Double(sorted.count - 1) * share)] * 1e3
            }
            (p50, p99) = (at(0.5), at(0.99))
        }
    }

    init(
        workers: Int, shardSize: Int, blocksPerShard: Int, seconds: Double, shards: Int, compressedBytes: Int,
        coordinatorSeconds: Double, workerSeconds: Double, residentBytes: Int, commitSeconds: [Double],
        shardSeconds: [Double], heartbeatSeconds: [Double]
    ) {
        attachedWorkers = workers
        self.shardSize = shardSize
        self.blocksPerShard = blocksPerShard
        self.seconds = seconds
        let records = Double(shards * shardSize)
        shardsPerSecond = Double(shards) / seconds
        recordsPerSecond = records / seconds
        compressedMegabytesPerSecond = Double(compressedBytes) / 1e6 / seconds
        bytesPerRecord = Double(compressedBytes) / max(1, records)
        rawMegabytesPerSecond = recordsPerSecond * Double(BlockCodec.bytesPerRecord) / 1e6
        coordinatorShare = coordinatorSeconds / seconds
        recordsPerCoordinatorSecond = records / max(1e-9, coordinatorSeconds)
        loadGeneratorShare = workerSeconds / seconds
        coordinatorMegabytes = Double(residentBytes) / 1e6
        commitMilliseconds = Percentiles(seconds: commitSeconds)
        shardMilliseconds = Percentiles(seconds: shardSeconds)
        heartbeatMilliseconds = Percentiles(seconds: heartbeatSeconds)
        heartbeatsPerSecond = Double(heartbeatSeconds.count) / seconds
    }

    /// Opens the journal afresh and checks that it holds every acknowledged shard, and sums that are exactly
    /// those of the shards it holds.
    mutating func compare(
        withJournalIn folder: String, acknowledged: [Int], stock: ShardStock
    ) throws {
        let journal = try Journal.read(folder: URL(fileURLWithPath: folder, isDirectory: true))
        let stored = try journal.committedShards().map(\.shard)
        let missing = Set(acknowledged).subtracting(stored)
        guard missing.isEmpty, Set(acknowledged).count == acknowledged.count else {
            throw CapacityError.journal("\(missing.count) acknowledged shards are missing")
        }
        let expected = stored.reduce(into: CampaignTotals()) { $0.add(stock.totals(of: $1)) }
        guard try journal.totals() == expected else { throw CapacityError.journal("other totals") }
        isJournalExact = true
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    func table() -> String {
        func line(_ name: String, _ value: Double, _ digits: Int = 0, _ unit: String = "") -> String {
            let number = value.formatted(.number.precision(.fractionLength(digits)))
            return name.padding(toLength: 40, withPad: " ", startingAt: 0) + number + " " + unit
        }
        func line(_ name: String, _ times: Percentiles) -> String {
            line(name + ", p50", times.p50, 1, "ms") + "\n" + line(name + ", p99", times.p99, 1, "ms")
        }
        return [
            line("Attached workers", Double(attachedWorkers)),
            line("Scenarios a shard", Double(shardSize)),
            line("Shards committed", shardsPerSecond, 1, "/s"),
            line("Records committed", recordsPerSecond, 0, "/s"),
            line("Records, raw", rawMegabytesPerSecond, 1, "MB/s"),
            line("Records, compressed", compressedMegabytesPerSecond, 1, "MB/s"),
            line("Heartbeats answered", heartbeatsPerSecond, 0, "/s"),
            line("Coordinator's share of a core", 100 * coordinatorShare, 1, "%"),
            line("Records a second of its core's time", recordsPerCoordinatorSecond, 0, "/s"),
            line("Load generator's share of a core", 100 * loadGeneratorShare, 1, "%"),
            line("Coordinator's memory", coordinatorMegabytes, 0, "MB"),
            line("Commit to acknowledgement", commitMilliseconds),
            line("Shard's end to acknowledgement", shardMilliseconds),
            line("Heartbeat to answer", heartbeatMilliseconds),
        ].joined(separator: "\n")
    }
}
