import ArgumentParser
import Farm

/// How a coordinator deals with workers and scenarios that fail: shared by `run` and `coordinator`.
struct FarmOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Share of shards that another worker rolls out again, to compare the digests.", valueName: "SHARE"))
    var audit = 0.01

    @Option(
        help: ArgumentHelp(
            "Stop when more scenarios than this crashed or hung every worker that tried them.", valueName: "N"))
    var maxFailures = 100

    @Option(
        help: ArgumentHelp(
            "Take a shard away from a worker in which no rollout has ended for so long.", valueName: "SECONDS"))
    var stallTimeout = 600.0

    func validate() throws {
        guard (0...1).contains(audit) else { throw ValidationError("--audit takes 0 to 1") }
        guard maxFailures >= 0 else { throw ValidationError("--max-failures takes 0 or more") }
        guard (1...86_400).contains(stallTimeout) else {
            throw ValidationError("--stall-timeout takes 1 to 86400 seconds")
        }
    }

    func apply(to configuration: inout CoordinatorConfiguration) {
        configuration.auditShare = audit
        configuration.maxFailures = maxFailures
        configuration.leases.stallSeconds = stallTimeout
    }
}
