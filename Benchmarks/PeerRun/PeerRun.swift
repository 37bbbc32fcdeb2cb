import Foundation
import Rollout
import Scenarios
import WorldModel

/// Our side of `Peers/compare.py`: one engine on one thread for a while, then one line of JSON.
///
///     PeerRun learned|rules [CPU-SECONDS]
@main
enum PeerRun {
    static func main() throws {
        let arguments = CommandLine.arguments
        let budget = arguments.count > 2 ? Double(arguments[2]) ?? 0 : 5
        guard arguments.count > 1, budget > 0 else { endWithUsage() }
        let model = try WorldModel.shipped()
        let figures: Figures
        switch arguments[1] {
        case "learned": figures = try learnedTraffic(model, cpuSeconds: budget)
        case "rules": figures = try RuleTraffic(vehicles: 400).run(model, cpuSeconds: budget)
        default: endWithUsage()
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(figures), as: UTF8.self))
    }

    /// The default campaign as a worker's engine thread runs it: shard after shard, burn-in, metrics and
    /// collision tests included; no farm, socket or journal.
    private static func learnedTraffic(_ model: WorldModel, cpuSeconds: Double) throws -> Figures {
        let campaign = Campaign()
        let engine = try RolloutEngine(campaign: campaign, worldModel: model)
        var figures = Figures(kernel: KernelClass.best.rawValue)
        let shard = UInt64(campaign.shardSize)
        var first: UInt64 = 0
        let start = cpuTime()
        repeat {
            _ = engine.run(scenarios: Array(first..<first + shard)) { record in
                figures.sceneSteps += Int((record.simulatedSeconds * 10).rounded())
                figures.agentSteps += Int(record.agentSteps)
                figures.egoMeters += Double(record.egoMeters)
                figures.agentMeters += Double(record.agentMeters)
            }
            first += shard
            figures.cpuSeconds = cpuTime() - start
        } while figures.cpuSeconds < cpuSeconds
        return figures
    }

    private static func endWithUsage() -> Never {
        FileHandle.standardError.write(Data("usage: PeerRun learned|rules [CPU-SECONDS]\n".utf8))
        exit(64)
    }
}

/// CPU time of this process, seconds: time that other processes take on the same core does not count.
func cpuTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
