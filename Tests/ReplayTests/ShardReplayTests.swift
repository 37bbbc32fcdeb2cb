import Foundation
import Metrics
import Replay
import ReproducibleMath
import Rollout
import Scenarios
import Testing
import WorldModel

@Suite struct ShardReplayTests {
    static let campaign = Campaign(
        name: "replay", seed: 11, goal: .scenarios(24), horizonSeconds: 5, burnInSeconds: 1,
        policy: .idmMobil, shardSize: 8)
    static let shard: Range<UInt64> = 8..<16
    static let replay = ShardReplay(campaign: campaign, worldModel: smallModel())

    @Test func aShardIsBitIdenticalToItsFirstRollout() throws {
        let recorded = try Self.replay.roll(Self.shard)
        #expect(recorded.records.map(\.scenario) == Array(Self.shard))
        let verdict = try Self.replay.verify(Self.shard, of: Self.shard, against: recorded)
        #expect(verdict == .bitIdentical)
    }

    @Test func everyKernelOfThisMachineReplaysToTheSameBits() throws {
        let recorded = try Self.replay.roll(Self.shard)
        for kernel in KernelClass.available {
            let other = ShardReplay(campaign: Self.campaign, worldModel: smallModel(), kernel: kernel)
            let verdict = try other.verify(Self.shard, of: Self.shard, against: recorded)
            #expect(verdict == .bitIdentical, "kernel \(kernel.rawValue)")
        }
    }

    @Test func oneScenarioOfAShardCanBeVerifiedAlone() throws {
        let recorded = try Self.replay.roll(Self.shard)
        let verdict = try Self.replay.verify(12..<13, of: Self.shard, against: recorded)
        #expect(verdict == .bitIdentical)
    }

    @Test func anotherSeedDiffersAtTheFirstStep() throws {
        var campaign = Self.campaign
        campaign.seed = 12
        let recorded = try ShardReplay(campaign: campaign, worldModel: smallModel()).roll(Self.shard)
        for scenarios: Range<UInt64> in [Self.shard, 8..<9] {
            let verdict = try Self.replay.verify(scenarios, of: Self.shard, against: recorded)
            guard case .different(let difference) = verdict else {
                return #expect(Bool(false), "another seed gave the same bits")
            }
            #expect(difference.scenario == 8)
            #expect(difference.step == 1)
        }
    }

    @Test func aCancelledReplayThrowsInsteadOfComparing() {
        #expect(throws: ReplayError.interrupted) {
            try Self.replay.roll(Self.shard, isCancelled: { true })
        }
    }

    @Test func theStateTableHoldsEveryStepOfEveryScenarioInOrder() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).csv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let table = try StateTable(path: path)
        let result = try Self.replay.roll(8..<10, to: Self.sink { try table.append($0) })
        try table.close()
        #expect(result == (try Self.replay.roll(8..<10)), "watching changed a bit")

        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == table.rows + 1)
        let names = lines[0].split(separator: ",")
        #expect(names.prefix(5) == ["scenario", "step", "time_s", "agent", "is_ego"])
        let rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(rows.allSatisfy { $0.count == names.count })
        for record in result.records {
            let egos = rows.filter { $0[0] == "\(record.scenario)" && $0[4] == "1" }
            #expect(egos.count == Int((record.simulatedSeconds * 10).rounded()))
            #expect(egos.map { Int($0[1]) } == (1...egos.count).map { $0 })
        }
        #expect(rows.map { UInt64($0[0]) ?? 0 } == rows.map { UInt64($0[0]) ?? 0 }.sorted())
    }

    @Test func aPathThatCannotBeWrittenIsNamed() {
        #expect(throws: ReplayError.self) { try StateTable(path: "/nowhere/at/all/states.csv") }
    }

    @Test func whatASinkThrowsEndsTheReplay() {
        #expect(throws: ReplayError.cannotWrite(path: "x", reason: "full")) {
            try Self.replay.roll(
                Self.shard, to: Self.sink { _ in throw ReplayError.cannotWrite(path: "x", reason: "full") })
        }
    }

    static func sink(_ receive: @escaping (RolloutRecording) throws -> Void) -> RecordingSink {
        RecordingSink(
            origin: { scenario in
                RecordingOrigin(
                    campaignName: campaign.name, campaignIdentity: "cafe", seed: campaign.seed,
                    policy: campaign.policy.rawValue, worldModel: "small", shard: Int(scenario / 8),
                    command: "longhaul replay c.yaml --scenario \(scenario)")
            }, receive: receive)
    }
}

/// A world model with arbitrary weights: its drivers are odd, its bits are as good as any.
func smallModel() -> WorldModel {
    let random = CounterRandom(seed: 3, scenario: 0)
    var drawn: UInt32 = 0
    func values(_ count: Int, scale: Float) -> [Float] {
        (0..<count).map { _ in
            drawn += 1
            return (random.uniforms(agent: 0, step: drawn, purpose: .training).x - 0.5) * scale
        }
    }
    func quantiles(rows: Int, from low: Float, to high: Float) -> [Float] {
        let last = Float(SceneStatistics.quantileCount - 1)
        return (0..<rows * SceneStatistics.quantileCount).map {
            low + (high - low) * Float($0 % SceneStatistics.quantileCount) / last
        }
    }
    func layer(_ inputs: Int, _ outputs: Int) -> NetworkWeights.Layer {
        .init(
            inputs: inputs, outputs: outputs, weight: values(inputs * outputs, scale: 0.3),
            bias: values(outputs, scale: 0.1))
    }
    let bins = SceneStatistics.speedBins, kinds = SceneStatistics.kinds
    return WorldModel(
        vocabulary: MotionVocabulary(
            longitudinal: values(16 * 5, scale: 4), lateral: values(8 * 5, scale: 1)),
        network: NetworkWeights(layers: [layer(Features.count, 16), layer(16, 24)]),
        statistics: SceneStatistics(
            gapQuantiles: quantiles(rows: bins, from: 8, to: 80),
            speedDeviationQuantiles: quantiles(rows: bins, from: -2, to: 2),
            laneSpeedQuantiles: quantiles(rows: bins, from: -1, to: 1),
            offsetQuantiles: quantiles(rows: bins, from: -0.3, to: 0.3), kindShares: [0.9, 0.08, 0.02],
            lengthQuantiles: quantiles(rows: kinds, from: 4, to: 6),
            widthQuantiles: quantiles(rows: kinds, from: 1.7, to: 2.1)),
        temperature: 1, provenance: [:])
}
