import Rollout
import RolloutState
import Policies
import ReproducibleMath
import RoadNetwork
import Scenarios
import WorldModel

/// Something that one vehicle near the ego is made to do, to see how those around it answer.
public enum ScriptedAct: String, Sendable, CaseIterable, Codable {
    /// The ego's leader brakes at 4 m/s² for two seconds.
    case brake
    /// A vehicle beside moves over before the ego within three seconds.
    case cutIn = "cut-in"
    /// The ego's leader brakes at 3 m/s² and stays where it stops.
    case stop
}

/// What came of it.
public struct ScriptedOutcome: Sendable, Codable {
    public var act: ScriptedAct
    /// Scenes in which it could be done, and those in which the ego answered within four seconds.
    public var scenes: Int
    public var answered: Int
    /// From the act's beginning to a deceleration of 0.7 m/s², seconds, per scene.
    public var reactions: [Float]
    /// The ego's hardest braking, m/s², positive, per scene.
    public var braking: [Float]
    /// The smallest gap to the actor, metres, per scene that did not collide.
    public var smallestGaps: [Float]
    /// Scenes in which the ego and the actor collided.
    public var collisions: Int
    /// For `stop`: scenes in which the ego came to stand behind, and in which it went past the actor in the end.
    public var queued: Int
    public var passed: Int
    /// For `stop`: the longest queue, vehicles below 1 m/s within 100 m behind in the lane, per scene.
    public var queues: [Int]
    /// For `stop`: vehicles that came up behind the actor in its lane, within 100 m, and those that got past it.
    public var cameUp: Int
    public var gotPast: Int
    /// For `stop`: of the time that vehicles in other lanes spend within 100 m behind the actor, the share in which they
    /// are slower than 1 m/s; nil where there are none.
    public var standingBeside: Double?
}

/// Plays one act in scenes of the campaign and watches.
final class ScriptedScenes: SceneVisitor {
    /// Seconds into the rollout at which an actor is looked for, and how long the act is watched.
    static let start = 10.0
    static let watched: [ScriptedAct: Double] = [.brake: 6, .cutIn: 8, .stop: 90]
    static let horizon = 120.0

    private struct Play {
        var actor: Int
        var identity: UInt32
        var begin: UInt32
        var lane: Int
        /// Lateral distance to move over, metres.
        var sideways: Float
        var egoSpeeds: [Float] = []
        var reaction: Float?
        var braking: Float = 0
        var smallestGap: Float = 1000
        var hasCollided = false
        var stood = false
        var passed = false
        var longestQueue = 0
        var bottleneck = Bottleneck()
        var isOver = false
    }

    private let act: ScriptedAct
    private var plays: [UInt64: Play] = [:]

    init(act: ScriptedAct) { self.act = act }

    func willDecide(_ batch: RolloutBatch, scene: Int, scenario: Scenario) {
        let state = batch.scenes[scene]
        guard state.step >= state.measuredFrom + UInt32(Self.start * 10) else { return }
        if plays[scenario.index] == nil {
            guard let play = cast(batch, scene: scene) else { return }
            plays[scenario.index] = play
            batch.controllers[scene * batch.stride + play.actor] = Controller.constantVelocity.rawValue
        }
        guard let play = plays[scenario.index] else { return }
        let slot = scene * batch.stride + play.actor
        let isThere = batch.agents.present[slot] != 0 && batch.agents.identity[slot] == play.identity
        guard isThere && !isReleased(play, at: state.step) else {
            batch.controllers[slot] = Controller.worldModel.rawValue
            return
        }
        for substep in 0..<MotionVocabulary.stepsPerToken {
            let seconds = 0.1 * Float(state.step - play.begin) + 0.1 * Float(substep)
            let motion = motion(
                play, seconds: seconds, speed: batch.agents.speed[slot], lateralSpeed: batch.agents.lateralSpeed[slot])
            batch.plannedAcceleration[substep * batch.slots + slot] = motion.along
            batch.plannedLateral[substep * batch.slots + slot] = motion.across
        }
    }

