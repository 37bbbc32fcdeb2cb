import Metrics
import Replay
import Scenarios

/// Recordings of rollouts with odd drivers: much happens in them.
enum Recordings {
    /// Of a policy that looks at nobody and so runs into people.
    static let careless = Result {
        try recordings(policy: .constantVelocity, seed: 5, scenarios: 24, horizon: 10)
    }
    static let careful = Result { try recordings(policy: .idmMobil, seed: 11, scenarios: 8, horizon: 5) }

    /// One after the other, as the sink got them.
    static func recordings(
        policy: PolicyUnderTest, seed: UInt64, scenarios: UInt64, horizon: Double
    ) throws -> [RolloutRecording] {
        let campaign = Campaign(
            name: "recordings", seed: seed, goal: .scenarios(scenarios), horizonSeconds: horizon,
            burnInSeconds: 1, policy: policy, shardSize: 8)
        let replay = ShardReplay(campaign: campaign, worldModel: smallModel())
        var recordings: [RolloutRecording] = []
        _ = try replay.roll(0..<scenarios, to: ShardReplayTests.sink { recordings.append($0) })
        return recordings
    }

    static func all() throws -> [RolloutRecording] { try careless.get() + careful.get() }
}
