import Foundation
import Messaging
import Metrics
import RecordStore
import Scenarios

/// Leases a campaign's shards to workers and stores their results: `CoordinatorMachine` between sockets,
/// journal and clock. One thread serves everything; a result is acknowledged only after the journal has it on
/// the disk. May be killed at any instruction: a new one goes on from the same folder.
public final class Coordinator {
    /// One transaction stores all results that come in until nothing comes for a moment, or for so long.
    private static let gathering = (silence: 0.002, most: 0.02)
    private static let snapshotSeconds = 0.25
    private static let tickSeconds = 0.1
    private static let incidentSeconds = 2.0

    private let farewellSeconds: Double
    private let journal: Journal
    private let control: ReplySocket
    private let telemetry: PublishSocket?
    private let clock = ContinuousClock()
    private let origin = ContinuousClock().now
    private var machine: CoordinatorMachine
    private var requests: [CoordinatorMachine.Ticket: ReplyRequest] = [:]
    private var nextTicket: CoordinatorMachine.Ticket = 0
    /// The worst rollouts, as of the last time the journal was asked.
    private var incidents: [Incident] = []
    private var nextIncidents = 0.0

    /// URLs that workers can join, with actual ports.
    public var controlAddresses: [String] { control.addresses }
    /// URL that dashboards can attach to, with the actual port.
    public var telemetryAddress: String? { telemetry?.address }

    /// Opens or continues the journal and listens.
    ///
    /// - Throws: `JournalError`, `MessagingError` or `CoordinatorError`, before anything was served.
    public init(_ configuration: CoordinatorConfiguration) throws {
        farewellSeconds = configuration.farewellSeconds
        let settings = try configuration.settings
        let campaign = configuration.campaign
        journal = try Journal.create(
            folder: configuration.folder,
            campaign: JournalCampaign(
                identity: configuration.identity, name: campaign.name, seed: campaign.seed,
                yaml: configuration.yaml,
                canonicalJSON: String(decoding: settings.campaignJSON, as: UTF8.self),
                worldModelHash: configuration.weightsHash, policy: campaign.policyName,
                shardSize: campaign.shardSize, kernel: configuration.kernel, build: configuration.build))
        var start = CoordinatorMachine.Start(session: UInt64(journal.session))
        start.committed = try journal.committedShards()
        start.pieces = try journal.pieces()
        start.quarantined = try journal.quarantinedScenarios()
        start.quarantinedWorkers = try journal.quarantinedWorkers()
        start.totals = try journal.totals()
        start.blockBytes = try journal.blockBytes()
        start.activeSeconds = try journal.activeSeconds()
        machine = try CoordinatorMachine(settings, start: start)
        try Self.remindOfSums(&machine, journal)
        control = try ReplySocket(listening: configuration.listen, protection: configuration.workerProtection)
        telemetry = try configuration.telemetry.map {
            try PublishSocket(listening: $0, protection: configuration.viewerProtection)
        }
    }

    /// Serves until the campaign is finished or sick, or `stop` says so (asked about twenty times a second);
    /// then finishes the commits at hand.
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
                machine.tick(now: now)
                store(now: now)
            }
            if machine.isFinished && finishedAt == nil { finishedAt = now }
            let isOver = finishedAt.map { machine.hasNobody || now > $0 + farewellSeconds } ?? false
            let isStopped = !machine.isFinished && (machine.isSick || stop())
            // What made it sick is to be read in the journal.
            if isStopped { store(now: now) }
            if now >= nextSnapshot || isOver || isStopped {
                nextSnapshot = now + Self.snapshotSeconds
                if now >= nextIncidents || isOver {
                    nextIncidents = now + Self.incidentSeconds
                    // Where the journal can't be read now, the list stays as it was.
                    incidents = (try? journal.worst(FarmSnapshot.maximumIncidents)) ?? incidents
                }
                var snapshot = machine.snapshot(now: now, isStopped: isStopped)
                snapshot.incidents = incidents
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

    /// Seconds since this coordinator began.
    private func now() -> Double { (clock.now - origin) / .seconds(1) }

    /// Answers what has come in, then stores the commits among it.
    private func serve() {
        guard let first = control.receive(timeout: .milliseconds(50)) else { return store(now: now()) }
        receive(first)
        let end = now() + Self.gathering.most
        while machine.hasOffers, !machine.isGroupFull, now() < end,
            let request = control.receive(timeout: .seconds(Self.gathering.silence))
        {
            receive(request)
        }
        guard machine.hasOffers else { return }
        store(now: now())
    }

    private func receive(_ message: ReplyRequest) {
        do {
            let request = try FarmRequest(decoding: message.bytes)
            nextTicket += 1
            requests[nextTicket] = message
            machine.receive(request, ticket: nextTicket, now: now())
            act()
        } catch {
            machine.receive(rubbish: error)
            send(message, .refused("\(error)"))
        }
    }

    /// One transaction for all that waits to be stored.
    private func store(now: Double) {
        let writes = machine.takeWrites()
        do {
            machine.stored(writes.isEmpty ? [] : try journal.apply(writes), now: now)
            try Self.remindOfSums(&machine, journal)
        } catch {
            machine.storingFailed("\(error)")
        }
        act()
    }

    /// Hands over the sums of all committed shards where the machine asks for them.
    private static func remindOfSums(_ machine: inout CoordinatorMachine, _ journal: Journal) throws {
        guard machine.wantsSums else { return }
        try journal.forEachShardSums { shard, sums in machine.remember(shard, sums) }
        machine.remembered()
    }

    private func act() {
        for effect in machine.takeEffects() {
            switch effect {
            case .reply(let ticket, let reply):
                if let message = requests.removeValue(forKey: ticket) { send(message, reply) }
            case .drop(let ticket): requests[ticket] = nil
            }
        }
    }

    private func send(_ message: ReplyRequest, _ reply: FarmReply) {
        do { try message.reply(reply.encoded()) } catch {
            machine.attention.add("An answer could not be sent: \(error)")
        }
    }

    private func publish(_ snapshot: FarmSnapshot) {
        guard let telemetry else { return }
        do {
            try telemetry.publish(Array(JSONEncoder().encode(snapshot)))
        } catch {
            machine.attention.add("The dashboards get no data: \(error)")
        }
    }
}
