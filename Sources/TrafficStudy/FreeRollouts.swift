import Dispatch
import Metrics
import Rollout
import RolloutState
import Scenarios
import Synchronization
import WorldModel

/// Rolls out free traffic: no recording to follow, the world model drives everybody, the ego too.
enum FreeRollouts {
    /// - Parameter progress: how many scenarios are done.
    /// - Returns: in order of scenario, whatever the number of threads.
    static func run(
        campaign: Campaign, model: WorldModel, scenarios: Int, threads: Int, progress: @Sendable (Int) -> Void
    ) throws -> [SceneWatch.Findings] {
        let threads = max(1, min(threads, scenarios))
        let done = Mutex((findings: [SceneWatch.Findings](), failure: (any Error)?.none))
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            do {
                let engine = try RolloutEngine(campaign: campaign, worldModel: model)
                let visitor = TrafficVisitor(model: model)
                let mine = stride(from: thread, to: scenarios, by: threads).map(UInt64.init)
                _ = engine.run(scenarios: mine, visitor: visitor) { record in
                    guard let findings = visitor.takeFindings(of: record.scenario) else { return }
                    let count = done.withLock {
                        $0.findings.append(findings)
                        return $0.findings.count
                    }
                    progress(count)
                }
            } catch {
                done.withLock { $0.failure = error }
            }
        }
        return try done.withLock {
            if let failure = $0.failure { throw failure }
            return $0.findings.sorted { $0.scenario < $1.scenario }
        }
    }
}

/// A `SceneWatch` for each scene of a batch.
final class TrafficVisitor: SceneVisitor {
    private let model: WorldModel
    private var watches: [UInt64: SceneWatch] = [:]

    init(model: WorldModel) { self.model = model }

    func willDecide(_ batch: RolloutBatch, scene: Int, scenario: Scenario) {
        watch(batch, scenario).willDecide(batch, scene: scene)
    }

    func didStep(_ batch: RolloutBatch, scene: Int, scenario: Scenario) {
        watch(batch, scenario).didStep(batch, scene: scene)
    }

    func takeFindings(of scenario: UInt64) -> SceneWatch.Findings? {
        watches.removeValue(forKey: scenario)?.findings
    }

    private func watch(_ batch: RolloutBatch, _ scenario: Scenario) -> SceneWatch {
        if let watch = watches[scenario.index] { return watch }
        let watch = SceneWatch(model: model, scenario: scenario, slots: batch.stride)
        watches[scenario.index] = watch
        return watch
    }
}
