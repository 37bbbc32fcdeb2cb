import ArgumentParser
import Farm
import Foundation
import Messaging
import Rollout

/// `longhaul worker`: rolls out shards for a coordinator.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Roll out shards for a coordinator, on this or any other machine.",
        discussion: """
            One process per machine is enough: it runs one engine thread per core. It gets campaign and \
            weights from the coordinator, may start before it, and reconnects by itself when the \
            coordinator or the network was gone. A result is held until the coordinator has it on disk.

            A campaign whose policy is a library or a Python class is refused unless --allow-policy-code names \
            that code: whoever reaches the coordinator's port could otherwise run anything here. \
            `longhaul run` allows its own workers the policy that it was given.

            Ctrl-C or TERM drains: shards that are running are finished, the others given back. A second \
            Ctrl-C ends at once; the coordinator then gives the shards to others.

            Without --tls it joins coordinators on this machine only; --insecure joins any, in the clear.

            Exit codes: 0 campaign finished, or drained; 64 refused by the coordinator or its certificates; 75 \
            coordinator gone (with --give-up-after) or changed its campaign, or an engine hung: start the \
            worker again.

            Examples:
              longhaul worker --join tls+tcp://COORDINATOR-HOST:7700 --tls certificates/worker
              longhaul worker --join tcp://10.0.0.5:7700 --insecure --threads 8 --give-up-after 600
            """)

    @Option(help: ArgumentHelp("The coordinator's address.", valueName: "URL"))
    var join: Address

    @OptionGroup var security: SecurityOptions
    @OptionGroup var peer: PeerOptions
    @OptionGroup var token: TokenOptions

    @Option(help: ArgumentHelp("Engine threads (default: one per usable core).", valueName: "N"))
    var threads: Int?

    @Option(help: ArgumentHelp("Its name in dashboards (default: host and process).", valueName: "NAME"))
    var name: String?

    @Option(
        help: ArgumentHelp(
            "End after so long without an answer (default: keep trying).", valueName: "SECONDS"))
    var giveUpAfter: Double?

    @Option(
        help: ArgumentHelp(
            "Have ended after so long, for batch queues: running shards are finished in time.",
            valueName: "SECONDS"))
    var walltime: Double?

    @Option(
        help: ArgumentHelp("End when there was nothing to do for so long.", valueName: "SECONDS"))
    var idleTimeout: Double?

    @Option(
        help: ArgumentHelp(
            "Run the campaign's policy if its code has this SHA-256 (the coordinator prints it), or `any`: "
                + "code from the network, run as this user.", valueName: "HASH"))
    var allowPolicyCode: String?

    @Flag(
        help: ArgumentHelp(
            "Leave when standard input ends: how `run` ties its workers to itself.", visibility: .private))
    var untilInputEnds = false

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024") }
        if let allowPolicyCode, allowPolicyCode != "any",
            allowPolicyCode.utf8.count != 64 || !allowPolicyCode.allSatisfy(\.isHexDigit)
        {
            throw ValidationError("--allow-policy-code takes the 64 digits of a SHA-256, or `any`")
        }
        if let walltime, !(walltime >= 1) { throw ValidationError("--walltime takes 1 second or more") }
        if let idleTimeout, !(idleTimeout >= 0) { throw ValidationError("--idle-timeout takes seconds") }
        if let giveUpAfter, !(giveUpAfter >= 0) { throw ValidationError("--give-up-after takes seconds") }
    }

    private var allowance: PolicyAllowance {
        switch allowPolicyCode {
        case nil: .none
        case "any"?: .all
        case let hash?: .code(hash.lowercased())
        }
    }

    func run() throws {
        let interruption = Interruption.shared
        let machine = Machine()
        let host = ProcessInfo.processInfo.hostName
        var configuration = WorkerConfiguration(
            join: join.description,
            name: name ?? "\(host)-\(ProcessInfo.processInfo.processIdentifier)",
            threads: threads ?? Machine.usableCores)
        configuration.protection = try security.protection(.worker, name: peer.tlsName)
        configuration.token = try token.token(for: configuration.protection)
        configuration.build = Longhaul.configuration.version
        configuration.kernel = KernelClass.best.rawValue
        configuration.cpu = machine.processor
        configuration.giveUpAfterSeconds = giveUpAfter
        configuration.walltimeSeconds = walltime
        configuration.idleTimeoutSeconds = idleTimeout
        configuration.flights = WeightsCache.defaultFolder.deletingLastPathComponent()
            .appendingPathComponent("flights")
        if KernelClass.isEmulated {
            standardError("warning: this CPU has no fused multiply-add; results are right, but far slower")
        }
        configuration.policyAllowance = allowance
        let cache = PolicyCache(folder: configuration.policyCache)
        let worker = Worker(configuration) { campaign, weights, _ in
            try EngineRunner(campaign: campaign, weights: weights, cache: cache)
        }
        interruption.onRequest { worker.drain() }
        if untilInputEnds { Self.leaveWhenInputEnds(worker) }
        let ending: WorkerEnding
        do { ending = try worker.run { standardError("worker: \($0)") } } catch { throw Self.failure(error) }
        standardError("worker: \(ending == .finished ? "the campaign is finished" : "drained")")
    }

    /// The coordinator lives in the process that held the other end, so there is nobody to hand over to.
    private static func leaveWhenInputEnds(_ worker: Worker) {
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            worker.drain()
            sleep(3)
            _exit(ExitStatus.temporary.rawValue)
        }
    }

    private static func failure(_ error: any Error) -> CommandFailure {
        switch error {
        case WorkerError.gone, WorkerError.campaignChanged, WorkerError.badWeights, WorkerError.engineHung:
            CommandFailure(.temporary, "\(error)")
        default: CommandFailure(starting: error)
        }
    }
}
