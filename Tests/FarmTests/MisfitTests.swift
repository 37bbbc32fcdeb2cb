import Farm
import Foundation
import Messaging
import Scenarios
import Synchronization
import Testing

/// Workers that don't fit their coordinator, coordinators that don't fit their workers, and strangers.
@Suite(.serialized) struct MisfitTests {
    /// Why the coordinator wouldn't have this worker.
    private func refusal(of worker: RunningWorker) throws -> String {
        do { return "let in: \(String(describing: try worker.wait()))" } catch let error as WorkerError {
            guard case .refused = error else { return "not by the coordinator: \(error)" }
            return error.description
        }
    }

    @Test func workersOfAnotherReleaseOrKernelClassAreToldWhatToInstall() throws {
        let test = TestCampaign(goal: .scenarios(16))
        let farm = try RunningCoordinator {
            try test.coordinator {
                $0.build = "longhaul 7.1"
                $0.kernels = ["baseline", "wide"]
            }
        }
        let older = test.worker("older", join: farm.address) {
            $0.build = "longhaul 7.0"
            $0.kernel = "wide"
        }
        let reason = try refusal(of: older)
        #expect(reason.contains("release longhaul 7.0"), "\(reason)")
        #expect(reason.contains("install longhaul 7.1"), "\(reason)")
        let stranger = test.worker("stranger", join: farm.address) {
            $0.build = "longhaul 7.1"
            $0.kernel = "narrow"
        }
        let kernel = try refusal(of: stranger)
        #expect(kernel.contains("kernel class narrow") && kernel.contains("baseline, wide"), "\(kernel)")
        let fitting = test.worker("fitting", join: farm.address) {
            $0.build = "longhaul 7.1"
            $0.kernel = "baseline"
        }
        #expect(try fitting.wait() == .finished)
        let last = try #require(farm.wait())
        #expect(last.workers.map(\.name) == ["fitting"], "the others never were members")
        for name in ["older", "stranger"] {
            #expect(last.attention.contains { $0.contains("Worker \(name) was refused") }, "\(last.attention)")
        }
    }

    @Test func aWorkerWithOtherWeightsIsTurnedAwayByTheNextCoordinator() throws {
        let test = TestCampaign(goal: .scenarios(4_000))
        let first = try RunningCoordinator { try test.coordinator() }
        let worker = test.worker("faithful", join: first.address, milliseconds: 2)
        #expect(first.wait { $0.shardsCommitted >= 2 })
        first.stop()
        _ = first.wait()
        let other = TestCampaign(goal: .scenarios(4_000), weightsFactor: 29)
        let second = try restart(other, at: first.address)
        defer { second.stop() }
        let reason = try refusal(of: worker)
        #expect(reason.contains("weights \(test.weightsHash.prefix(12))"), "\(reason)")
        #expect(reason.contains("start the worker again"))
        #expect(second.snapshot.shardsCommitted == 0)
    }

    /// A coordinator that says anything at all: the worker ends with a typed error, and nothing is begun.
    @Test func campaignsThatNoFileCouldSayAreRefused() throws {
        let test = TestCampaign(goal: .scenarios(16))
        func json(_ change: (inout Campaign) -> Void) throws -> ([UInt8], String) {
            var campaign = test.campaign
            change(&campaign)
            let identity = campaign.identity(worldModelHash: test.weightsHash)
            return (Array(try JSONEncoder().encode(campaign)), identity)
        }
        let honest = try json { _ in }
        let newer = "{\"weather\":\"rain\"," + String(decoding: honest.0, as: UTF8.self).dropFirst()
        let welcomes: [(campaign: [UInt8], identity: String, says: String)] = [
            (try json { $0.horizonSeconds = 1e12 }.0, try json { $0.horizonSeconds = 1e12 }.1, "`horizon`"),
            (try json { $0.shardSize = .min }.0, try json { $0.shardSize = .min }.1, "`shard-size`"),
            (try json { $0.mix = [] }.0, try json { $0.mix = [] }.1, "`mix`"),
            (try json { $0.policy = .external }.0, try json { $0.policy = .external }.1, "`policy`"),
            ([], honest.1, "can't be read"), (Array("{}".utf8), honest.1, "can't be read"),
            ([UInt8](repeating: UInt8(ascii: "["), count: 200_000), honest.1, "can't be read"),
            (Array("null".utf8), honest.1, "can't be read"), ([0xff, 0xfe, 0], honest.1, "can't be read"),
            // Of a release that names what this one doesn't know.
            (Array(newer.utf8), String(repeating: "7", count: 64), "understands it otherwise"),
        ]
        for (campaign, identity, says) in welcomes {
            var welcome = Welcome()
            welcome.worker = 1
            welcome.campaign = campaign
            welcome.identity = identity
            welcome.weightsHash = test.weightsHash
            welcome.weightsBytes = UInt64(test.weights.count)
            let impostor = try Impostor(welcome)
            let worker = test.worker("careful", join: impostor.address)
            let error = #expect(throws: WorkerError.self) { try worker.wait() }
            guard case .unfitCampaign(_, let reason)? = error else {
                Issue.record("\(String(describing: error)) instead of: \(says)")
                continue
            }
            #expect(reason.contains(says), "\(reason)")
            let hasAsked = impostor.heard.contains { if case .lease = $0 { true } else { false } }
            #expect(!hasAsked, "it asked for work")
        }
    }