    private func isReleased(_ play: Play, at step: UInt32) -> Bool {
        let seconds = 0.1 * Double(step - play.begin)
        switch act {
        case .brake: return seconds >= 2
        case .cutIn: return seconds >= 3
        case .stop: return false
        }
    }

    /// - Parameter lateralSpeed: at the half second's beginning; who brakes goes straight on within it.
    private func motion(
        _ play: Play, seconds: Float, speed: Float, lateralSpeed: Float
    ) -> (along: Float, across: Float) {
        let straighten = -lateralSpeed / (MotionVocabulary.stepSeconds * Float(MotionVocabulary.stepsPerToken))
        switch act {
        case .brake: return (-4, straighten)
        case .stop: return (speed > 0 ? -3 : 0, straighten)
        case .cutIn:
            // Sideways speed rises and falls as a sine squared within three seconds.
            let turn: Float = 2 * .pi / 3
            return (0, play.sideways * turn / 3 * Elementary.sineAndCosine(turn * seconds).sine)
        }
    }

    /// Whoever is in a position to play it now.
    private func cast(_ batch: RolloutBatch, scene: Int) -> Play? {
        let first = scene * batch.stride, state = batch.scenes[scene]
        let agents = batch.agents.from(first)
        guard agents.speed[0] > 4 else { return nil }
        let lane = Surroundings.laneOf(agents.d[0], 0, agents.s[0], state.corridor).lane
        func play(_ slot: Int, sideways: Float = 0) -> Play {
            Play(
                actor: slot, identity: agents.identity[slot], begin: state.step,
                lane: Surroundings.laneOf(agents.d[slot], 0, agents.s[slot], state.corridor).lane, sideways: sideways)
        }
        func offset(_ slot: Int, _ lane: Int) -> Float {
            let sample = state.corridor.sample(at: agents.s[slot])
            return agents.d[slot] - state.corridor.centre(lane: lane, sample: sample)
        }
        var leader: (slot: Int, gap: Float)?
        var beside: Int?
        for slot in 1..<Int(state.slotCount) where agents.present[slot] != 0 {
            let ahead = agents.s[slot] - agents.s[0]
            let gap = ahead - 0.5 * (agents.length[slot] + agents.length[0])
            let other = Surroundings.laneOf(agents.d[slot], 0, agents.s[slot], state.corridor).lane
            if ahead > 0 && other == lane && gap < leader?.gap ?? .infinity { leader = (slot, gap) }
            let nearest = 2 + 0.3 * agents.speed[0], farthest = 5 + 1.0 * agents.speed[0]
            if (other - lane).magnitude == 1 && gap > nearest && gap < farthest
                && (agents.speed[slot] - agents.speed[0]).magnitude < 3 && agents.lateralSpeed[slot].magnitude < 0.3
            {
                beside = slot
            }
        }
        switch act {
        case .brake:
            guard let leader, leader.gap > 3, leader.gap < 2 * agents.speed[0] else { return nil }
            return play(leader.slot)
        case .stop:
            // Straight in its lane: who stands across a lane line blocks two.
            guard let leader, leader.gap > agents.speed[0], leader.gap < 80,
                agents.lateralSpeed[leader.slot].magnitude < 0.2, offset(leader.slot, lane).magnitude < 0.6
            else { return nil }
            return play(leader.slot)
        case .cutIn:
            guard let beside, leader.map({ $0.gap > 2.2 * agents.speed[0] }) ?? true else { return nil }
            return play(beside, sideways: -offset(beside, lane))
        }
    }

