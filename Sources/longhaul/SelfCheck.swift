import Metrics
import Replay
import Rollout
import Scenarios
import WorldModel

/// A small fixed campaign whose digest every machine and every kernel must give.
enum SelfCheck {
    /// The exclusive-or of the records' digests of `scenarios`, with the shipped weights. It changes with
    /// those weights and with every deliberate change of what a rollout computes; `longhaul doctor` then
    /// prints the new one, which has to be the same for every kernel.
    static let goldenDigest: UInt64 = 0x955f_4588_8f82_0ba7

    static let campaign = Campaign(
        name: "self-check", seed: 20_240_229, goal: .scenarios(6), horizonSeconds: 10, burnInSeconds: 4,
        shardSize: 6)
    static let scenarios: [UInt64] = Array(0..<6)

    struct Result: Encodable {
        var kernel: String
        var digest: String
        var seconds: Double
        var isRight: Bool
    }

    static func run(kernel: KernelClass, world: WorldModel) throws -> Result {
        var digest: UInt64 = 0
        let duration = try ContinuousClock().measure {
            let engine = try RolloutEngine(campaign: campaign, worldModel: world, kernel: kernel)
            _ = engine.run(scenarios: scenarios, isCancelled: { false }, observer: nil) { record in
                digest ^= record.digest
            }
        }
        return Result(
            kernel: kernel.rawValue, digest: hexadecimal(digest),
            seconds: duration / .seconds(1), isRight: digest == goldenDigest)
    }
}
