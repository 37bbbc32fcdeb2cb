import Foundation
import Messaging
import Metrics
import RecordStore
import Scenarios

/// Leases a campaign's shards to workers and stores their results. One thread serves everything; a result
/// is acknowledged only after the journal has it on the disk. May be killed at any instruction: a new one
/// goes on from the same folder.
public final class Coordinator {
    static let shardLimit = 100_000_000
    /// Requests are gathered for so long before one transaction stores the commits among them.
    private static let gathering = Duration.milliseconds(2)
    private static let snapshotSeconds = 0.25
    private static let tickSeconds = 0.1
    private static let incidentSeconds = 2.0

    let configuration: CoordinatorConfiguration
    let campaignJSON: [UInt8]
    let journal: Journal
    private let control: ReplySocket
    private let telemetry: PublishSocket?
    private let clock = ContinuousClock()
    private let origin = ContinuousClock().now

    var table: LeaseTable
    var progress: CampaignProgress
    var workers: [UInt64: ConnectedWorker] = [:]
    var instances: [UInt64: UInt64] = [:]
    var nextWorker: UInt64
    var staging = BlockStaging()
    var offers: [CommitOffer] = []
    var attention = AttentionLog()
    /// The worst rollouts, as of the last time the journal was asked.
    var incidents: [Incident] = []
    private var nextIncidents = 0.0
    var totals: CampaignTotals
    var blockBytes: Int
    let startFraction: Double
    /// Time that earlier sessions have worked on the campaign, seconds.
    private let secondsBefore: Double
    var isFinished = false
    var isStopped = false

    /// URLs that workers can join, with actual ports.
    public var controlAddresses: [String] { control.addresses }
    /// URL that dashboards can attach to, with the actual port.
    public var telemetryAddress: String? { telemetry?.address }

    /// Opens or continues the journal and listens.
    ///
    /// - Throws: `JournalError`, `MessagingError` or `CoordinatorError`, before anything was served.
    public init(_ configuration: CoordinatorConfiguration) throws {
        self.configuration = configuration
        let campaign = configuration.campaign
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        campaignJSON = Array(try encoder.encode(campaign))
        progress = CampaignProgress(campaign: campaign)
        guard progress.shardsToStart <= Self.shardLimit else {
            throw CoordinatorError.tooManyShards(progress.shardsToStart, limit: Self.shardLimit)
        }
        journal = try Journal.create(
            folder: configuration.folder,
            campaign: JournalCampaign(
                identity: configuration.identity, name: campaign.name, seed: campaign.seed,
                yaml: configuration.yaml, canonicalJSON: String(decoding: campaignJSON, as: UTF8.self),
                worldModelHash: configuration.weightsHash, policy: campaign.policyName,
                shardSize: campaign.shardSize, kernel: configuration.kernel, build: configuration.build))
        // A smaller goal than before leaves shards over.
        let committed = try journal.committedShards().filter { [progress] in
            !progress.scenarios(of: $0.shard).isEmpty
        }
        // Seconds since 1970 make generations grow over restarts too.
        let session = UInt64(max(1, Date().timeIntervalSince1970))
        table = LeaseTable(
            count: progress.shardsToStart, committed: committed.map(\.shard), firstGeneration: session << 20,
            settings: configuration.leases)
        nextWorker = UInt64.random(in: 1..<1 << 31) << 32
        totals = try journal.totals()
        blockBytes = try journal.blockBytes()
        for shard in committed {
            let expected = progress.scenarios(of: shard.shard).count
            guard shard.scenarioCount == expected else {
                throw CoordinatorError.shardCutShort(
                    folder: configuration.folder.path, shard: shard.shard, scenarios: shard.scenarioCount,
                    expected: expected)
            }
        }
        var known = progress
        let settled = table.settledPrefix
        try journal.forEachShardSums { shard, sums in
            guard !known.scenarios(of: shard).isEmpty else { return }
            known.add(shard: shard, sums: sums, settledPrefix: min(shard + 1, settled))
        }
        known.advance(to: settled)
        progress = known
        secondsBefore = try journal.activeSeconds()
        startFraction = progress.fraction(scenariosCommitted: totals.all.rollouts)
        control = try ReplySocket(listening: configuration.listen, protection: configuration.workerProtection)
        telemetry = try configuration.telemetry.map {
            try PublishSocket(listening: $0, protection: configuration.viewerProtection)
        }
    }

    /// Serves until the campaign is finished or `stop` says so (asked about twenty times a second); then
    /// finishes the commits at hand.
    ///
    /// - Parameter onSnapshot: receives what is published, about four times a second, and the last state.
    /// - Returns: the last state.
    public func run(
        until stop: () -> Bool, onSnapshot: (FarmSnapshot) -> Void = { _ in }
    ) -> FarmSnapshot {
        var nextTick = 0.0, nextSnapshot = 0.0
        var finishedAt: Double?
        while true {
            serve()
            let now = now()
            if now >= nextTick {
                nextTick = now + Self.tickSeconds
                tick(now: now)
            }
            if isFinished && finishedAt == nil { finishedAt = now }
            let isOver = finishedAt.map { hasNobody || now > $0 + configuration.farewellSeconds } ?? false
            isStopped = !isFinished && stop()
            if now >= nextSnapshot || isOver || isStopped {
                nextSnapshot = now + Self.snapshotSeconds
                if now >= nextIncidents || isOver {
                    nextIncidents = now + Self.incidentSeconds
                    // Where the journal can't be read now, the list stays as it was.
                    incidents = (try? journal.worst(FarmSnapshot.maximumIncidents)) ?? incidents
                }
                let snapshot = snapshot(now: now)
                publish(snapshot)
                onSnapshot(snapshot)
                if isOver || isStopped { return snapshot }
            }
        }
    }

    /// Closes the sockets for good. Without a call, the end of the process does it.
    public func close() {
        control.close()
        telemetry?.close()
    }

    /// Time between two heartbeats of a worker, seconds.
    var heartbeatSeconds: Double {
        max(configuration.heartbeatSeconds, Double(workers.count) / configuration.heartbeatsPerSecond)
    }

    /// Seconds since this coordinator began.
    func now() -> Double { (clock.now - origin) / .seconds(1) }

    /// Whether the campaign's time on the wall is over.
    func isTimeOver(now: Double) -> Bool {
        configuration.campaign.stop.wallHours.map { secondsBefore + now >= $0 * 3600 } ?? false
    }

    private var hasNobody: Bool { workers.values.allSatisfy { $0.state == .left || $0.state == .lost } }

    /// Answers what has come in, then stores the commits among it.
    private func serve() {
        var wait = Duration.milliseconds(50)
        while let request = control.receive(timeout: wait) {
            receive(request, now: now())
            wait = Self.gathering
            if offers.count >= CommitOffer.limit { break }
            if offers.isEmpty { return }
        }
        commitOffers(now: now())
    }

    private func publish(_ snapshot: FarmSnapshot) {
        guard let telemetry else { return }
        do {
            try telemetry.publish(Array(JSONEncoder().encode(snapshot)))
        } catch {
            attention.add("The dashboards get no data: \(error)")
        }
    }
}
