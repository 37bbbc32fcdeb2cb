import Farm
import Foundation
import Metrics
import RecordStore
import Scenarios

/// A coordinator that answers hostile workers: an input is a list of requests, ticks of the clock and writes.
///
/// A request is its kind, a byte of options (whose, and with which sequence), a length and the message's body.
/// Whatever comes, each ticket gets one answer at most, every answer can be read, and no lease has two holders.
enum FuzzedCoordinator {
    private static let stepLimit = 48

    static let settings: FarmSettings = {
        let campaign = Campaign(goal: .scenarios(40), shardSize: 4)
        let json = (try? JSONEncoder().encode(campaign)) ?? Data()
        var settings = FarmSettings(
            campaign: campaign, campaignJSON: Array(json), identity: "fuzz", weights: [1, 2, 3],
            weightsHash: "aa")
        settings.auditShare = 0.5
        settings.policyFiles = ["": [4, 5, 6]]
        return settings
    }()

    static func run(_ bytes: [UInt8]) {
        guard var machine = try? CoordinatorMachine(settings, start: CoordinatorMachine.Start(session: 0)) else {
            fatalError("an empty campaign can't be run")
        }
        machine.remembered()
        var stream = ByteStream(bytes)
        var disk = FuzzedDisk()
        var now = 0.0
        var sequence: UInt64 = 0
        var answered: Set<UInt64> = []
        // Workers' numbers can't be guessed; a request names one that was given away, or none.
        var workers: [UInt64] = [0]
        for step in 0..<stepLimit where !stream.isAtEnd {
            let operation = stream.byte() & 15
            switch operation {
            case 1...9:
                let request = self.request(kind: UInt16(operation), workers, &stream, &sequence)
                do throws(WireError) {
                    machine.receive(try FarmRequest(decoding: request), ticket: UInt64(step), now: now)
                } catch { machine.receive(rubbish: error) }
            case 10:
                now += Double(stream.byte())
                machine.tick(now: now)
            case 11:
                let refuses = stream.byte() & 1 == 1
                machine.stored(machine.takeWrites().map { disk.apply($0, refuses: refuses) }, now: now)
            case 12:
                _ = machine.takeWrites()
                machine.storingFailed("the disk is full")
            case 13:
                let snapshot = machine.snapshot(now: now, isStopped: false)
                require((try? JSONEncoder().encode(snapshot)) != nil, "a snapshot that can't be published")
            default: now += Double(stream.byte()) / 16
            }
            check(machine.takeEffects(), &answered, &workers)
            let keys = machine.leaseHolders.map(\.key)
            require(Set(keys).count == keys.count, "a lease has two holders")
        }
    }

    private static func request(
        kind: UInt16, _ workers: [UInt64], _ stream: inout ByteStream, _ sequence: inout UInt64
    ) -> [UInt8] {
        let options = stream.byte()
        let worker = kind == 1 ? 0 : workers[Int(options & 3) % workers.count]
        if options & 4 == 0 { sequence &+= 1 }
        if options & 8 != 0 { sequence = stream.word() }
        var body: [UInt8] = []
        for field in [worker, sequence] { body += (0..<8).map { UInt8(truncatingIfNeeded: field >> (8 * $0)) } }
        return WireFrame.seal(kind: kind, body: body + stream.text())
    }

    private static func check(
        _ effects: [CoordinatorMachine.Effect], _ answered: inout Set<UInt64>, _ workers: inout [UInt64]
    ) {
        for effect in effects {
            switch effect {
            case .drop(let ticket): require(answered.insert(ticket).inserted, "answered twice")
            case .reply(let ticket, let reply):
                require(answered.insert(ticket).inserted, "answered twice")
                if case .welcome(let welcome) = reply, !workers.contains(welcome.worker) { workers.append(welcome.worker) }
                let again = try? FarmReply(decoding: reply.encoded())
                require(again?.encoded() == reply.encoded(), "an answer that can't be read")
            }
        }
    }
}

/// A journal in memory that answers as the real one does.
private struct FuzzedDisk {
    private var shards: [Int: (worker: String, digests: StepDigests, totals: CampaignTotals)] = [:]

    mutating func apply(_ write: JournalWrite, refuses: Bool) -> JournalOutcome {
        switch write {
        case .commit(let commit):
            if refuses { return .commit(.refused(.limit("refused")), by: commit.worker) }
            if let stored = shards[commit.shard] {
                func print(_ digests: StepDigests) -> ShardFingerprint {
                    ShardFingerprint(stepDigests: digests, recordChecksum: 0)
                }
                let isSame = stored.digests == commit.stepDigests
                let mismatch = CommitOutcome.mismatch(stored: print(stored.digests), offered: print(commit.stepDigests))
                return .commit(isSame ? .duplicate : mismatch, by: stored.worker)
            }
            return store(commit.shard, count: commit.scenarioCount, commit.worker, commit.stepDigests)
        case .piece(let commit):
            let isWhole = shards[commit.shard] != nil
            return .commit(
                isWhole || refuses ? .refused(.scenarios("complete")) : .committed(CampaignTotals()),
                by: commit.worker)
        case .assemble(let shard, _, let count):
            if refuses { return .commit(.refused(.limit("refused")), by: "") }
            return store(shard, count: count, "several", StepDigests(sums: []))
        case .revoke(let wanted, let worker):
            let gone = Set(wanted).union(shards.filter { $0.value.worker == worker }.map(\.key))
            let present = gone.filter { shards[$0] != nil }.sorted()
            for shard in gone { shards[shard] = nil }
            return .revoked(shards: present, totals: totals)
        case .quarantine, .agreed, .quarantineWorker, .log: return .done
        }
    }

    private mutating func store(_ shard: Int, count: Int, _ worker: String, _ digests: StepDigests) -> JournalOutcome {
        var sums = CampaignTotals.Sums()
        sums.rollouts = UInt64(count)
        var added = CampaignTotals()
        added.add(sums, to: .jam)
        shards[shard] = (worker, digests, added)
        return .commit(.committed(added), by: worker)
    }

    private var totals: CampaignTotals {
        shards.values.reduce(into: CampaignTotals()) { $0.add($1.totals) }
    }
}
