/// How long `longhaul run` takes for two shards, one a worker: start-up, rollouts, report and end. So the first
/// finished shard is there sooner.
struct StartUp {
    let longhaul: String

    func measure(rounds: Int) throws {
        let seconds = try (0..<rounds).map { _ in try LonghaulProcess(longhaul, scenarios: 128).wallSeconds }.sorted()
        print("start to end with two shards done: \(Scaling.spread(seconds)) s")
    }
}
