import Foundation
import Metrics
import RecordStore
import Testing

/// A power cut leaves of the write-ahead log whatever the disk had: it is cut at every frame and inside of
/// frames, and what had been acknowledged by then has to be there, and only whole transactions.
@Suite struct JournalPowerCutTests {
    private static let walHeader = 32, frameHeader = 24, page = 4096

    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test func whereverTheLogIsCutWhatWasAcknowledgedIsThere() throws {
        let journal = try Journal.create(folder: folder.url, campaign: .sample())
        let wal = folder.url.appendingPathComponent("journal.sqlite-wal")
        // After each group of two shards: what the log had when the group was acknowledged.
        var acknowledged: [Int] = []
        for group in 0..<6 {
            _ = try journal.commit(try (2 * group..<2 * group + 2).map { try ShardCommit.sample($0) })
            acknowledged.append(try Data(contentsOf: wal).count)
        }
        let main = try Data(contentsOf: folder.url.appendingPathComponent("journal.sqlite"))
        let log = try Data(contentsOf: wal)
        let frame = Self.frameHeader + Self.page
        var cuts: Set<Int> = [0, Self.walHeader, log.count]
        for end in stride(from: Self.walHeader + frame, through: log.count, by: frame) {
            cuts.formUnion([end, end - 1, end - frame / 2, end - Self.page])
        }
        #expect(cuts.count > 60, "the log has \(log.count) bytes")
        for cut in cuts.sorted() {
            for isTorn in [false, true] {
                // Cut off, or the rest of the block full of what was there before.
                var kept = log.prefix(cut)
                if isTorn { kept += Data(repeating: 0xA5, count: min(777, log.count - cut)) }
                let groups = acknowledged.count { $0 <= cut }
                try check(main, Data(kept), least: 2 * groups, "cut at \(cut), torn \(isTorn)")
            }
        }
    }

    private func check(_ main: Data, _ log: Data, least: Int, _ comment: Comment) throws {
        let copy = try TemporaryFolder()
        try main.write(to: copy.url.appendingPathComponent("journal.sqlite"))
        try log.write(to: copy.url.appendingPathComponent("journal.sqlite-wal"))
        let journal: Journal
        do { journal = try Journal.create(folder: copy.url, campaign: .sample()) } catch {
            Issue.record("\(comment): \(error)")
            return
        }
        let shards = try journal.committedShards().map(\.shard)
        #expect(shards.count >= least, comment)
        #expect(shards.count % 2 == 0 && shards == Array(0..<shards.count), comment)
        #expect(try journal.totals() == CampaignTotals(shards.flatMap { ShardCommit.sampleRecords($0) }), comment)
        #expect(try journal.commit([try ShardCommit.sample(shards.count)])[0].isCommitted, comment)
    }
}
