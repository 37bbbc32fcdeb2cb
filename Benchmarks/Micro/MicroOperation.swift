import Metrics
import Policies
import RecordStore
import ReproducibleMath
import Rollout
import RolloutState
import Scenarios
import WorldModel

/// A piece of a rollout's work, small enough to be called again and again.
struct MicroOperation {
    var name: String
    /// What one call does `count` of.
    var unit: String
    var count: Int
    /// Sets up, and returns the call.
    var prepare: () throws -> () -> Void

    /// - Parameter isWide: whether kernels are the AVX-512 build.
    static func all(isWide: Bool) throws -> [MicroOperation] {
        let model = try WorldModel.shipped()
        func scenes(hasEgo: Bool = true) -> MicroScenes { MicroScenes(model: model, hasEgo: hasEgo, isWide: isWide) }
        return [
            MicroOperation(name: "random", unit: "draws of four numbers", count: 512) {
                var scenario: UInt64 = 0
                return {
                    // Another one each time, or all of it would be a constant.
                    scenario += 1
                    let random = CounterRandom(seed: 1, scenario: scenario)
                    var sum = SIMD4<Float>(repeating: 0)
                    for agent in 0..<512 as Range<UInt32> {
                        sum += random.uniforms(agent: agent, step: 3, purpose: .motionToken)
                    }
                    keep(sum.x)
                }
            },
            MicroOperation(name: "neighbours", unit: "drivers", count: MicroScenes.agents) {
                let scenes = scenes()
                return { for scene in 0..<MicroScenes.scenes { findNeighbours(scenes.batch.pointee, scene: scene) } }
            },
            MicroOperation(name: "features", unit: "drivers", count: MicroScenes.agents) {
                let scenes = scenes()
                return { writeFeatures(scenes.batch.pointee) }
            },
            MicroOperation(name: "decisions", unit: "decisions, all of it", count: MicroScenes.agents) {
                let scenes = scenes()
                return { scenes.decide() }
            },
            MicroOperation(name: "policy", unit: "actions of IDM + MOBIL", count: MicroScenes.agents) {
                let scenes = scenes()
                return { actByRules(scenes.batch.pointee) }
            },
            MicroOperation(name: "integration", unit: "agent-steps", count: 5 * MicroScenes.agents) {
                let scenes = scenes(hasEgo: false)
                return {
                    scenes.restore()
                    scenes.advance()
                }
            },
            MicroOperation(
                name: "collisions", unit: "agent-steps moved, tested, noted", count: 5 * MicroScenes.agents
            ) {
                let scenes = scenes()
                return {
                    scenes.restore()
                    scenes.advance()
                }
            },
            MicroOperation(name: "scenarios", unit: "scenarios drawn", count: 16) {
                let generator = ScenarioGenerator(campaign: Campaign(), statistics: model.statistics)
                return {
                    for index in 0..<16 as Range<UInt64> { keep(generator.scenario(index).agents[0].speed) }
                }
            },
            MicroOperation(name: "encode", unit: "records", count: 512) {
                let records = try RealRecords.make(512)
                return { keep(Float((try? BlockCodec.encode(records))?.count ?? 0)) }
            },
            MicroOperation(name: "decode", unit: "records", count: 512) {
                let block = try BlockCodec.encode(RealRecords.make(512))
                return { keep((try? BlockCodec.decode(block))?[0].egoMeters ?? 0) }
            },
        ]
    }
}

/// Records of real rollouts, short ones.
enum RealRecords {
    static func make(_ count: Int) throws -> [RolloutRecord] {
        var campaign = Campaign()
        campaign.horizonSeconds = 5
        campaign.burnInSeconds = 0.5
        // The kernel that valgrind knows.
        let kernel: KernelClass = KernelClass.available.contains(.x86v3) ? .x86v3 : .portable
        let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped(), kernel: kernel)
        var records: [RolloutRecord] = []
        _ = engine.run(scenarios: Array(0..<UInt64(count))) { records.append($0) }
        return records.sorted { $0.scenario < $1.scenario }
    }
}

/// The optimiser can't tell that nobody reads it.
@inline(never) @_optimize(none)
func keep(_ value: Float) {}

@inline(never)
private func findNeighbours(_ batch: RolloutBatch, scene: Int) {
    let first = scene * batch.stride
    Surroundings.find(
        agents: batch.agents.from(first), count: MicroScenes.agentsPerScene,
        corridor: batch.scenes[scene].corridor, order: batch.order + first, lanes: batch.lanes + first,
        besides: batch.besides + first, neighbours: batch.neighbours + first * Neighbour.count)
}

/// Gathers situations and writes features for sixteen drivers side by side, as a decision does.
@inline(never)
private func writeFeatures(_ batch: RolloutBatch) {
    let tile = PackedNetwork.tile
    for scene in 0..<MicroScenes.scenes {
        let first = scene * batch.stride
        for start in stride(from: 0, to: MicroScenes.agentsPerScene, by: 16) {
            for slot in start..<start + 16 {
                Situation.gather(
                    slot: slot, agents: batch.agents.from(first), corridor: batch.scenes[scene].corridor,
                    lanes: batch.lanes + first, neighbours: batch.neighbours + first * Neighbour.count,
                    seesAll: batch.scenes[scene].seesAll, to: batch.situations + (slot - start), stride: tile)
            }
            Features.write(
                SituationColumns<SIMD16<Float>>(batch.situations, stride: tile), to: batch.input, stride: tile)
        }
    }
}

@inline(never)
private func actByRules(_ batch: RolloutBatch) {
    var sum: Float = 0
    for scene in 0..<MicroScenes.scenes {
        let first = scene * batch.stride
        for slot in 0..<MicroScenes.agentsPerScene {
            let action = IdmMobil.act(
                slot: slot, agents: batch.agents.from(first), corridor: batch.scenes[scene].corridor,
                lanes: batch.lanes + first, neighbours: batch.neighbours + first * Neighbour.count,
                memory: &batch.policyMemory[first + slot], parameters: batch.policyParameters[first + slot])
            sum += action.acceleration
        }
    }
    keep(sum)
}
