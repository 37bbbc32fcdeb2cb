import CLonghaulPolicy
import Metrics
import PolicyHost

/// What an engine keeps for a policy under test in a process of its own.
final class ExternalDriver {
    let host: PolicyHost
    /// Of a rollout, those before the measured ones included.
    let steps: Int
    /// The scene of each ego of the present step.
    let scenes: UnsafeMutablePointer<Int32>
    /// What each scene adds to the trace, `[(scene * steps + step) * 2]`: kept apart until its rollout counts.
    let trace: UnsafeMutablePointer<UInt32>
    private let burnInSteps: Int
    /// The trace of the rollouts that count.
    private var sums: [UInt32]

    init(host: PolicyHost, scenes count: Int, burnInSteps: Int, measuredSteps: Int) {
        (self.host, self.burnInSteps, steps) = (host, burnInSteps, burnInSteps + measuredSteps)
        scenes = .allocate(capacity: count)
        scenes.initialize(repeating: 0, count: count)
        trace = .allocate(capacity: 2 * count * steps)
        trace.initialize(repeating: 0, count: 2 * count * steps)
        sums = Array(repeating: 0, count: 2 * steps)
    }

    deinit {
        scenes.deallocate()
        trace.deallocate()
    }

    /// A shard begins.
    func clear() { for index in sums.indices { sums[index] = 0 } }

    /// Of the rollouts that count.
    var digests: StepDigests {
        StepDigests(sums: (burnInSteps..<steps).map { sums[2 * $0 + 1] }, policyTrace: sums)
    }

    /// A rollout begins in a scene.
    func begin(scene: Int, seed: UInt64) {
        (trace + 2 * scene * steps).update(repeating: 0, count: 2 * steps)
        host.reset(slot: scene, seed: seed)
    }

    /// A scene's rollout counts.
    func count(scene: Int) {
        for index in sums.indices { sums[index] &+= trace[2 * scene * steps + index] }
    }

    /// What the policy printed before its process was last replaced, or so far.
    private(set) var lastOutput = ""

    /// A fresh process. Where none can be started now, the next step counts as a crash.
    func restart() {
        lastOutput = host.output
        for _ in 0..<3 {
            if (try? host.restart()) != nil { return }
        }
    }

    /// What was wrong with an entry of the present step.
    func badAction(_ entry: Int) -> String {
        let action = host.actions[entry]
        switch action.kind {
        case 0:
            return "asked for an acceleration of \(action.acceleration) m/s² and a curvature of "
                + "\(action.curvature) 1/m (at most \(LONGHAUL_MAX_ACCELERATION) and \(LONGHAUL_MAX_CURVATURE))"
        case 1:
            return "asked for a trajectory of \(action.points) points that no vehicle can follow (1 to "
                + "\(LONGHAUL_POINTS) points, within \(LONGHAUL_MAX_DISTANCE) m, at most "
                + "\(LONGHAUL_MAX_ACCELERATION) m/s²)"
        default: return "gave an action of the unknown kind \(action.kind)"
        }
    }
}
