import Foundation
import Messaging
import Scenarios
import Synchronization
import WorldModel

/// Rolls out shards for a coordinator: several engine threads, and the calling thread for control. Comes back
/// by itself when the connection or the coordinator was lost, with everything that isn't acknowledged yet.
public final class Worker: Sendable {
    /// Makes a runner for one engine thread, on that thread.
    public typealias MakeRunner =
        @Sendable (_ campaign: Campaign, _ worldModel: [UInt8], _ thread: Int) throws -> any ShardRunner

    let configuration: WorkerConfiguration
    private let makeRunner: MakeRunner
    private let bench: Workbench
    private let wantsDrain = Atomic(false)
    private let instance = UInt64.random(in: 1...UInt64.max)

    public init(_ configuration: WorkerConfiguration, makeRunner: @escaping MakeRunner) {
        self.configuration = configuration
        self.makeRunner = makeRunner
        bench = Workbench(threads: configuration.threads)
    }

    /// Asks a running worker to end: running shards are finished, the others given back. From any thread.
    public func drain() { wantsDrain.store(true, ordering: .relaxed) }

    var isDrainWanted: Bool { wantsDrain.load(ordering: .relaxed) }

    /// Works until the campaign is finished or the worker is drained.
    ///
    /// - Throws: `WorkerError`, or `MessagingError` if the address can't be used.
    public func run(_ notify: @escaping (WorkerEvent) -> Void = { _ in }) throws -> WorkerEnding {
        let link = try CoordinatorLink(configuration)
        guard let welcome = try hello(link, notify) else { return .drained }
        guard let campaign = try? JSONDecoder().decode(Campaign.self, from: Data(welcome.campaign)) else {
            throw WorkerError.unexpectedAnswer(address: link.address, to: "hello")
        }
        do {
            guard try fetchPolicy(of: campaign, link) else { return .drained }
        } catch {
            _ = try? link.ask(.goodbye, giveUp: { true })
            throw error
        }
        let cache = WeightsCache(folder: configuration.cache)
        let cached = cache.load(hash: welcome.weightsHash)
        guard let weights = try cached ?? fetchWeights(welcome, link) else { return .drained }
        // A cache that can't be written only costs a fetch next time.
        if cached == nil { try? cache.store(weights, hash: welcome.weightsHash) }
        notify(.joined(identity: welcome.identity, weightsFromCache: cached != nil))
        let makeRunner = makeRunner
        let engines = (0..<configuration.threads).map { index in
            EngineThread(index: index, bench: bench, recordsPerBlock: configuration.recordsPerBlock) {
                try makeRunner(campaign, weights, index)
            }
        }
        defer {
            bench.stop()
            for engine in engines { engine.join() }
        }
        var loop = ControlLoop(
            link: link, bench: bench, welcome: welcome, drainSeconds: configuration.drainSeconds,
            isDrainWanted: { self.wantsDrain.load(ordering: .relaxed) },
            hello: { try self.hello(link, notify) }, notify: notify)
        return try loop.run()
    }

    /// Nil if the worker was drained before anybody answered.
    private func hello(_ link: CoordinatorLink, _ notify: (WorkerEvent) -> Void) throws -> Welcome? {
        var hello = WorkerHello()
        hello.instance = instance
        hello.name = String(decoding: configuration.name.utf8.prefix(128), as: UTF8.self)
        hello.host = String(decoding: configuration.host.utf8.prefix(256), as: UTF8.self)
        hello.pid = ProcessInfo.processInfo.processIdentifier
        hello.threads = configuration.threads
        hello.build = String(decoding: configuration.build.utf8.prefix(256), as: UTF8.self)
        hello.kernel = String(decoding: configuration.kernel.utf8.prefix(64), as: UTF8.self)
        hello.cpu = String(decoding: configuration.cpu.utf8.prefix(256), as: UTF8.self)
        hello.held = bench.keys
        hello.proof = configuration.token?.proof(instance: instance) ?? []
        link.worker = 0
        let reply = try link.ask(
            .hello(hello), giveUp: { wantsDrain.load(ordering: .relaxed) },
            onSilence: { notify(.waiting(address: link.address, reason: $0)) })
        switch reply {
        case .welcome(let welcome):
            link.worker = welcome.worker
            return welcome
        case .refused(let reason): throw WorkerError.refused(address: link.address, reason: reason)
        case nil: return nil
        default: throw WorkerError.unexpectedAnswer(address: link.address, to: "hello")
        }
    }

    private func fetchWeights(_ welcome: Welcome, _ link: CoordinatorLink) throws -> [UInt8]? {
        guard welcome.weightsBytes <= WeightsCache.limit else {
            throw WorkerError.unexpectedAnswer(address: link.address, to: "hello")
        }
        var weights: [UInt8] = []
        while weights.count < welcome.weightsBytes {
            let reply = try link.ask(
                .fetchWeights(offset: UInt64(weights.count)), giveUp: { wantsDrain.load(ordering: .relaxed) })
            guard let reply else { return nil }
            guard case .weights(UInt64(weights.count), let bytes) = reply, !bytes.isEmpty else {
                throw WorkerError.unexpectedAnswer(address: link.address, to: "fetch weights")
            }
            weights += bytes
        }
        let found = ContentHash.sha256(weights)
        guard found == welcome.weightsHash else {
            throw WorkerError.badWeights(expected: welcome.weightsHash, found: found)
        }
        return weights
    }
}
