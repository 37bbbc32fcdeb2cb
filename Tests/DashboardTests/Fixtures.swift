import Dashboard
import Farm
import Metrics
import TerminalScreen

/// A campaign half done, with a worker in every state and events of both kinds.
func richSnapshot() -> FarmSnapshot {
    var snapshot = FarmSnapshot()
    snapshot.campaignName = "freeway-baseline"
    snapshot.campaignIdentity = "3f9ac1d27b04"
    snapshot.seed = 42
    snapshot.policy = "idm+mobil"
    snapshot.worldModel = "longhaul-v1 8c21f0aa"
    snapshot.elapsedSeconds = 724
    snapshot.state = .running
    snapshot.shardsTotal = 4000
    snapshot.shardsCommitted = 2496
    snapshot.shardsLeased = 34
    snapshot.scenariosCommitted = 159_744
    snapshot.progress = 0.624
    snapshot.etaSeconds = 4330
    snapshot.egoKilometers = 263_112
    snapshot.agentKilometers = 7_893_360
    snapshot.egoKilometersPerDay = 31_400_000
    snapshot.agentKilometersPerDay = 942_000_000
    snapshot.agentStepsPerSecond = 13_600_000
    snapshot.sceneStepsPerSecond = 454_000
    snapshot.bytesPerRecord = 41.7
    snapshot.workers = (1...12).map(worker)
    snapshot.events = [
        event("collisions", 3, 11.4, 2.35, 33.3),
        event("rear-ended by others", 1, 3.8, 0.096, 21.2),
        event("hard brakes", 1832, 6963, 6648, 7289),
        event("off road", 0, 0, 0, 14),
        event("background collisions", 57, 216.6, 164.1, 280.7, isFault: true),
        event("background off road", 4, 15.2, 4.14, 38.9, isFault: true),
    ]
    snapshot.attention = [
        "worker-7 on node4 has not been heard from for 34 s; its 3 shards went to others",
        "worker-9 on node5 disagreed with a second run of shards 311 and 1904: check its memory and CPU",
    ]
    return snapshot
}

func worker(_ number: Int) -> FarmSnapshot.Worker {
    var worker = FarmSnapshot.Worker()
    worker.name = "worker-\(number)"
    worker.host = "node\((number + 1) / 2)"
    worker.threads = 16
    worker.leases = 3
    worker.egoKilometersPerDay = 2_600_000 + Double(number) * 31_000
    worker.shardsCommitted = 200 + number
    worker.lastSeenSeconds = Double(number % 20) / 10
    switch number {
    case 4: (worker.state, worker.leases) = (.draining, 1)
    case 7:
        (worker.state, worker.leases, worker.egoKilometersPerDay, worker.lastSeenSeconds) = (.lost, 0, 0, 34)
    case 9: worker.mismatches = 2
    case 11:
        (worker.state, worker.leases, worker.egoKilometersPerDay, worker.lastSeenSeconds) = (.left, 0, 0, 412)
    default: break
    }
    return worker
}

func event(
    _ name: String, _ count: UInt64, _ rate: Double, _ low: Double, _ high: Double, isFault: Bool = false
) -> FarmSnapshot.Event {
    var event = FarmSnapshot.Event()
    event.name = name
    event.count = count
    event.perMillionKilometers = rate
    event.low = low
    event.high = high
    event.isWorldModelFault = isFault
    return event
}

/// Collisions first, then near misses.
func incidents(_ count: Int) -> [Incident] {
    (0..<count).map { number in
        var record = RolloutRecord()
        record.scenario = UInt64(1000 + 7 * number)
        record.family = .dense
        record.simulatedSeconds = 12
        if number < 3 {
            record.outcome = .collision
            record.collisionKind = .egoRanIntoOther
            record.collisionSpeed = Float(9 - number)
        } else {
            record.minimumTimeToCollision = 0.5 + 0.01 * Float(number)
        }
        return Incident(record, shard: number)
    }
}

/// A model that has seen 90 s of a rate that climbs past the line to beat, dips and ends at the snapshot's
/// own.
func model(_ snapshot: FarmSnapshot, width: Int, height: Int) -> DashboardModel {
    var model = DashboardModel(width: width, height: height)
    for second in 0..<90 {
        var past = snapshot
        let wave = 0.8 + 0.005 * Double((second * 7) % 40) + (second > 40 ? 0.1 : 0)
        if second < 89 {
            past.egoKilometersPerDay *= wave
            past.agentKilometersPerDay *= wave
            for index in past.workers.indices {
                past.workers[index].egoKilometersPerDay *= 0.5 + 0.05 * Double((second + 3 * index) % 11)
            }
        }
        model.apply(.snapshot(past, at: Double(second)))
    }
    return model
}

func frame(_ model: DashboardModel, usesUnicode: Bool = true) -> Frame {
    DashboardView.frame(
        model, width: model.width, height: model.height, style: ScreenStyle(usesUnicode: usesUnicode))
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
