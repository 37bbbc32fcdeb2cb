import Foundation
import Metrics
import PolicyHost
import Rollout
import Scenarios
import WorldModel

/// What a policy in a process of its own costs: the same scenarios on one engine thread, CPU time of engine and
/// policy together.
///
/// `constant-velocity` is compared with the same algorithm behind the C ABI, which gives the same digests and so
/// the same work. The others show what a policy that computes more costs.
struct PolicyCost {
    let longhaul: String
    private let scenarios = Array(UInt64(0)..<320)

    struct Figures {
        var egoSteps = 0
        var digest: UInt64 = 0
        var seconds = 0.0
        var rate: Double { Double(egoSteps) / seconds }
    }

    func measure() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "longhaul-policies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let same = try library("constant_velocity", folder), idm = try library("idm", folder)
        var ratios: [Double] = [], builtIn: [Double] = [], external: [Double] = []
        for _ in 1...5 {
            let own = try figures(nil)
            let other = try figures(same)
            guard own.digest == other.digest else { throw CocoaError(.featureUnsupported) }
            ratios.append(other.rate / own.rate)
            builtIn.append(own.rate)
            external.append(other.rate)
        }
        print("ego-steps per second of CPU time, one engine thread, medians of 5")
        print("constant-velocity, built in:    \(pad(Int(median(builtIn)), 9))")
        print("the same through the C ABI:     \(pad(Int(median(external)), 9))   \(format(median(ratios))) of it")
        print("IDM in C:                       \(pad(Int(try figures(idm).rate), 9))")
        let python = try figures("python:\(root)/Ops/policies/planner.py:Planner")
        print("IDM in NumPy:                   \(pad(Int(python.rate), 9))")
        try calls(same, "C")
        try calls("python:\(root)/Ops/policies/planner.py:Planner", "NumPy")
    }

    /// Round trips alone: nothing but calls, for one ego and for a batch.
    private func calls(_ policy: String, _ name: String) throws {
        for egos in [1, RolloutEngine.externalBatchSize] {
            let host = try PolicyHost(program(policy), capacity: egos)
            for ego in 0..<egos {
                host.observations[ego].slot = UInt32(ego)
                host.observations[ego].speed = 25
                host.observations[ego].speed_level = 30
                host.reset(slot: ego, seed: 1)
            }
            let start = ContinuousClock.now
            var count = 0
            while ContinuousClock.now - start < .seconds(1) {
                guard host.step(count: egos, isCancelled: { false }) == .answered else { return }
                count += 1
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print("calls of \(name) with \(pad(egos, 2)) egos, per second of wall time: \(Int(Double(count) / seconds))")
        }
    }

    private func figures(_ policy: String?) throws -> Figures {
        let program = try policy.map(program)
        let campaign = Campaign(policy: program == nil ? .constantVelocity : .external)
        let before = usage(RUSAGE_SELF) + usage(RUSAGE_CHILDREN)
        var figures = Figures()
        var named = campaign
        named.externalPolicy = program?.policy
        do {
            let engine = try RolloutEngine(
                campaign: named, worldModel: WorldModel.shipped(), batchSize: RolloutEngine.externalBatchSize,
                program: program)
            _ = engine.run(scenarios: scenarios) { record in
                figures.egoSteps += Int((record.simulatedSeconds * 10).rounded())
                figures.digest ^= record.digest
            }
        }
        // The policy's process has ended with the engine.
        figures.seconds = usage(RUSAGE_SELF) + usage(RUSAGE_CHILDREN) - before
        return figures
    }

    private func program(_ text: String) throws -> PolicyProgram {
        guard let policy = ExternalPolicy(text) else { throw CocoaError(.fileReadInvalidFileName) }
        var program = PolicyProgram(policy: policy, code: policy.code?.path, config: [])
        program.executable = longhaul
        return program
    }

    private var root: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }

    private func library(_ name: String, _ folder: URL) throws -> String {
        let output = folder.appending(path: "lib\(name).so").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/cc")
        process.arguments = [
            "-O2", "-ffp-contract=off", "-shared", "-fPIC", "-I", "\(root)/Sources/CLonghaulPolicy/include",
            "\(root)/Ops/policies/\(name).c", "-o", output, "-lm",
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return output
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private func usage(_ who: __rusage_who) -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(who.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
