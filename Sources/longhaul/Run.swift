import ArgumentParser
import Farm
import Findings
import Foundation
import Scenarios

/// `longhaul run`: a whole campaign on this machine.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a campaign on this machine: coordinator, worker processes, dashboard, report.",
        discussion: """
            Without a file: the default campaign, about half a minute on two cores. Options override the \
            file.

            Shows the dashboard on a terminal and status lines elsewhere; prints the report at the end, \
            with the command that replays each of the worst rollouts.

            Ctrl-C ends in good order: what is being rolled out is finished and committed. The same \
            command with the same --output goes on from there. A second Ctrl-C ends at once.

            A scenario that crashes or hangs a worker is found by rolling its shard out in ever smaller pieces \
            and set aside; the report names it, and the campaign goes on.

            Exit codes: 0 finished, 1 too many scenarios failed (--max-failures) or worse than --against in a \
            metric of --fail-if-worse, 64 wrong input or a folder of another campaign, 75 disk full or no \
            worker process can be kept running, 130 stopped before the goal.

            A campaign with a rule to stop and no number of scenarios or kilometres is open-ended. Every \
            rule but the wall clock is decided on the shortest run of shards for which it holds, so the \
            result doesn't depend on the machine.

            Examples:
              longhaul run
              longhaul run --scenarios 100000 --seed 7 --output results/seed-7
              longhaul run campaign.yaml --ego-km 50000 --workers 4
              longhaul run --policy ./libplanner.so --policy-config tune.conf --scenarios 1000
              longhaul run --policy python:planner.py:Planner --scenarios 1000
              longhaul run --scenarios 2000 --json >report.json
              longhaul run careless.yaml --against results/night-1 --fail-if-worse ego-collisions
              longhaul run --until-width ego-collisions=0.5 --wall-hours 8
            """)

    @Argument(help: ArgumentHelp("The campaign file.", valueName: "CAMPAIGN.yaml"))
    var campaign: String?

    @Option(help: ArgumentHelp("The seed that determines every scenario.", valueName: "N"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Stop after this many scenarios.", valueName: "N"))
    var scenarios: UInt64?

    @Option(help: ArgumentHelp("Stop after the policy has driven this far, km.", valueName: "X"))
    var egoKm: Double?

    @Option(
        help: ArgumentHelp(
            "The policy under test: idm-mobil, world-model, constant-velocity, a library (./libplanner.so) or a "
                + "Python class (python:planner.py:Planner).", valueName: "POLICY"))
    var policy: String?

    @Option(help: ArgumentHelp("A file for the library or the class to read.", valueName: "FILE"))
    var policyConfig: String?

    @OptionGroup(title: "Stop earlier, at whichever comes first")
    var stop: StopOptions

    @Option(help: ArgumentHelp("Worker processes (default: one per two cores, or two).", valueName: "N"))
    var workers: Int?

    @Option(
        help: ArgumentHelp(
            "The result folder, new or of the same campaign (default: a new one in longhaul-output).",
            valueName: "DIR"))
    var output: String?

    @OptionGroup var farm: FarmOptions
    @Option(
        help: ArgumentHelp(
            "Run the same scenarios as this result folder, with this campaign's policy, and print the "
                + "comparison; everything but the policy is taken from there.", valueName: "DIR"))
    var against: String?

    @OptionGroup(title: "With --against")
    var comparison: ComparisonOptions

    @Flag(help: "Print the report as one JSON object; the status goes to standard error.")
    var json = false

    func validate() throws {
        if scenarios != nil && egoKm != nil {
            throw ValidationError("--scenarios and --ego-km exclude each other; give one")
        }
        if let scenarios, !(1...(1 << 56)).contains(scenarios) {
            throw ValidationError("--scenarios takes 1 to 2^56")
        }
        if let egoKm, !(0.001...1e12).contains(egoKm) {
            throw ValidationError("--ego-km takes 0.001 to 1e12")
        }
        if let policy, Self.builtIn(policy) == nil && ExternalPolicy(policy) == nil {
            throw ValidationError(
                "--policy takes the name of a built-in policy, a library such as ./libplanner.so, or a class such "
                    + "as python:planner.py:Planner; found '\(policy)'")
        }
        try stop.validate()
        try comparison.validate()
        let others: [Any?] = [seed, scenarios, egoKm]
        if against != nil && (others.contains { $0 != nil } || !stop.isEmpty) {
            throw ValidationError("--against takes seed, scenarios and their number from its folder")
        }
        if against == nil && !comparison.failIfWorse.isEmpty {
            throw ValidationError("--fail-if-worse goes with --against")
        }
        if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers takes 1 to 1024") }
    }

    func run() throws {
        let interruption = Interruption.shared
        var input = try CampaignInput(file: campaign, change: override)
        guard input.campaign.scenarioList.isEmpty || (seed ?? scenarios) == nil && egoKm == nil else {
            throw CommandFailure(
                .usage, "this campaign lists its scenarios; --seed, --scenarios and --ego-km don't go with it")
        }
        if let against { input = try input.against(failing(.usage) { try ResultFolder(against) }) }
        try input.policy?.check()
        let folder = output ?? Self.newFolder(for: input.campaign)
        // Others on this machine reach loopback too: a secret of this run keeps their workers out.
        let secret = (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        let host = try CoordinatorHost(
            input, folder: folder, door: .init(token: JoinToken(secret)), options: farm)
        let count = workers ?? max(2, Machine.usableCores / 2)
        let processes = try WorkerProcesses(
            count: count, joining: host.addresses[0], threads: max(1, Machine.usableCores / count),
            secret: secret, policyCode: input.policy?.policy.codeHash, logsIn: folder)
        standardError("results go to \(folder); watch from elsewhere with:")
        standardError("  \(invocation) top --attach \(host.telemetryAddress ?? "")")

        var isOut = false
        let ending = try show(host, json: json, interruption) {
            let committed = host.snapshot?.shardsCommitted ?? 0
            if !host.isFinished, (try? processes.keepRunning(committed: committed)) != true { isOut = true }
            return isOut || interruption.isRequested
        }
        if ending == .quit { interruption.request() }
        // Workers first: what they still finish is committed.
        processes.stop(within: 10)
        host.stop()
        host.wait()
        if isOut && !host.isFinished && !host.isSick && !interruption.isRequested {
            throw CommandFailure(
                .temporary, "no worker process can be kept running; \(folder)/local-1.log says why")
        }
        guard let against else { return try finish(host, json: json) }
        try requireFinished(host)
        try comparison.compare(against, folder, html: nil, json: json)
    }

    private func override(_ campaign: inout Campaign) throws {
        if let seed { campaign.seed = seed }
        if let scenarios { campaign.goal = .scenarios(scenarios) }
        if let egoKm { campaign.goal = .egoKilometers(egoKm) }
        stop.apply(to: &campaign.stop)
        let hasGoal = self.campaign != nil || scenarios != nil || egoKm != nil
        if !hasGoal && !campaign.stop.isEmpty { campaign.goal = .openEnded }
        if let policy {
            campaign.policy = Self.builtIn(policy) ?? .external
            campaign.externalPolicy = Self.builtIn(policy) == nil ? ExternalPolicy(policy)?.absolute : nil
            if campaign.policy != .idmMobil { campaign.policyParameters = [:] }
        }
        if let policyConfig {
            guard campaign.externalPolicy != nil else {
                throw CommandFailure(
                    .usage, "--policy-config goes with a policy that is a library or a Python class, not with "
                        + campaign.policyName)
            }
            campaign.externalPolicy?.config = .init(path: URL(fileURLWithPath: policyConfig).path)
        }
    }

    private static func builtIn(_ name: String) -> PolicyUnderTest? {
        PolicyUnderTest(rawValue: name).flatMap { $0 == .external ? nil : $0 }
    }

    /// The first folder `longhaul-output/NAME-SEED-n` that does not exist.
    private static func newFolder(for campaign: Campaign) -> String {
        let name = String(campaign.name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
        var number = 1
        while true {
            let folder = "longhaul-output/\(name)-\(campaign.seed)-\(number)"
            if !FileManager.default.fileExists(atPath: folder) { return folder }
            number += 1
        }
    }
}

extension ExternalPolicy {
    /// With paths from the root: those on a command line are relative to where it was given.
    fileprivate var absolute: ExternalPolicy {
        var policy = self
        policy.code = code.map { File(path: URL(fileURLWithPath: $0.path).path) }
        return policy
    }
}
