/// Smooths rates from counters: an exponential average over about five seconds. Told the time, in seconds.
struct RateMeter: Sendable {
    private static let seconds = 5.0
    private var last: (time: Double, counters: WorkCounters)?
    /// Per second.
    private(set) var rates = WorkCounters()

    mutating func update(_ counters: WorkCounters, now: Double) {
        guard let (time, before) = last, counters.egoMeters >= before.egoMeters else {
            last = (now, counters)
            return
        }
        let elapsed = now - time
        guard elapsed > 0.05 else { return }
        last = (now, counters)
        // The first-order expansion of 1 - exp(-elapsed / seconds), which is always below 1.
        let weight = elapsed / (elapsed + Self.seconds)
        func blend(_ field: WritableKeyPath<WorkCounters, Double>) {
            let rate = (counters[keyPath: field] - before[keyPath: field]) / elapsed
            rates[keyPath: field] += weight * (rate - rates[keyPath: field])
        }
        blend(\.egoMeters)
        blend(\.agentMeters)
        blend(\.agentSteps)
        blend(\.sceneSteps)
    }

    /// The worker does nothing any more.
    mutating func stop() { rates = WorkCounters() }
}
