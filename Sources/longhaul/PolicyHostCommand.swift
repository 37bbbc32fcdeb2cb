import ArgumentParser
import CLonghaulPolicy

/// `longhaul policy-host`: the process in which a policy's shared library lives. Started by engine threads.
struct PolicyHostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy-host", abstract: "Host a policy's shared library for an engine thread.",
        shouldDisplay: false)

    @Argument var library: String

    func run() throws {
        throw ExitCode(longhaul_policy_host_main(library))
    }
}