    /// Without the token nobody learns a number, and numbers can't be guessed.
    @Test func workersNumbersAreUnlikeEachOther() throws {
        let test = TestCampaign(goal: .scenarios(160))
        var numbers: Set<UInt64> = []
        for _ in 0..<2 {
            let farm = try RunningCoordinator { try test.coordinator() }
            let socket = try RequestSocket(dialing: farm.address)
            for instance in UInt64(1)...50 {
                var hello = WorkerHello()
                hello.instance = instance
                hello.threads = 1
                guard case .welcome(let welcome) = try ask(socket, 0, 1, .hello(hello)) else {
                    Issue.record("worker \(instance) is not welcome")
                    return
                }
                numbers.insert(welcome.worker)
            }
            farm.stop()
            _ = farm.wait()
        }
        #expect(numbers.count == 100, "also after a restart")
        for bit in 0..<64 {
            let ones = numbers.count { $0 >> UInt64(bit) & 1 == 1 }
            // Of fair coins, less than once in 10^11 runs.
            #expect((12...88).contains(ones), "bit \(bit) is set in \(ones) of 100 numbers")
        }
    }

    @Test func whoHasNoTokenGetsNoWorkWhateverNumberHeTries() throws {
        let test = TestCampaign(goal: .openEnded)
        let token = try JoinToken("a secret of sixteen bytes")
        let farm = try RunningCoordinator { try test.coordinator { $0.token = token } }
        defer { farm.stop() }
        let member = test.worker("member", join: farm.address, milliseconds: 1) { $0.token = token }
        #expect(farm.wait { $0.shardsCommitted >= 2 })
        let stranger = try RequestSocket(dialing: farm.address)
        for session in UInt64(0)..<4 {
            for count in UInt64(0)..<4 {
                for number in [session << 32 | count, count, session] {
                    #expect(try ask(stranger, number, 1_000_000, .lease(count: 1)) == .unknownWorker)
                }
            }
        }
        member.worker.drain()
        #expect(try member.wait() == .drained)
    }
}

/// Answers every hello with the same welcome, and nothing else.
private final class Impostor: Sendable {
    private final class Log: Sendable {
        let requests = Mutex<[FarmRequest.Body]>([])
    }

    private let socket: ReplySocket
    private let log = Log()
    var address: String { socket.addresses[0] }
    var heard: [FarmRequest.Body] { log.requests.withLock { $0 } }

    init(_ welcome: Welcome) throws {
        let socket = try ReplySocket(listening: ["tcp://127.0.0.1:0"])
        self.socket = socket
        Thread.detachNewThread { [log] in
            while let message = socket.receive(timeout: .seconds(30)) {
                guard let request = try? FarmRequest(decoding: message.bytes) else { continue }
                log.requests.withLock { $0.append(request.body) }
                var reply = FarmReply.done
                if case .hello = request.body { reply = .welcome(welcome) }
                try? message.reply(reply.encoded())
            }
        }
    }

    deinit { socket.close() }
}