    func didStep(_ batch: RolloutBatch, scene: Int, scenario: Scenario) {
        guard var play = plays[scenario.index], !play.isOver else { return }
        defer { plays[scenario.index] = play }
        let state = batch.scenes[scene]
        let agents = batch.agents.from(scene * batch.stride)
        let seconds = 0.1 * Float(state.step - play.begin)
        let isThere = agents.present[play.actor] != 0 && agents.identity[play.actor] == play.identity
        if !state.isActive && state.record.outcome == .collision {
            play.hasCollided = Body(agents, 0).overlaps(Body(agents, play.actor))
            play.isOver = true
            return
        }
        play.egoSpeeds.append(agents.speed[0])
        if play.egoSpeeds.count > 5 {
            let acceleration = 2 * (agents.speed[0] - play.egoSpeeds[play.egoSpeeds.count - 6])
            if seconds <= 6 { play.braking = max(play.braking, -acceleration) }
            if play.reaction == nil && acceleration < -0.7 && seconds <= 4 { play.reaction = seconds }
        }
        let ahead = agents.s[play.actor] - agents.s[0]
        if isThere {
            let gap = ahead - 0.5 * (agents.length[play.actor] + agents.length[0])
            let lane = Surroundings.laneOf(agents.d[0], 0, agents.s[0], state.corridor).lane
            if ahead > 0 && lane == play.lane || act == .cutIn { play.smallestGap = min(play.smallestGap, gap) }
            if ahead < 0 { play.passed = true }
            if act == .stop { noteTraffic(&play, agents, state) }
        } else if act == .stop {
            // Behind him somebody overlapped him, or he left the window.
            play.isOver = true
        }
        if Double(seconds) >= Self.watched[act] ?? 0 { play.isOver = true }
    }

    private func noteTraffic(_ play: inout Play, _ agents: AgentArrays, _ state: SceneState) {
        var queue = 0
        for slot in 0..<Int(state.slotCount) where agents.present[slot] != 0 && slot != play.actor {
            let ahead = agents.s[slot] - agents.s[play.actor], speed = agents.speed[slot]
            let lane = Surroundings.laneOf(agents.d[slot], 0, agents.s[slot], state.corridor).lane
            play.bottleneck.add(
                vehicle: agents.identity[slot], ahead: ahead, isInLane: lane == play.lane, speed: speed)
            guard ahead < 0, ahead > -Bottleneck.reach, speed < Bottleneck.standing, lane == play.lane else { continue }
            queue += 1
            if slot == 0 { play.stood = true }
        }
        play.longestQueue = max(play.longestQueue, queue)
    }

    /// Plays `act` in the campaign's first scenarios.
    /// - Throws: `RolloutEngine.Failure`.
    static func play(
        _ act: ScriptedAct, campaign: Campaign, model: WorldModel, scenarios: Int
    ) throws -> ScriptedOutcome {
        var campaign = campaign
        campaign.policy = .worldModel
        campaign.horizonSeconds = horizon
        let engine = try RolloutEngine(campaign: campaign, worldModel: model)
        let scenes = ScriptedScenes(act: act)
        _ = engine.run(scenarios: (0..<UInt64(scenarios)).map { $0 }, visitor: scenes) { _ in }
        return scenes.outcome
    }

    private var outcome: ScriptedOutcome {
        let plays = plays.sorted { $0.key < $1.key }.map(\.value)
        let beside = plays.map(\.bottleneck.steps)
        let steps = beside.reduce(0) { $0 + $1.all }, standing = beside.reduce(0) { $0 + $1.standing }
        return ScriptedOutcome(
            act: act, scenes: plays.count, answered: plays.count { $0.reaction != nil },
            reactions: plays.compactMap(\.reaction), braking: plays.map(\.braking),
            smallestGaps: plays.filter { !$0.hasCollided && $0.smallestGap < 1000 }.map(\.smallestGap),
            collisions: plays.count { $0.hasCollided }, queued: plays.count { $0.stood },
            passed: plays.count { $0.passed }, queues: act == .stop ? plays.map(\.longestQueue) : [],
            cameUp: plays.reduce(0) { $0 + $1.bottleneck.cameUp },
            gotPast: plays.reduce(0) { $0 + $1.bottleneck.gotPast },
            standingBeside: steps > 0 ? Double(standing) / Double(steps) : nil)
    }
}
