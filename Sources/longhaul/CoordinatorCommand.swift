import ArgumentParser
import Dashboard
import Farm
import Findings
import Foundation
import RecordStore

/// `longhaul coordinator`: leases a campaign's shards to workers on any number of machines.
struct CoordinatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator",
        abstract: "Lease a campaign's shards to workers on many machines and keep their results.",
        discussion: """
            Workers join with `longhaul worker --join`. They get the campaign and the weights from here; \
            nothing is copied by hand. Dashboards attach to the port above with `longhaul top --attach`.

            Without --tls or --insecure it listens for this machine alone. Ops/certificates makes the \
            folders for --tls: one for the coordinator, one for workers, one for dashboards; a dashboard's \
            certificate can't lease shards. --token-file asks workers for a shared secret as well.

            A result is acknowledged only after it is on the disk. Killed at any moment, the same command \
            goes on from the same folder, and no shard is counted twice. Ctrl-C or TERM finishes the \
            commits at hand and ends with code 130; a second one ends at once.

            Exit codes: 0 finished, 1 too many scenarios failed (--max-failures), 64 wrong input or a folder \
            of another campaign, 75 port in use or disk full, 130 stopped before the goal.

            Examples:
              longhaul coordinator campaign.yaml --tls certificates/coordinator --output results/night-1
              longhaul worker --join tls+tcp://COORDINATOR-HOST:7700 --tls certificates/worker
              longhaul top --attach tls+tcp://COORDINATOR-HOST:7701 --tls certificates/viewer
            """)

    @Argument(help: ArgumentHelp("The campaign file.", valueName: "CAMPAIGN.yaml"))
    var campaign: String

    @Option(
        help: ArgumentHelp(
            """
            Where workers join; telemetry gets the port above (default: port 7700 of every interface with \
            --tls or --insecure, of this machine alone without).
            """, valueName: "URL"))
    var listen: Address?

    @OptionGroup var security: SecurityOptions
    @OptionGroup var token: TokenOptions

    @Option(help: ArgumentHelp("The result folder, new or of the same campaign.", valueName: "DIR"))
    var output: String

    @OptionGroup var farm: FarmOptions

    @Flag(
        help: ArgumentHelp(
            "Serve a policy that is a library or a Python class to workers on other machines, which run it."))
    var allowPolicyCode = false

    @Flag(help: "Print the report as one JSON object at the end; the status goes to standard error.")
    var json = false

    func run() throws {
        let interruption = Interruption.shared
        let input = try CampaignInput(file: campaign)
        let listen = listen ?? defaultAddress
        try checkPolicy(of: input, listen)
        let door = try CoordinatorHost.Door(
            listen: listen.description, telemetry: listen.next.description,
            forWorkers: security.protection(.coordinatorForWorkers),
            forViewers: security.protection(.coordinatorForViewers),
            token: token.token(for: security.protection(.coordinatorForWorkers)))
        let host = try CoordinatorHost(input, folder: output, door: door, options: farm)
        interruption.onRequest { host.stop() }
        standardError("coordinator: workers join \(host.addresses.joined(separator: ", "))")
        standardError("coordinator: dashboards attach to \(host.telemetryAddress ?? "nothing")")

        let ending = try show(host, json: json, interruption)
        if ending == .quit { standardError("the dashboard is closed; the campaign goes on until Ctrl-C") }
        host.wait()
        try finish(host, json: json)
    }

    private var defaultAddress: Address {
        let isOpen = security.tls != nil || security.insecure
        return Address(isTLS: security.tls != nil, host: isOpen ? "0.0.0.0" : "127.0.0.1", port: 7700)
    }
}

extension CoordinatorCommand {
    /// A policy that is code of the user's is served beyond this machine only if he says so.
    private func checkPolicy(of input: CampaignInput, _ listen: Address) throws {
        guard let policy = input.policy else { return }
        guard allowPolicyCode || listen.isLoopback else {
            throw CommandFailure(
                .usage, "the policy \(policy.policy.name) is code of yours, and \(listen) can be reached from other "
                    + "machines: whoever may join gets that code, and workers run it. If that is what you want, "
                    + "add --allow-policy-code; or listen on tcp://127.0.0.1:\(listen.port)")
        }
        try policy.check()
        standardError(
            "coordinator: the policy is code of yours; workers join with --allow-policy-code "
                + policy.policy.codeHash)
    }
}

/// Shows the dashboard, or status lines, until the coordinator has ended, somebody leaves, or `isOver`.
func show(
    _ host: CoordinatorHost, json: Bool, _ interruption: Interruption, isOver: () -> Bool = { false }
) throws -> DashboardLoop.Ending {
    var dashboard = DashboardLoop(environment: ProcessInfo.processInfo.environment)
    if json { dashboard.output = STDERR_FILENO }
    dashboard.failureReplay = FailureReplay(interruption: interruption) { _ in host.folder }
    return try failing(.defect) {
        try dashboard.run(source: { host.snapshot }, isFinished: { host.isDone || isOver() })
    }
}

/// Prints the report of a coordinator that has ended; throws the exit code of one that was stopped.
func finish(_ host: CoordinatorHost, json: Bool) throws {
    let report = try readReport(of: failing(.temporary) { try ResultFolder(host.folder) })
    if json { try printJSON(report) } else { print(report.text, terminator: "") }
    try requireFinished(host)
}

/// Throws the exit code of a coordinator that was stopped.
func requireFinished(_ host: CoordinatorHost) throws {
    if host.isSick {
        standardError("too many scenarios failed; the report names them. The same command with a higher")
        standardError("--max-failures accepts them and does what is left of \(host.folder)")
        throw ExitStatus.found.exitCode
    }
    guard host.isFinished else {
        standardError("stopped before the goal; the same command goes on from \(host.folder)")
        throw ExitStatus.interrupted.exitCode
    }
}
