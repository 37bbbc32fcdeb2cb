import RecordStore

/// Which workers fail where others don't. By name, because a process that failed comes back as another one.
/// A pure value.
struct WorkerTrust: Sendable {
    /// So many failures at shards that others finished, and more than a tenth of what it finished itself, are
    /// too many.
    private static let strikeLimit = 3
    private static let commitsPerStrike = 10

    private(set) var quarantined: [String: QuarantinedWorker] = [:]
    private var strikes: [String: Int] = [:]
    private var commits: [String: Int] = [:]
    private struct Suspect: Hashable, Sendable {
        let name: String
        /// A process that fails with several shards at once has failed once.
        let process: UInt64
    }

    /// Who failed at a shard that nobody has finished since.
    private var suspects: [Int: Set<Suspect>] = [:]
    private var struck: Set<UInt64> = []

    mutating func quarantine(_ worker: QuarantinedWorker) { quarantined[worker.name] = worker }

    /// A worker crashed or hung at a shard.
    mutating func failed(at shard: Int, worker: String, process: UInt64) {
        suspects[shard, default: []].insert(Suspect(name: worker, process: process))
    }

    /// The shard itself is at fault.
    mutating func pardon(at shard: Int) { suspects[shard] = nil }

    /// Somebody finished the shard.
    ///
    /// - Returns: workers that have failed too often where others didn't.
    mutating func finished(_ shard: Int, by worker: String) -> [String] {
        commits[worker, default: 0] += 1
        guard let failed = suspects.removeValue(forKey: shard) else { return [] }
        var names: Set<String> = []
        for suspect in failed where struck.insert(suspect.process).inserted {
            let count = (strikes[suspect.name] ?? 0) + 1
            strikes[suspect.name] = count
            let finished = commits[suspect.name] ?? 0
            let isTooMuch = count >= Self.strikeLimit && count * Self.commitsPerStrike > finished
            if isTooMuch && quarantined[suspect.name] == nil { names.insert(suspect.name) }
        }
        return names.sorted()
    }
}
