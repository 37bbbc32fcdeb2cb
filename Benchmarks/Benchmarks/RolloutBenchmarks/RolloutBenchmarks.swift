import Benchmark
import Metrics
import Rollout
import Scenarios
import WorldModel

/// One core's rollouts of the default campaign, without farm, sockets or journal.
private func rollOut(_ kernel: KernelClass, scenarios: Int, batchSize: Int = RolloutEngine.defaultBatchSize) throws
    -> (sceneSteps: Int, agentSteps: Int, egoMeters: Double)
{
    let model = try WorldModel.shipped()
    let engine = try RolloutEngine(campaign: Campaign(), worldModel: model, kernel: kernel, batchSize: batchSize)
    var sceneSteps = 0, agentSteps = 0, egoMeters = 0.0
    _ = engine.run(scenarios: Array(0..<UInt64(scenarios))) {
        sceneSteps += Int(($0.simulatedSeconds * 10).rounded())
        agentSteps += Int($0.agentSteps)
        egoMeters += Double($0.egoMeters)
    }
    return (sceneSteps, agentSteps, egoMeters)
}

private let perSecond = BenchmarkMetric.custom("per second", polarity: .prefersLarger, useScalingFactor: false)
private let percent = BenchmarkMetric.custom("percent of peak", polarity: .prefersLarger, useScalingFactor: false)
private let perDay = BenchmarkMetric.custom("ego-km per day and core", polarity: .prefersLarger, useScalingFactor: false)

private func configuration(_ metrics: [BenchmarkMetric]) -> Benchmark.Configuration {
    .init(metrics: metrics + [.wallClock, .instructions], warmupIterations: 1, maxDuration: .seconds(12), maxIterations: 5)
}

let benchmarks: @Sendable () -> Void = {
    for kernel in KernelClass.available where kernel != .reference && kernel != .portable {
        Benchmark("Peak FMA rate, \(kernel.rawValue)", configuration: configuration([perSecond])) { benchmark in
            benchmark.measurement(perSecond, Int(PeakRate.measure(kernel)))
        }

        // The share of one core's peak that the network's multiply-adds make up, all other work included.
        Benchmark(
            "Rollouts on one core, \(kernel.rawValue)", configuration: configuration([perSecond, percent, perDay])
        ) { benchmark in
            let multiplyAdds = try WorldModel.shipped().network.multiplyAdds
            let peak = PeakRate.measure(kernel)
            let clock = ContinuousClock()
            let start = clock.now
            let done = try rollOut(kernel, scenarios: 96)
            let seconds = (clock.now - start) / .seconds(1)
            // An evaluation per agent but the ego each five steps; the burn-in's are not counted.
            let evaluations = Double(done.agentSteps - done.sceneSteps) / 5
            benchmark.measurement(perSecond, Int(Double(done.sceneSteps) / seconds))
            benchmark.measurement(percent, Int(100 * evaluations * 2 * Double(multiplyAdds) / seconds / peak))
            benchmark.measurement(perDay, Int(done.egoMeters / 1000 / seconds * 86_400))
        }
    }

    for batchSize in [8, 16, 32, 64, 128] {
        Benchmark("Scene-steps, batches of \(batchSize)", configuration: configuration([perSecond])) { benchmark in
            let clock = ContinuousClock()
            let start = clock.now
            let done = try rollOut(.best, scenarios: 128, batchSize: batchSize)
            benchmark.measurement(perSecond, Int(Double(done.sceneSteps) / ((clock.now - start) / .seconds(1))))
        }
    }

    Benchmark("Scenarios drawn", configuration: configuration([perSecond])) { benchmark in
        let generator = try ScenarioGenerator(campaign: Campaign(), statistics: WorldModel.shipped().statistics)
        let clock = ContinuousClock()
        let start = clock.now
        for index in 0..<UInt64(500) { blackHole(generator.scenario(index)) }
        benchmark.measurement(perSecond, Int(500 / ((clock.now - start) / .seconds(1))))
    }
}
