import Foundation
import Messaging
import Scenarios

/// Rolls out shards for a coordinator: `WorkerMachine` between a socket, engine threads and a clock. Several
/// engine threads, and the calling thread for control. Comes back by itself when the connection or the
/// coordinator was lost, with everything that isn't acknowledged yet.
public final class Worker: Sendable {
    /// Makes a runner for one engine thread, on that thread.
    public typealias MakeRunner =
        @Sendable (_ campaign: Campaign, _ worldModel: [UInt8], _ thread: Int) throws -> any ShardRunner

    private let configuration: WorkerConfiguration
    private let makeRunner: MakeRunner
    private let recorder: FlightRecorder?
    private let bench: Workbench

    public init(_ configuration: WorkerConfiguration, makeRunner: @escaping MakeRunner) {
        self.configuration = configuration
        self.makeRunner = makeRunner
        let instance = UInt64.random(in: 1...UInt64.max)
        var profile = configuration.profile(instance: instance)
        if let folder = configuration.flights {
            recorder = FlightRecorder(folder: folder, instance: instance, threads: configuration.threads)
            profile.hello.deaths = recorder?.deaths ?? []
        } else {
            recorder = nil
        }
        bench = Workbench(WorkerMachine(profile))
    }

    /// Asks a running worker to end: running shards are finished, the others given back. From any thread.
    public func drain() { bench.change { $0.drain(now: $1) } }

    /// Works until the campaign is finished or the worker is drained.
    ///
    /// - Throws: `WorkerError`, or `MessagingError` if the address can't be used. After
    ///   `WorkerError.engineHung` a thread still runs: the process has to end.
    public func run(_ notify: @escaping (WorkerEvent) -> Void = { _ in }) throws -> WorkerEnding {
        let link = try CoordinatorLink(configuration)
        var files = CampaignFiles(configuration)
        var engines: [EngineThread] = []
        while true {
            let (action, news) = bench.nextAction()
            for event in news { notify(event) }
            switch action {
            case .wait: break
            case .ask(let request, let attempt): try ask(request, attempt, link)
            case .open(let welcome):
                do throws(WorkerError) {
                    let missing = try files.open(welcome)
                    bench.change { machine, _ in machine.opened(missing: missing) }
                } catch { giveUp(error) }
            case .keep(let download, let bytes):
                do throws(WorkerError) {
                    try files.keep(download, bytes)
                    bench.change { machine, _ in machine.kept() }
                } catch { giveUp(error) }
            case .prepare:
                recorder?.forgetDeaths()
                engines = startEngines(files.campaign, files.weights)
                bench.change { machine, _ in machine.prepared() }
            case .end(let outcome):
                bench.stop()
                if case .failure(.engineHung) = outcome {} else { for engine in engines { engine.join() } }
                recorder?.close()
                return try outcome.get()
            }
        }
    }

    private func giveUp(_ error: WorkerError) { bench.change { machine, _ in machine.give(up: error) } }

    private func ask(_ request: FarmRequest, _ attempt: Int, _ link: CoordinatorLink) throws {
        guard let bytes = try link.ask(request, attempt: attempt) else {
            let problem = link.problem
            return bench.change { $0.unanswered(now: $1, because: problem) }
        }
        do {
            let reply = try FarmReply(decoding: bytes)
            bench.change { $0.answered(reply, now: $1) }
        } catch {
            bench.change { machine, _ in machine.misunderstood(error) }
        }
    }

    private func startEngines(_ campaign: Campaign, _ weights: [UInt8]) -> [EngineThread] {
        let makeRunner = makeRunner
        return (0..<configuration.threads).map { index in
            EngineThread(
                index: index, bench: bench, recorder: recorder, recordsPerBlock: configuration.recordsPerBlock
            ) {
                try makeRunner(campaign, weights, index)
            }
        }
    }
}
