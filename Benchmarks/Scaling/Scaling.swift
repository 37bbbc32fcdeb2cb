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
///     Scaling rate                the peak FMA rate of all cores at once, and the network's size, as JSON
///     Scaling farm [LONGHAUL]     a bare loop in one process against `longhaul run`, in turn
///     Scaling start [LONGHAUL]    from the start of `longhaul run` to its end with two shards done
///
/// The word `quick` at the end asks for fewer and shorter rounds.
@main
enum Scaling {
    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let isQuick = arguments.last == "quick"
        if isQuick { arguments.removeLast() }
        let longhaul = arguments.dropFirst().first ?? "../.build/release/longhaul"
        switch arguments.first {
        case "threads": try threads(rounds: isQuick ? 1 : 5)
        case "batches":
            try batches(isQuick ? [16, 256] : [16, 32, 64, 128, 256, 1024, 4096], rounds: isQuick ? 1 : 5)
        case "agents": try agents()
        case "peak": try peak(rounds: isQuick ? 1 : 5)
        case "rate": try rate()
        case "policies":
            try PolicyCost(longhaul: longhaul, rounds: isQuick ? 1 : 5, scenarios: isQuick ? 64 : 640).measure()
        case "farm": try FarmOverhead(longhaul: longhaul, scenarios: isQuick ? 600 : 20_000).measure()
        case "start": try StartUp(longhaul: longhaul).measure(rounds: isQuick ? 1 : 7)
        default:
            FileHandle.standardError.write(Data("usage: Scaling threads|batches|agents|peak|rate|policies|farm|start\n".utf8))
            exit(64)
        }
    }

    private static func threads(rounds: Int) throws {
        let scenarios = 640
        var one: [Double] = [], two: [Double] = []
        for _ in 0..<rounds {
            one.append(try Loop(threads: 1).seconds(scenarios: scenarios))
            two.append(try Loop(threads: 2).seconds(scenarios: scenarios))
        }
        let ratios = zip(one, two).map { $0 / $1 }.sorted()
        print("two threads over one: \(spread(ratios)) times")
    }

    /// All sizes take turns, so that what else the machine does falls on each alike.
    private static func batches(_ sizes: [Int], rounds: Int) throws {
        var rates = [[Double]](repeating: [], count: sizes.count)
        for _ in 0..<rounds {
            for (index, size) in sizes.enumerated() {
                let figures = try Loop(threads: 1, batchSize: size).figures(scenarios: max(512, size))
                rates[index].append(Double(figures.agentSteps) / figures.cpuSeconds / 1e6)
            }
        }
        print("scenes a batch   million agent-steps/s of CPU time")
        for (size, rates) in zip(sizes, rates) { print("\(pad(size, 14))   \(spread(rates.sorted()))") }
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

    private static func peak(rounds: Int) throws {
        let multiplyAdds = try WorldModel.shipped().network.multiplyAdds
        var shares: [Double] = []
        for _ in 0..<rounds {
            let peak = PeakRate.measure()
            let figures = try Loop(threads: 1).figures(scenarios: 192)
            let evaluations = Double(figures.agentSteps - figures.sceneSteps) / 5 * settling
            shares.append(evaluations * 2 * Double(multiplyAdds) / figures.cpuSeconds / peak)
        }
        shares.sort()
        print("network: \(multiplyAdds) multiply-adds")
        print("share of peak: \(spread(shares.map { 100 * $0 })) %")
    }

    /// The scenes' burn-in needs the network too: the same agents, before measuring begins.
    private static var settling: Double {
        let campaign = Campaign()
        return 1 + campaign.burnInSeconds / campaign.horizonSeconds
    }

    /// Every core multiplies and adds at the same time, as the cores of a run do.
    private static func rate() throws {
        let threads = ProcessInfo.processInfo.activeProcessorCount
        let rates = Rates()
        DispatchQueue.concurrentPerform(iterations: threads) { _ in rates.add(PeakRate.measure(seconds: 1)) }
        print(
            "{\"threads\": \(threads), \"flopsPerSecond\": \(rates.sum), \"settling\": \(settling), "
                + "\"multiplyAdds\": \(try WorldModel.shipped().network.multiplyAdds)}")
    }

    private final class Rates: @unchecked Sendable {
        private let lock = NSLock()
        private(set) var sum = 0.0

        func add(_ rate: Double) { lock.withLock { sum += rate } }
    }

    /// The median, and from where to where.
    static func spread(_ sorted: [Double]) -> String {
        "\(format(sorted[sorted.count / 2])) (from \(format(sorted[0])) to \(format(sorted[sorted.count - 1])))"
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
