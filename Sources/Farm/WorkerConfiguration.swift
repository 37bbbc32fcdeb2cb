import Foundation
import Messaging
import RecordStore

/// A worker process: whom it joins and what it brings.
public struct WorkerConfiguration: Sendable {
    /// The coordinator's URL, such as `tcp://host:7700`.
    public var join: String
    public var protection = Protection.loopbackOnly
    /// What the coordinator may want proven.
    public var token: JoinToken?
    /// Shown in the dashboard; up to 128 bytes, like the texts below shorter is better.
    public var name: String
    public var host = ProcessInfo.processInfo.hostName
    /// Engine threads.
    public var threads: Int
    public var build = ""
    /// Instruction set of the rollout kernel.
    public var kernel = ""
    public var cpu = ""
    /// Where weights are kept between runs.
    public var cache = WeightsCache.defaultFolder
    /// Where policies that come with campaigns are kept.
    public var policyCache = PolicyCache.defaultFolder
    /// Which of them may run here.
    public var policyAllowance = PolicyAllowance.none
    /// Where this process notes what it does, so that its successor can tell how it died; nil: nowhere. For
    /// one worker a process.
    public var flights: URL?
    /// The most records of a block. Blocks leave while the shard still runs; fewer, larger ones cost the
    /// coordinator less.
    public var recordsPerBlock = BlockCodec.maximumRecords
    /// The worker gives up when the coordinator was silent for so long; nil: never.
    public var giveUpAfterSeconds: Double?
    /// A draining worker finishes the shards that are running, but gives them back after this time.
    public var drainSeconds = 20.0
    /// The worker has ended after this time, for batch queues: it begins to drain in time. Nil: no limit.
    public var walltimeSeconds: Double?
    /// The worker leaves when there was nothing to do for so long; nil: never.
    public var idleTimeoutSeconds: Double?
    /// An engine that was asked to stop and doesn't for so long hangs, and the worker ends.
    public var hangSeconds = 10.0
    /// Before a request is sent again.
    public var answerSeconds = 5.0

    public init(join: String, name: String, threads: Int) {
        self.join = join
        self.name = name
        self.threads = threads
    }
}

extension WorkerConfiguration {
    /// What the machine has to know of it. Texts are cut to what a message may hold.
    func profile(instance: UInt64) -> WorkerProfile {
        func cut(_ text: String, _ bytes: Int) -> String {
            var short = text
            while short.utf8.count > bytes { short.removeLast() }
            return short
        }
        var profile = WorkerProfile(instance: instance, threads: threads)
        profile.address = join
        profile.giveUpAfterSeconds = giveUpAfterSeconds
        profile.drainSeconds = drainSeconds
        profile.walltimeSeconds = walltimeSeconds
        profile.idleTimeoutSeconds = idleTimeoutSeconds
        profile.hangSeconds = hangSeconds
        profile.hello.name = cut(name, 128)
        profile.hello.host = cut(host, 256)
        profile.hello.pid = ProcessInfo.processInfo.processIdentifier
        profile.hello.build = cut(build, 256)
        profile.hello.kernel = cut(kernel, 64)
        profile.hello.cpu = cut(cpu, 256)
        profile.hello.proof = token?.proof(instance: instance) ?? []
        return profile
    }
}

/// What a person may want to know of a worker's life.
public enum WorkerEvent: Sendable, Equatable, CustomStringConvertible {
    case waiting(address: String, reason: ConnectionProblem?)
    case joined(identity: String, weightsFromCache: Bool)
    case reconnected
    case refused(shard: Int, reason: String)
    case mismatch(shard: Int)
    case draining
    case hung(shard: Int)

    public var description: String {
        switch self {
        case .waiting(let address, let reason):
            "waiting for the coordinator at \(address)" + (reason.map { ": \($0)" } ?? "")
        case .joined(let identity, let cached):
            "joined campaign \(identity.prefix(12)), weights \(cached ? "from the cache" : "fetched")"
        case .reconnected: "joined again"
        case .refused(let shard, let reason): "shard \(shard) was refused: \(reason)"
        case .mismatch(let shard):
            "shard \(shard) differs from another worker's result: one of the two machines is at fault"
        case .draining: "draining: no new shards"
        case .hung(let shard):
            "the engine hangs in shard \(shard); this process ends and has to be started again"
        }
    }
}

/// How a worker's run ended, if well.
public enum WorkerEnding: Sendable, Equatable {
    /// The coordinator said that the campaign is finished.
    case finished
    /// `drain` was called, and everything was handed over or given back.
    case drained
}

/// Why a worker stopped.
public enum WorkerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The coordinator was silent for too long.
    case gone(address: String, seconds: Double)
    /// Certificates or options keep this worker out, for good.
    case shutOut(address: String, ConnectionProblem)
    /// The coordinator won't have this worker.
    case refused(address: String, reason: String)
    /// What came back is no answer of this protocol.
    case protocolBroken(address: String, WireError)
    case unexpectedAnswer(address: String, to: String)
    /// The coordinator's campaign is none that this release can run.
    case unfitCampaign(address: String, reason: String)
    /// The coordinator came back with another campaign.
    case campaignChanged(from: String, to: String)
    /// Fetched weights that aren't what was announced.
    case badWeights(expected: String, found: String)
    /// A fetched policy that isn't what was announced.
    case badPolicy(expected: String, found: String)
    /// The campaign's policy is code that this worker was not told to run.
    case policyNotAllowed(policy: String, codeHash: String)
    /// An engine thread was asked to stop and did not.
    case engineHung(shard: Int, scenarios: Range<UInt64>)
    /// A runner could not be made.
    case noRunner(String)

    public var description: String {
        switch self {
        case .gone(let address, let seconds):
            "\(address): no answer for \(Int(seconds)) s; check that the coordinator runs and can be reached"
        case .shutOut(let address, let problem): "\(address): \(problem)"
        case .refused(let address, let reason): "\(address): the coordinator refused this worker: \(reason)"
        case .protocolBroken(let address, let error): "\(address): \(error)"
        case .unexpectedAnswer(let address, let request):
            "\(address): no fitting answer to \(request);"
                + " install the same release on coordinator and workers"
        case .unfitCampaign(let address, let reason):
            "\(address): the coordinator's campaign can't be run: \(reason);"
                + " install the same release on coordinator and workers"
        case .campaignChanged(let old, let new):
            "the coordinator runs campaign \(new.prefix(12)) now, not \(old.prefix(12));"
                + " start the worker again"
        case .badWeights(let expected, let found):
            "the fetched weights have SHA-256 \(found), not \(expected); start the coordinator again"
        case .badPolicy(let expected, let found):
            "the fetched policy has SHA-256 \(found), not \(expected); start the coordinator again"
        case .policyNotAllowed(let policy, let hash):
            "the campaign's policy \(policy) is code that would come from the coordinator, and this worker"
                + " was not told to run any. If you know this code, start the worker with:"
                + " --allow-policy-code \(hash)"
        case .engineHung(let shard, let scenarios):
            "the engine hung in shard \(shard), scenarios \(scenarios.lowerBound) to"
                + " \(scenarios.upperBound - 1); start the worker again"
        case .noRunner(let reason): "the engine can't run this campaign: \(reason)"
        }
    }
}
