import CLonghaulPolicy
import Metrics
import PolicyHost

/// What an engine keeps for a policy under test in a process of its own.
final class ExternalDriver {
    let host: PolicyHost
    let steps: Int
    /// The scene of each ego of the present step.
    let scenes: UnsafeMutablePointer<Int32>
    /// What each scene adds to the step digests, `[scene * steps + step]`: kept apart until its rollout counts.
    let digests: UnsafeMutablePointer<UInt32>
    private let sceneCount: Int
    /// The sums over the rollouts that count.
    private(set) var sums: [UInt32]

    init(host: PolicyHost, scenes count: Int, steps: Int) {
        (self.host, self.steps, sceneCount) = (host, steps, count)
        scenes = .allocate(capacity: count)
        scenes.initialize(repeating: 0, count: count)
        digests = .allocate(capacity: count * steps)
        digests.initialize(repeating: 0, count: count * steps)
        sums = Array(repeating: 0, count: steps)
    }

    deinit {
        scenes.deallocate()
        digests.deallocate()
    }

    /// A shard begins.
    func clear() { for step in 0..<steps { sums[step] = 0 } }

    /// A rollout begins in a scene.
    func begin(scene: Int, seed: UInt64) {
        (digests + scene * steps).update(repeating: 0, count: steps)
        host.reset(slot: scene, seed: seed)
    }

    /// A scene's rollout counts.
    func count(scene: Int) {
        for step in 0..<steps { sums[step] &+= digests[scene * steps + step] }
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
