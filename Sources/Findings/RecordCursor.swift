import Metrics
import RecordStore

/// The records of a result folder that count, one after the other in ascending order of the seed's scenario
/// numbers. Holds one shard at a time.
struct RecordCursor {
    struct Element {
        var record: RolloutRecord
        var shard: Int
        /// The seed's number of the scenario.
        var number: UInt64
    }

    private let folder: ResultFolder
    private let shards: [Int]
    private var nextShard = 0
    private var records: [RolloutRecord] = []
    private var nextRecord = 0

    init(_ folder: ResultFolder) throws(JournalError) {
        self.folder = folder
        shards = try folder.journal.committedShards().map(\.shard).filter { $0 < folder.countedShards }
    }

    /// Nil at the end.
    mutating func next() throws(JournalError) -> Element? {
        while nextRecord == records.count {
            guard nextShard < shards.count else { return nil }
            records = try folder.journal.records(shard: shards[nextShard])
            nextShard += 1
            nextRecord = 0
        }
        let record = records[nextRecord]
        nextRecord += 1
        return Element(
            record: record, shard: shards[nextShard - 1],
            number: folder.campaign.number(ofScenario: record.scenario))
    }
}
