import ArgumentParser
import Foundation
import Replay
import Rollout

/// `longhaul doctor`: what this machine offers, and whether it computes the right bits.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what was found on this machine and check that it computes the right bits.",
        discussion: """
            Prints the CPU, the kernels that it can run (the one chosen is marked), and the versions of \
            the libraries that are used. Then rolls out a small fixed campaign, about two seconds, with \
            every one of those kernels and compares the digest with the one that all machines must give.

            Run it on a new kind of machine before trusting its results, and on a worker's machine after \
            a mismatch.

            Exit code 1: a kernel gave another digest.

            Examples:
              longhaul doctor
              longhaul doctor --json | python3 -m json.tool
            """)

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() throws {
        let machine = Machine()
        let world = try Weights(named: "shipped").model
        let progress = ProgressLine()
        let results = try KernelClass.available.map { kernel in
            progress.update("checking kernel \(kernel.rawValue) …")
            return try SelfCheck.run(kernel: kernel, world: world)
        }
        progress.finish()
        let findings = Findings(machine: machine, checks: results)
        if json {
            try printJSON(findings)
        } else {
            findings.printText()
        }
        if !findings.healthy { throw ExitStatus.found.exitCode }
    }
}

/// What `doctor` prints.
struct Findings: Encodable {
    var machine: Machine
    var kernel = KernelClass.best.rawValue
    var goldenDigest = hexadecimal(SelfCheck.goldenDigest)
    var checks: [SelfCheck.Result]
    var healthy: Bool

    init(machine: Machine, checks: [SelfCheck.Result]) {
        self.machine = machine
        self.checks = checks
        healthy = !checks.isEmpty && checks.allSatisfy(\.isRight)
    }

    func printText() {
        func line(_ label: String, _ value: String) {
            print(label.padding(toLength: 12, withPad: " ", startingAt: 0) + value)
        }
        line("longhaul", Longhaul.configuration.version)
        line("CPU", "\(machine.processor), \(machine.usableCores) usable cores")
        line("features", machine.features.joined(separator: " "))
        line("libraries", "nng \(machine.nng), LZ4 \(machine.lz4), SQLite \(machine.sqlite)")
        for check in checks {
            let chosen = check.kernel == kernel ? " (chosen)" : ""
            let verdict = check.isRight ? "digest right" : "DIGEST WRONG: \(check.digest)"
            let seconds = String(format: "%.2f s", check.seconds)
            line("kernel", "\(check.kernel)\(chosen): \(verdict), \(seconds)")
        }
        if !machine.hasFusedMultiplyAdd {
            print("warning: this CPU has no fused multiply-add; results are right, but far slower")
        }
        print(
            healthy
                ? "healthy: every kernel gives the golden digest \(goldenDigest)"
                : "NOT HEALTHY: expected digest \(goldenDigest); keep this machine out of campaigns")
    }
}
