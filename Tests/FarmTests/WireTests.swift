import Farm
import Metrics
import Testing

struct WireTests {
    static let requests: [FarmRequest.Body] = {
        var hello = WorkerHello()
        hello.instance = 0xdead_beef
        hello.name = "wörker 1"
        hello.host = "node"
        hello.pid = 77
        hello.threads = 64
        hello.build = "1.0"
        hello.kernel = "x86-64-v4"
        hello.cpu = "CPU"
        hello.weightsHash = String(repeating: "a", count: 64)
        hello.held = [LeaseKey(shard: 4, generation: 9)]
        hello.deaths = [
            WorkerDeath(
                instance: 7, cause: .crashed, signal: 11, lease: LeaseKey(shard: 4, generation: 8),
                scenarios: 256..<320),
            WorkerDeath(instance: 8, cause: .killed),
        ]
        var heartbeat = Heartbeat()
        heartbeat.held = [.init(key: LeaseKey(shard: 1, generation: 2), progress: 3)]
        heartbeat.counters.egoMeters = 12.5
        heartbeat.isDraining = true
        let result = ShardResult(
            key: LeaseKey(shard: 1, generation: 5), scenarios: 64..<128, blockCount: 2,
            stepDigests: StepDigests(sums: [1, 2, 3]), wallSeconds: 0.25)
        return [
            .hello(hello), .fetchWeights(offset: 1 << 20), .lease(count: 6), .heartbeat(heartbeat),
            .block(LeaseKey(shard: 8, generation: 1), sequence: 3, bytes: [9, 8, 7]),
            .commit([result, result]), .commit([]), .giveBack([LeaseKey(shard: 2, generation: 3)]), .goodbye,
        ]
    }()

    static let replies: [FarmReply] = {
        var welcome = Welcome()
        welcome.worker = 5
        welcome.campaign = Array("{}".utf8)
        welcome.identity = "abc"
        welcome.weightsHash = String(repeating: "0", count: 64)
        welcome.weightsBytes = 12
        welcome.heartbeatMilliseconds = 500
        let lease = ShardLease(
            key: LeaseKey(shard: 1, generation: 2), firstScenario: 64, scenarioCount: 64,
            milliseconds: 10_000)
        return [
            .welcome(welcome), .refused("install release 2"), .weights(offset: 3, bytes: [1, 2]),
            .leases([lease, lease]),
            .retry(afterMilliseconds: 200), .finished,
            .alive(revoked: [LeaseKey(shard: 1, generation: 1)], nextMilliseconds: 2_000),
            .blockTaken, .commits([.committed, .duplicate, .mismatch, .resend, .refused("no")]), .done,
            .unknownWorker, .failed("why"),
        ]
    }()

    @Test func everyMessageComesBackAsItWas() throws {
        for body in Self.requests {
            let request = FarmRequest(worker: 3, sequence: 8, body: body)
            #expect(try FarmRequest(decoding: request.encoded()) == request)
        }
        for reply in Self.replies { #expect(try FarmReply(decoding: reply.encoded()) == reply) }
    }

    @Test func truncationAnywhereIsATypedError() {
        for message in Self.messages {
            for length in 0..<message.count { expectRefused(Array(message.prefix(length))) }
            expectRefused(message + [0])
        }
    }

    @Test func anyFlippedBitIsATypedError() {
        for message in Self.messages {
            for bit in 0..<message.count * 8 {
                var flipped = message
                flipped[bit / 8] ^= 1 << (bit % 8)
                expectRefused(flipped)
            }
        }
    }

    /// Damage that the checksum can't notice, because it was made by somebody who knows how to compute it.
    @Test func forgedMessagesNeitherCrashNorAllocate() {
        var random = Random(seed: 5)
        for message in Self.messages {
            for _ in 0..<500 {
                var forged = message
                for _ in 0...random.below(3) where forged.count > 12 {
                    let position = 12 + random.below(forged.count - 12)
                    forged[position] = random.chance(50) ? 0xff : UInt8(random.below(256))
                }
                reseal(&forged)
                _ = try? FarmRequest(decoding: forged)
                _ = try? FarmReply(decoding: forged)
            }
        }
    }

    @Test func anotherVersionIsNamedWithBothNumbers() {
        var message = FarmReply.done.encoded()
        message[4] = 9
        #expect(throws: WireError.version(found: 9, own: WireFrame.version)) { try FarmReply(decoding: message) }
        #expect("\(WireError.version(found: 9, own: 4))".contains("same release"))
    }

    @Test func theChecksumOfAMessageOfAnyLengthIsItsCRC() {
        for count in [0, 1, 7, 8, 9, 1_000, 100_003] {
            let block = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 8) }
            let body = FarmRequest.Body.block(LeaseKey(shard: 1, generation: 2), sequence: 0, bytes: block)
            let message = FarmRequest(worker: 1, sequence: 1, body: body).encoded()
            var resealed = message
            reseal(&resealed)
            #expect(resealed == message, "\(count) bytes")
        }
    }

    @Test func aTextOfMarksWithoutEndIsCut() throws {
        let text = "no" + String(repeating: "\u{301}", count: 10_000)
        for reply in [FarmReply.refused(text), .failed(text), .commits([.refused(text)])] {
            let again = try FarmReply(decoding: reply.encoded())
            #expect("\(again)".unicodeScalars.count < 1_200)
        }
    }

    @Test func requestsAreNoReplies() {
        let request = FarmRequest(worker: 0, sequence: 0, body: .goodbye).encoded()
        #expect(throws: WireError.self) { try FarmReply(decoding: request) }
        #expect(throws: WireError.self) { try FarmRequest(decoding: FarmReply.done.encoded()) }
    }

    private static var messages: [[UInt8]] {
        requests.map { FarmRequest(worker: 3, sequence: 8, body: $0).encoded() }
            + replies.map { $0.encoded() }
    }

    private func expectRefused(_ bytes: [UInt8]) {
        #expect(throws: WireError.self) { try FarmRequest(decoding: bytes) }
        #expect(throws: WireError.self) { try FarmReply(decoding: bytes) }
    }

    /// Bitwise CRC-32C over version, kind and body: written anew, to check the codec's.
    private func reseal(_ message: inout [UInt8]) {
        var crc: UInt32 = ~0
        for byte in message[4..<8] + message[12...] {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82f6_3b78 : crc >> 1 }
        }
        withUnsafeBytes(of: (~crc).littleEndian) { message.replaceSubrange(8..<12, with: $0) }
    }
}
