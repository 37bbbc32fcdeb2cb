import Foundation
import TrafficData

/// Scores simulations of a scene against its recording, as the Waymo Open Sim Agents Challenge does
/// (Montali et al., 2023, 2025 edition), with bins for freeways.
///
/// For each measured component and agent one histogram is filled over all rollouts and steps; the
/// recording's value at each step has the probability of its bin. The mean logarithm over agents and
/// steps, exponentiated, is the component's likelihood. Collision and off-road are events of a whole
/// rollout; the share of rollouts in which they happen predicts whether they happened.
public enum RealismMetrics {
    /// Added to the rollouts with and without an event. The challenge's 0.001 would let one unforeseen
    /// event decide a scene of forty agents.
    public static let eventPseudocount = 0.5
    /// A corner this far outside the road is off it, metres.
    public static let offRoadTolerance = 0.6
    /// Braking beyond this is hard, m/s².
    public static let hardBrake = -3.0

    /// - Precondition: `simulated` has the scene's agents and steps and at least one rollout.
    public static func score(_ scene: JudgedScene, _ simulated: SimulatedScene) -> SceneScore {
        precondition(simulated.agents == scene.agents.count && simulated.steps == scene.steps)
        precondition(simulated.rollouts > 0)
        let recording = scene.recordingAsSimulation(rollouts: 1)
        let recorded = MotionFeatures(scene: scene, poses: recording.poses[...])
        let stride = scene.steps * scene.agents.count
        let rollouts = (0..<simulated.rollouts).map {
            MotionFeatures(scene: scene, poses: simulated.poses[($0 * stride)..<(($0 + 1) * stride)])
        }
        let events = Events(scene: scene, recorded: recorded, rollouts: rollouts)
        var conduct = Conduct()
        events.count(into: &conduct)
        countBraking(scene, rollouts, into: &conduct)
        countDisplacement(scene, simulated, into: &conduct)
        func likelihoods(_ bins: BinSet) -> [Double] {
            RealismComponent.allCases.map { component in
                guard let histogram = component.histogram(bins) else { return events.likelihood(component) }
                return likelihood(of: component, histogram, scene, recorded, rollouts)
            }
        }
        return SceneScore(
            scene: scene.name, source: scene.source, agents: scene.judgedAgents.count,
            fine: likelihoods(.fine), published: likelihoods(.published), conduct: conduct)
    }

    private static func likelihood(
        of component: RealismComponent, _ histogram: Histogram, _ scene: JudgedScene,
        _ recorded: MotionFeatures,
        _ rollouts: [MotionFeatures]
    ) -> Double {
        var sum = 0.0
        var values = 0
        for agent in scene.judgedAgents {
            let steps = scene.agents[agent].future.count
            var counts = [Double](repeating: Histogram.pseudocount, count: histogram.count)
            for rollout in rollouts {
                for step in 0..<steps {
                    counts[histogram.bin(of: rollout.value(component, agent: agent, step: step))] += 1
                }
            }
            let total = Double(steps * rollouts.count) + Histogram.pseudocount * Double(histogram.count)
            for step in 0..<steps {
                sum += log(
                    counts[histogram.bin(of: recorded.value(component, agent: agent, step: step))] / total)
            }
            values += steps
        }
        return values > 0 ? exp(sum / Double(values)) : 1
    }

    private static func countBraking(
        _ scene: JudgedScene, _ rollouts: [MotionFeatures], into conduct: inout Conduct
    ) {
        for agent in scene.judgedAgents {
            for step in scene.agents[agent].future.indices {
                for rollout in rollouts
                where rollout.value(.acceleration, agent: agent, step: step) < hardBrake {
                    conduct.hardBrakeSteps += 1
                }
            }
            conduct.steps += rollouts.count * scene.agents[agent].future.count
        }
    }

    private static func countDisplacement(
        _ scene: JudgedScene, _ simulated: SimulatedScene, into conduct: inout Conduct
    ) {
        for agent in scene.judgedAgents {
            let future = scene.agents[agent].future
            let sums = (0..<simulated.rollouts).map { rollout in
                future.indices.reduce(0) { sum, step in
                    let pose = simulated.pose(rollout: rollout, step: step, agent: agent)
                    return sum + hypot(pose.x - future[step].x, pose.y - future[step].y)
                }
            }
            conduct.agents += 1
            conduct.minimumDisplacement += (sums.min() ?? 0) / Double(future.count)
            for second in conduct.atSecond.indices {
                let step = (second + 1) * 10 - 1
                guard step < future.count else { break }
                let poses = (0..<simulated.rollouts).map {
                    simulated.pose(rollout: $0, step: step, agent: agent)
                }
                let x = poses.reduce(0) { $0 + $1.x } / Double(poses.count) - future[step].x
                let y = poses.reduce(0) { $0 + $1.y } / Double(poses.count) - future[step].y
                conduct.atSecond[second] += 1
                conduct.squaredError[second] += x * x + y * y
            }
        }
    }
}

extension JudgedScene {
    /// Agents that are recorded for at least one step after the start.
    var judgedAgents: [Int] { agents.indices.filter { !agents[$0].future.isEmpty } }
}

/// Collisions and leaving the road: per agent, whether they happened, and in how many rollouts.
private struct Events {
    private struct Outcome {
        let collided: Bool
        let leftRoad: Bool
        let collisions: Int
        let departures: Int
    }
    private let agents: [Outcome]
    private let rollouts: Int

    init(scene: JudgedScene, recorded: MotionFeatures, rollouts: [MotionFeatures]) {
        self.rollouts = rollouts.count
        agents = scene.judgedAgents.map { agent in
            let steps = scene.agents[agent].future.indices
            func collides(_ motion: MotionFeatures) -> Bool {
                steps.contains { motion.value(.nearestObject, agent: agent, step: $0) < 0 }
            }
            func leaves(_ motion: MotionFeatures) -> Bool {
                steps.contains {
                    motion.value(.roadEdge, agent: agent, step: $0) > RealismMetrics.offRoadTolerance
                }
            }
            return Outcome(
                collided: collides(recorded), leftRoad: leaves(recorded),
                collisions: rollouts.filter(collides).count, departures: rollouts.filter(leaves).count)
        }
    }

    /// Agents that overlap somebody in the recording are a fault of the recording and say nothing about
    /// collisions.
    func likelihood(_ component: RealismComponent) -> Double {
        component == .collision
            ? likelihood(agents.filter { !$0.collided }.map { (false, $0.collisions) })
            : likelihood(agents.map { ($0.leftRoad, $0.departures) })
    }

    private func likelihood(_ outcomes: [(happened: Bool, times: Int)]) -> Double {
        guard !outcomes.isEmpty else { return 1 }
        let pseudocount = RealismMetrics.eventPseudocount
        let sum = outcomes.reduce(0) { sum, outcome in
            let matching = outcome.happened ? outcome.times : rollouts - outcome.times
            return sum + log((Double(matching) + pseudocount) / (Double(rollouts) + 2 * pseudocount))
        }
        return exp(sum / Double(outcomes.count))
    }

    func count(into conduct: inout Conduct) {
        for agent in agents {
            conduct.agentRollouts += rollouts
            conduct.leftRoad += agent.departures
            if agent.collided { continue }
            conduct.collisionRollouts += rollouts
            conduct.collided += agent.collisions
        }
    }
}
