import FarmSimulator
import Foundation
import Synchronization
import Testing

/// The coordinator's and the workers' machines, as production runs them, on simulated time, network and disk.
@Suite(.serialized) struct SimulationTests {
    private static let seeds: UInt64 = 10_000

    @Test func tenThousandSchedulesOfFaultsBreakNothing() {
        let cores = UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount))
        let faults = Mutex<[Fault: Int]>([:])
        let problems = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: Int(cores)) { core in
            var struck: [Fault: Int] = [:]
            for seed in stride(from: UInt64(core), to: Self.seeds, by: Int(cores)) {
                let simulation = FarmSimulation(seed: seed)
                do { try simulation.run() } catch {
                    let again = "again, with a trace: Ops/simulate --seed \(seed)"
                    problems.withLock { $0.append("\(error)\n  \(again)") }
                }
                struck.merge(simulation.faults, uniquingKeysWith: +)
            }
            faults.withLock { $0.merge(struck, uniquingKeysWith: +) }
        }
        for problem in problems.withLock({ $0.sorted().prefix(20) }) { Issue.record("\(problem)") }
        for fault in Fault.allCases {
            let count = faults.withLock { $0[fault] ?? 0 }
            #expect(count > 1_000, "\(fault) struck \(count) times")
        }
    }

    /// Each mistake is one that somebody could make; the checks have to notice it within a few hundred seeds.
    @Test(arguments: Defect.allCases)
    func everyDeliberateMistakeIsFound(_ defect: Defect) {
        for seed in 0..<1_500 as Range<UInt64> {
            do { try FarmSimulation(seed: seed, defect: defect).run() } catch { return }
        }
        Issue.record("\(defect) is not noticed in 1,500 seeds")
    }

    @Test func oneSeedIsOneStory() throws {
        func story(_ seed: UInt64) throws -> [String] {
            var lines: [String] = []
            let simulation = FarmSimulation(seed: seed)
            simulation.trace = { lines.append($0) }
            try simulation.run()
            return lines
        }
        for seed in 0..<20 as Range<UInt64> {
            let (first, second) = (try story(seed), try story(seed))
            #expect(first == second, "seed \(seed)")
        }
    }
}
