import Dispatch
import Metrics
import Rollout
import RolloutState
import Scenarios
import Synchronization
import WorldModel

/// Rolls out free traffic: no recording to follow, the world model drives everybody, the ego too.
enum FreeRollouts {
    struct Result: Sendable {
        /// In order of scenario.
        var findings: [RolloutFindings] = []
        var traffic = SimulatedTraffic.Result()
    }

    /// - Parameter progress: how many scenarios are done.
    /// - Returns: the same for any number of threads.
    static func run(
        campaign: Campaign, model: WorldModel, scenarios: Int, threads: Int, progress: @Sendable (Int) -> Void
    ) throws -> Result {
        let threads = max(1, min(threads, scenarios))
        let done = Mutex((result: Result(), failure: (any Error)?.none))
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            do {
                let engine = try RolloutEngine(campaign: campaign, worldModel: model)
                let visitor = TrafficVisitor(model: model, minutes: campaign.horizonSeconds / 60)
                let mine = stride(from: thread, to: scenarios, by: threads).map(UInt64.init)
                _ = engine.run(scenarios: mine, visitor: visitor) { record in
                    guard let findings = visitor.takeFindings(of: record.scenario) else { return }
                    let count = done.withLock {
                        $0.result.findings.append(findings)
                        return $0.result.findings.count
                    }
                    progress(count)
                }
                done.withLock { $0.result.traffic.add(visitor.traffic.result) }
            } catch {
                done.withLock { $0.failure = error }
            }
        }
        return try done.withLock {
            if let failure = $0.failure { throw failure }
            $0.result.findings.sort { $0.scenario < $1.scenario }
            return $0.result
        }
    }
}

/// Watches each scene of a batch, and the traffic of all.
package final class TrafficVisitor: SceneVisitor {
    let traffic: SimulatedTraffic
    private let model: WorldModel
    private var watches: [UInt64: SceneWatch] = [:]

    package init(model: WorldModel, minutes: Double) {
        self.model = model
        traffic = SimulatedTraffic(minutes: minutes)
    }

    package func willDecide(_ batch: RolloutBatch, scene: Int, scenario: Scenario) {
        watch(batch, scenario).willDecide(batch, scene: scene)
    }

    package func didStep(_ batch: RolloutBatch, scene: Int, scenario: Scenario) {
        watch(batch, scenario).didStep(batch, scene: scene)
        traffic.note(batch, scene: scene, scenario: scenario)
    }

    package func takeFindings(of scenario: UInt64) -> RolloutFindings? {
        traffic.finish(scenario)
        return watches.removeValue(forKey: scenario)?.findings
    }

    private func watch(_ batch: RolloutBatch, _ scenario: Scenario) -> SceneWatch {
        if let watch = watches[scenario.index] { return watch }
        let watch = SceneWatch(model: model, scenario: scenario, slots: batch.stride)
        watches[scenario.index] = watch
        return watch
    }
}
