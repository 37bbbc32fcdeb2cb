import ReproducibleMath
import WorldModel

/// Draws single vehicles and their drivers from the learned distributions.
struct VehicleDraw {
    let statistics: SceneStatistics
    let random: CounterRandom

    /// Longest gap that is believed, metres: at `longestGap.standing` plus `perSpeed` times the follower's
    /// speed. Longer ones in slow traffic are vehicles that the recording missed.
    static let longestGap: (standing: Float, perSpeed: Float) = (10, 5)

    /// A table's value at a uniform number over (0, 1), from the lowest to the highest inner quantile: the
    /// outermost ones are where the recordings' tracking errors are.
    func central(_ table: [Float], speed: Float, at uniform: Float) -> Float {
        let step = 1 / Float(SceneStatistics.quantileCount - 1)
        return statistics.sample(
            table, row: SceneStatistics.bin(speed: speed), at: step + (1 - 2 * step) * uniform)
    }

    /// A vehicle's body, with everything else left at rest on the reference line.
    ///
    /// - Parameters:
    ///   - uniforms: kind, length, width and offset, each uniform over (0, 1).
    ///   - allowsTrucks: false in lanes that trucks keep out of.
    func body(_ uniforms: SIMD4<Float>, allowsTrucks: Bool) -> InitialAgent {
        let kind = kind(uniforms.x, allowsTrucks: allowsTrucks)
        var agent = InitialAgent()
        agent.kind = Float(kind)
        let length = statistics.sample(statistics.lengthQuantiles, row: kind, at: uniforms.y)
        let width = statistics.sample(statistics.widthQuantiles, row: kind, at: uniforms.z)
        agent.length = length.limited(1.5, 25)
        agent.width = width.limited(0.6, 2.6)
        return agent
    }

    private func kind(_ uniform: Float, allowsTrucks: Bool) -> Int {
        let shares = statistics.kindShares
        let trucks = allowsTrucks ? shares[1] : 0
        let position = uniform * (shares[0] + trucks + shares[2])
        return position < shares[0] ? 0 : position < shares[0] + trucks ? 1 : 2
    }

    /// Offset from the lane's centre, metres, such that the body stays 0.1 m inside its lane.
    func offset(_ uniform: Float, speed: Float, width: Float, laneWidth: Float) -> Float {
        let room = (0.5 * (laneWidth - width) - 0.1).limited(0, 3)
        return central(statistics.offsetQuantiles, speed: speed, at: uniform).limited(-room, room)
    }

    /// A speed in a lane whose traffic has the given mean, m/s.
    func speed(_ uniform: Float, laneMean: Float) -> Float {
        let deviation = central(statistics.speedDeviationQuantiles, speed: laneMean, at: uniform)
        return (laneMean + deviation).limited(0.05 * laneMean, 45)
    }

    /// Gap, bumper to bumper, that a follower keeps, metres; never less than `SafeGap`.
    func gap(_ uniform: Float, follower: Float, leader: Float) -> Float {
        let drawn = central(statistics.gapQuantiles, speed: follower, at: uniform)
        let least = SafeGap.between(follower: follower, leader: leader)
        let believed = drawn.limited(0, Self.longestGap.standing + Self.longestGap.perSpeed * follower)
        return believed > least ? believed : least
    }

    /// Gives a driver his lasting traits: they belong to his number, not to where he starts.
    func giveTraits(to agent: inout InitialAgent, identity: UInt32) {
        let traits = random.normals(agent: identity, step: 0, purpose: .driver)
        agent.headwayTrait = traits.x
        agent.speedTrait = traits.y
        agent.traitsKnown = 1
    }
}
