import Foundation
import Metrics
import Rollout
import Scenarios
import WorldModel

/// How the cost of rollouts grows, and what the farm adds to it. Each question is one word:
///
///     Scaling threads             one engine thread against two
///     Scaling batches             16 to 4,096 scenes side by side
///     Scaling agents              8 to 128 learned agents a scene
///     Scaling peak                share of the measured peak FMA rate on one thread
///     Scaling policies [LONGHAUL] a policy in a process of its own against a built-in one
///     Scaling farm [LONGHAUL]     a bare loop in one process against `longhaul run`, in turn
@main
enum Scaling {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "threads": try threads()
        case "batches": try batches()
        case "agents": try agents()
        case "peak": try peak()
        case "policies":
            try PolicyCost(longhaul: arguments.dropFirst().first ?? "../.build/release/longhaul").measure()
        case "farm": try FarmOverhead(longhaul: arguments.dropFirst().first ?? "../.build/release/longhaul").measure()
        default:
            FileHandle.standardError.write(Data("usage: Scaling threads|batches|agents|peak|policies|farm\n".utf8))
            exit(64)
        }
    }

    private static func threads() throws {
        let scenarios = 640
        var one: [Double] = [], two: [Double] = []
        for _ in 0..<5 {
            one.append(try Loop(threads: 1).seconds(scenarios: scenarios))
            two.append(try Loop(threads: 2).seconds(scenarios: scenarios))
        }
        let ratios = zip(one, two).map { $0 / $1 }.sorted()
        print("two threads over one: \(format(ratios[2])) times (from \(format(ratios[0])) to \(format(ratios[4])))")
    }

    private static func batches() throws {
        print("scenes a batch   agent-steps/s of CPU time")
        for size in [16, 32, 64, 128, 256, 1024, 4096] {
            let figures = try Loop(threads: 1, batchSize: size).figures(scenarios: max(256, size))
            print("\(pad(size, 14))   \(pad(Int(Double(figures.agentSteps) / figures.cpuSeconds), 12))")
        }
    }

    private static func agents() throws {
        print("agents a scene   agent-steps/s of CPU time")
        let simulator = try FuturesSimulator(worldModel: WorldModel.shipped())
        for count in [8, 16, 32, 64, 128] {
            let rollouts = 64 * 128 / count, steps = 100
            let start = cpuTime()
            let futures = simulator.roll(
                agents: Platoon.agents(count), corridor: Platoon.corridor, controller: .worldModel,
                rollouts: rollouts, steps: steps, seed: 1)
            let seconds = cpuTime() - start
            print("\(pad(count, 14))   \(pad(Int(Double(futures.s.count) / seconds), 12))")
        }
    }

    private static func peak() throws {
        let multiplyAdds = try WorldModel.shipped().network.multiplyAdds
        var shares: [Double] = []
        for _ in 0..<5 {
            let peak = PeakRate.measure()
            let figures = try Loop(threads: 1).figures(scenarios: 192)
            let campaign = Campaign()
            // The scenes' burn-in needs the network too: the same agents, before measuring begins.
            let settling = 1 + campaign.burnInSeconds / campaign.horizonSeconds
            let evaluations = Double(figures.agentSteps - figures.sceneSteps) / 5 * settling
            shares.append(evaluations * 2 * Double(multiplyAdds) / figures.cpuSeconds / peak)
        }
        shares.sort()
        print("network: \(multiplyAdds) multiply-adds")
        print("share of peak: \(format(100 * shares[2])) % (from \(format(100 * shares[0])) to \(format(100 * shares[4])))")
    }
}

func format(_ value: Double) -> String { String(format: "%.2f", value) }

func pad(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: " ", count: max(0, width - text.count)) + text
}

/// CPU time of this process, seconds.
func cpuTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
