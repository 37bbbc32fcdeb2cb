import Foundation
import Metrics
import RecordStore
import Testing

/// A writer that is killed with SIGKILL, in a process of its own, while it commits one group after another.
@Suite(.serialized) struct JournalCrashTests {
    @Test(arguments: [5, 20, 40, 70, 110])
    func aKilledWriterLosesNothingThatItAcknowledged(milliseconds: Int) async throws {
        let folder = try TemporaryFolder()
        let url = folder.url
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [url = url as URL, milliseconds = milliseconds as Int] in
            let journal = try Journal.create(folder: url, campaign: .sample())
            let shards = try (0..<600).map { try ShardCommit.sample($0) }
            let acknowledged = open(
                url.appendingPathComponent("acknowledged").path, O_WRONLY | O_CREAT, 0o644)
            Thread.detachNewThread {
                usleep(UInt32(milliseconds) * 1000)
                kill(getpid(), SIGKILL)
            }
            for first in stride(from: 0, to: shards.count, by: 3) {
                _ = try journal.commit(Array(shards[first..<first + 3]))
                var count = Int32(first + 3)
                _ = pwrite(acknowledged, &count, 4, 0)
            }
            sleep(60)
        }
        let data = (try? Data(contentsOf: url.appendingPathComponent("acknowledged"))) ?? Data()
        let acknowledged = data.reversed().reduce(0) { $0 << 8 | Int($1) }

        let journal = try Journal.open(folder: url)
        let committed = try journal.committedShards().map(\.shard)
        #expect(committed.count >= acknowledged)
        #expect(committed.count % 3 == 0 && committed == Array(0..<committed.count))
        #expect(try journal.totals() == CampaignTotals(committed.flatMap { ShardCommit.sampleRecords($0) }))
        let next = committed.count
        let outcomes = try journal.commit([
            try ShardCommit.sample(max(0, next - 1)), try ShardCommit.sample(next),
        ])
        #expect(next == 0 || outcomes[0] == .duplicate)
        #expect(next == 0 || outcomes[1].isCommitted)
    }
}
