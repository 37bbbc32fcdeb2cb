import Policies
import ReproducibleMath
import TrafficData
import WorldModel

/// Recorded traffic slowed down, and how its drivers get going again.
///
/// The recordings hold nobody who drives slowly on a free road, or who closes up to a queue that moves away:
/// a model that only imitates them has no wish to go fast, and its traffic slows down for good. So a share of
/// the frames is also read with all speeds scaled by a common factor, thinned out, some single vehicles slower
/// still and some leaders taken away. Nobody recorded what people do there; the answer is that of the Intelligent
/// Driver Model with drivers who differ (Treiber, Hennecke and Helbing, 2000).
///
/// Such traffic is whole: everybody who is there is known (`Situation.gather`). Recorded traffic isn't, but for the
/// drivers who do what the room ahead leaves them, and so the network learns to tell the two apart.
package struct SlowedTraffic {
    /// Traffic is slowed to between nothing and this share of the recorded speeds: a little faster than recorded
    /// too, so that a free road isn't answered by ever more speed.
    private static let fastest: Float = 1.2
    /// Below this share of the recorded speeds the recordings have nothing to say.
    private static let slowShare: Float = 0.6
    /// A gap this long (metres and seconds) is a free road.
    private static let freeMeters: Float = 20, freeSeconds: Float = 3
    /// Share of vehicles that are slower still, of drivers whose road ahead is cleared, and of drivers whose
    /// leader is taken away.
    private static let laggards: Float = 0.05, cleared: Float = 0.2, leaderless: Float = 0.1
    /// Spread between drivers: logarithm of the time headway, share of the desired speed.
    private static let headwaySpread: Float = 0.2, speedSpread: Float = 0.08
    /// A driver whose road would have him speed up by more than this, m/s², is held back.
    private static let restlessness: Float = 0.1
    /// Mean time headway, s, of drivers who close up.
    private static let timeHeadway: Float = 1.2
    /// People get going more briskly than the model with its usual acceleration: by this factor, to at most this, m/s².
    /// How fast jams dissolve, and travel, hangs on it.
    private static let briskness: Float = 1.4, highest: Float = 2
    /// Speeds that chance has set make the model brake hard, which the guard does too where it has to, and a network
    /// that learned it brakes for nothing; m/s².
    private static let hardestBraking: Float = 1.5

    private let factor: Float

    package init(random: inout TrainingRandom) { factor = Self.fastest * random.uniform() }

    /// `agent` in the slowed traffic.
    package func applied(to agent: InitialAgent, random: inout TrainingRandom) -> InitialAgent {
        var agent = agent
        var share = factor * max(0, 1 + 0.1 * random.normal())
        if random.uniform() < Self.laggards { share *= random.uniform() }
        agent.speed *= share
        agent.lateralSpeed *= share
        agent.olderLateralSpeed *= share
        agent.lateralAcceleration *= share
        (agent.acceleration, agent.recentAcceleration, agent.olderAcceleration) = (0, 0, 0)
        return agent
    }

    /// Reads the decisions of one slowed frame.
    ///
    /// - Parameters:
    ///   - frame: loaded with slowed states.
    ///   - decisions: slots, and the motions that were recorded there.
    package func read(
        _ frame: RecordedFrame, _ decisions: [(slot: Int, profile: MotionProfile)], random: inout TrainingRandom,
        append: (_ slot: Int, _ answer: MotionProfile) -> Void
    ) {
        for (slot, recorded) in decisions {
            let chance = random.uniform()
            let removal: RecordedFrame.Removal = chance < Self.cleared
                ? .everybody : chance < Self.cleared + Self.leaderless ? .leader : .nobody
            let state = frame.states[slot]
            let traits = state.traitsKnown == 1
                ? (state.headwayTrait, state.speedTrait) : (random.normal(), random.normal())
            let past = (random.uniform(), 0.2 * random.normal())
            frame.without(removal, aheadOf: slot) {
                let gap = frame.gap(slot, .leader)
                let isFree = gap > Self.freeMeters + Self.freeSeconds * state.speed
                guard factor < Self.slowShare || isFree else { return }
                let acceleration = Self.acceleration(frame, slot, gap, traits)
                var agent = state
                agent.acceleration = acceleration * past.0 + past.1
                agent.recentAcceleration = agent.acceleration
                agent.olderAcceleration = agent.acceleration
                var answer = recorded
                for step in answer.along.indices {
                    answer.along[step] = acceleration
                    answer.across[step] *= factor
                }
                frame.replace(slot: slot, by: agent) { append(slot, answer) }
            }
        }
    }

    /// Whether a recorded driver is held back by something that the recording doesn't show: the room ahead would
    /// have him speed up.
    package static func isHeldBack(_ frame: RecordedFrame, _ slot: Int) -> Bool {
        acceleration(frame, slot, frame.gap(slot, .leader), (0, 0)) > restlessness
    }

    private static func acceleration(
        _ frame: RecordedFrame, _ slot: Int, _ gap: Float, _ traits: (headway: Float, speed: Float)
    ) -> Float {
        let leader = Int(frame.neighbours[slot * Neighbour.count + Neighbour.leader.rawValue])
        var parameters = PolicyParameters()
        parameters.timeHeadway = timeHeadway * Elementary.exp(headwaySpread * traits.headway)
        let acceleration = IntelligentDriver.acceleration(
            speed: frame.agents.speed[slot],
            desiredSpeed: frame.corridor.speedLevel * (1 + speedSpread * traits.speed),
            gap: leader >= 0 ? gap : IntelligentDriver.freeGap,
            leaderSpeed: leader >= 0 ? frame.agents.speed[leader] : 0, parameters: parameters)
        return (acceleration > 0 ? briskness * acceleration : acceleration).limited(-hardestBraking, highest)
    }
}
