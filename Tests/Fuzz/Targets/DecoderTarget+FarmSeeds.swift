import Farm
import Foundation
import Metrics
import Scenarios

/// Honest messages, and honest conversations.
extension DecoderTarget {
    /// Whole messages, and their kinds with their bodies, as `run` takes both.
    static func unframed(_ messages: [[UInt8]]) -> [[UInt8]] {
        messages + messages.map { Array($0[6..<8] + $0[12...]) }
    }

    static let requests: [FarmRequest] = {
        let key = LeaseKey(shard: 3, generation: 9)
        var hello = WorkerHello()
        hello.instance = 5
        hello.name = "w1"
        hello.threads = 2
        hello.held = [key]
        var heartbeat = Heartbeat()
        heartbeat.held = [.init(key: key, progress: 7)]
        let result = ShardResult(
            key: key, scenarios: 192..<256, blockCount: 1, stepDigests: StepDigests(sums: [1, 2, 3]),
            wallSeconds: 0.5)
        let bodies: [FarmRequest.Body] = [
            .hello(hello), .fetchWeights(offset: 100), .lease(count: 4), .heartbeat(heartbeat),
            .block(key, sequence: 0, bytes: [1, 2, 3]), .commit([result]), .giveBack([key]), .goodbye,
        ]
        return bodies.map { FarmRequest(worker: 1, sequence: 2, body: $0) }
    }()

    static func replies() throws -> [FarmReply] {
        let key = LeaseKey(shard: 3, generation: 9)
        var welcome = Welcome()
        welcome.campaign = Array(try JSONEncoder().encode(Campaign()))
        welcome.weightsHash = String(repeating: "a", count: 64)
        let lease = ShardLease(key: key, firstScenario: 192, scenarioCount: 64, milliseconds: 10_000)
        return [
            .welcome(welcome), .refused("no"), .weights(offset: 0, bytes: [1, 2]), .leases([lease]),
            .retry(afterMilliseconds: 5), .finished, .alive(revoked: [key], nextMilliseconds: 500),
            .blockTaken, .commits([.committed, .duplicate, .mismatch, .resend, .refused("no")]), .done,
            .unknownWorker, .failed("no"),
        ]
    }

    /// A worker that joins, works and leaves, as `FuzzedCoordinator` reads it; and two that disagree.
    static let coordinatorScripts: [[UInt8]] = {
        func hello(_ instance: UInt64, _ name: String) -> [UInt8] {
            var hello = WorkerHello()
            (hello.instance, hello.name, hello.threads) = (instance, name, 2)
            return step(.hello(hello))
        }
        func step(_ body: FarmRequest.Body, worker: UInt8 = 1) -> [UInt8] {
            let message = FarmRequest(worker: 0, sequence: 0, body: body).encoded()
            return [message[6], worker, UInt8(message.count - 28)] + message[28...]
        }
        func shard(_ generation: UInt64, sum: UInt32, worker: UInt8) -> [UInt8] {
            let key = LeaseKey(shard: 0, generation: generation)
            let result = ShardResult(
                key: key, scenarios: 0..<4, blockCount: 1, stepDigests: StepDigests(sums: [sum]), wallSeconds: 1)
            return step(.block(key, sequence: 0, bytes: [1]), worker: worker) + step(.commit([result]), worker: worker)
        }
        let tick: [UInt8] = [10, 2], store: [UInt8] = [11, 0], look: [UInt8] = [13]
        let one = hello(5, "a") + step(.lease(count: 2)) + step(.heartbeat(Heartbeat())) + shard(1, sum: 1, worker: 1)
        let two = hello(6, "b") + step(.lease(count: 2), worker: 2) + shard(3, sum: 2, worker: 2)
        return [
            one + store + tick + look + step(.goodbye), one + store + two + store + look,
            one + two + store + [12, 10, 200, 10, 200] + look + step(.giveBack([LeaseKey(shard: 1, generation: 2)])),
        ]
    }()

    /// A coordinator that answers well, as `FuzzedWorker` reads it.
    static func workerScripts() throws -> [[UInt8]] {
        func answer(_ reply: FarmReply) -> [UInt8] {
            let body = reply.encoded().dropFirst(12)
            return [reply.encoded()[6] - 65, UInt8(body.count)] + body
        }
        var welcome = Welcome()
        (welcome.worker, welcome.identity, welcome.heartbeatMilliseconds) = (1, "i", 500)
        let lease = ShardLease(
            key: LeaseKey(shard: 0, generation: 1), firstScenario: 0, scenarioCount: 4, milliseconds: 10_000)
        let join = answer(.welcome(welcome)) + [0]
        let alive = answer(.alive(revoked: [], nextMilliseconds: 500))
        let work: [UInt8] = [0, 0, 1, 0, 2, 0]
        return [
            join + alive + answer(.leases([lease])) + work + answer(.blockTaken) + answer(.commits([.committed])),
            [0x80, 4] + join + alive + answer(.retry(afterMilliseconds: 5)) + [3, 0] + answer(.finished) + answer(.done),
        ]
    }

    /// What a crashed worker of one thread leaves.
    static let flights: [[UInt8]] = {
        let words: [UInt64] = [0x3145_4c46_4c48_464c, 9, 11, 1, 1, 77, 1, 3, 5, 64, 64]
        return [words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }]
    }()
}
