import Foundation
import Metrics
import PolicyHost
import Rollout
import Scenarios
import WorldModel

/// What a policy in a process of its own costs beside a built-in one: the same scenarios on one engine thread, all
/// policies in turn, round after round; start of the policy's process and repeated rollouts (`auditInterval`)
/// included.
///
/// `constant-velocity` behind the C ABI has to give the digests of the built-in one: the same rollouts, so that the
/// ratio is the interface's alone. The others drive their own way, so their scenes hold a little more or less traffic.
struct PolicyCost {
    let longhaul: String
    let rounds: Int
    let scenarios: Int

    private struct Contender {
        var name: String
        var builtIn = PolicyUnderTest.external
        var code: String?
        /// Nil: as many scenes side by side as is usual.
        var batchSize: Int?
        /// Place in the list of what it is compared with.
        var against: Int
        var runs: [Figures] = []
    }

    struct Figures {
        var egoSteps = 0
        var digest: UInt64 = 0
        /// Of engine and policy together.
        var cpuSeconds = 0.0
        var wallSeconds = 0.0
    }

    func measure() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "longhaul-policies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let same = try library("constant_velocity.c", folder), idm = try library("idm.c", folder)
        let changer = try library("lane_changer.cpp", folder)
        let python = "python:\(root)/Ops/policies/planner.py:Planner"
        var contenders = [
            Contender(name: "constant velocity, built in", builtIn: .constantVelocity, against: 0),
            Contender(name: "constant velocity in C", code: same, against: 0),
            Contender(name: "the same, 16 egos a call", code: same, batchSize: 16, against: 0),
            Contender(name: "the same, 64 egos a call", code: same, batchSize: 64, against: 0),
            Contender(name: "IDM + MOBIL, built in", builtIn: .idmMobil, against: 4),
            Contender(name: "IDM in C", code: idm, against: 4),
            Contender(name: "IDM with lane changes in C++", code: changer, against: 4),
            Contender(name: "IDM in NumPy", code: python, against: 4),
        ]
        for _ in 0..<rounds {
            for place in contenders.indices {
                contenders[place].runs.append(try figures(contenders[place]))
            }
            guard Set(contenders[0..<4].compactMap(\.runs.last?.digest)).count == 1 else {
                throw CocoaError(.featureUnsupported, userInfo: [
                    NSLocalizedDescriptionKey: "constant velocity drove differently through the C ABI",
                ])
            }
        }
        print("\(scenarios) scenarios, one engine thread, medians of \(rounds); ego-steps a second")
        print("policy                          of CPU time   of wall time   CPU rate over the built-in one's")
        for contender in contenders { print(line(contender, contenders[contender.against])) }
        for (name, policy) in [("C", same), ("C++", changer), ("NumPy", python)] { try calls(policy, name) }
    }

    private func line(_ contender: Contender, _ other: Contender) -> String {
        let name = contender.name.padding(toLength: 28, withPad: " ", startingAt: 0)
        let cpu = median(contender.runs.map { Double($0.egoSteps) / $0.cpuSeconds })
        let wall = median(contender.runs.map { Double($0.egoSteps) / $0.wallSeconds })
        let ratios = zip(contender.runs, other.runs).map { own, other in
            Double(own.egoSteps) / own.cpuSeconds / (Double(other.egoSteps) / other.cpuSeconds)
        }
        return "\(name) \(pad(Int(cpu), 14)) \(pad(Int(wall), 14))   "
            + (contender.code == nil ? "" : "\(format(median(ratios))) of \(other.name)")
    }

    /// Round trips alone: nothing but calls, for one ego and for a batch.
    private func calls(_ policy: String, _ name: String) throws {
        for egos in [1, 64] {
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

    private func figures(_ contender: Contender) throws -> Figures {
        let program = try contender.code.map(program)
        var campaign = Campaign(policy: contender.builtIn)
        campaign.externalPolicy = program?.policy
        var figures = Figures()
        let before = usage(RUSAGE_SELF) + usage(RUSAGE_CHILDREN), start = ContinuousClock.now
        do {
            let engine = try RolloutEngine(
                campaign: campaign, worldModel: WorldModel.shipped(), batchSize: contender.batchSize, program: program)
            _ = engine.run(scenarios: (0..<UInt64(scenarios)).map { $0 }) { record in
                figures.egoSteps += Int((record.simulatedSeconds * 10).rounded())
                figures.digest ^= record.digest
            }
        }
        // The policy's process has ended with the engine.
        figures.cpuSeconds = usage(RUSAGE_SELF) + usage(RUSAGE_CHILDREN) - before
        figures.wallSeconds = (ContinuousClock.now - start) / .seconds(1)
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
        let output = folder.appending(path: "\(name).so").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: name.hasSuffix(".cpp") ? "/usr/bin/c++" : "/usr/bin/cc")
        process.arguments = [
            "-O2", "-ffp-contract=off", "-shared", "-fPIC", "-I", "\(root)/Sources/CLonghaulPolicy/include",
            "\(root)/Ops/policies/\(name)", "-o", output, "-lm",
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
