import Foundation

extension PolicyProgram {
    struct Command {
        var program: String
        var arguments: [String]
        /// `NAME=VALUE`.
        var environment: [String]
    }

    /// How its process is started.
    var command: Command {
        let environment = ProcessInfo.processInfo.environment
        // One policy process an engine thread: libraries that start threads of their own would only fight for
        // cores, and would round sums in another order from run to run.
        let fixed = [
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1",
            // Where Swift's own backtraces are installed, a library that crashes shows one: short, unless asked for
            // otherwise.
            "SWIFT_BACKTRACE": environment["SWIFT_BACKTRACE"]
                ?? "color=no,threads=crashed,registers=none,images=none,limit=12",
        ]
        let variables = environment.merging(fixed) { $1 }.map { "\($0)=\($1)" }
        switch policy.kind {
        case .library:
            return Command(
                program: executable, arguments: ["longhaul", "policy-host", code ?? ""], environment: variables)
        case .pythonFile, .pythonModule:
            let interpreter = python ?? environment["LONGHAUL_PYTHON"] ?? "python3"
            return Command(
                program: interpreter,
                arguments: [
                    interpreter, "-c", String(decoding: PackageResources.longhaul_policy_py, as: UTF8.self),
                    code ?? policy.module, policy.className,
                ], environment: variables)
        }
    }
}
