import TrafficData

/// How close the simulations of one scene come to what happened.
public struct SceneScore: Sendable, Codable, Equatable {
    public var scene: String
    public var source: RecordingSource
    /// Agents that were judged: recorded for at least one step after the start.
    public var agents: Int
    /// Likelihoods by `RealismComponent.rawValue`, each from 0 to 1, for both sets of bins.
    public var fine: [Double]
    public var published: [Double]
    /// What the agents of the rollouts did, as sums that can be pooled over scenes.
    public var conduct: Conduct

    /// Weighted sum of the likelihoods.
    public func meta(_ bins: BinSet) -> Double {
        zip(RealismComponent.allCases, bins == .fine ? fine : published).reduce(0) {
            $0 + $1.0.weight * $1.1
        }
    }
}

/// What simulated agents did, as sums over agents, rollouts and steps.
public struct Conduct: Sendable, Codable, Equatable {
    /// Agents times rollouts, without those that overlap somebody in the recording.
    public var collisionRollouts = 0
    public var collided = 0
    /// Agents times rollouts.
    public var agentRollouts = 0
    public var leftRoad = 0
    /// Agent steps, and those with an acceleration below −3 m/s².
    public var steps = 0
    public var hardBrakeSteps = 0
    /// Judged agents, and the sum over them of the smallest mean distance from the recording that a
    /// rollout had, metres.
    public var agents = 0
    public var minimumDisplacement = 0.0
    /// 1, 2, 3, 4 and 5 s after the start: agents still recorded, and the sum of squares of the distance
    /// between recording and mean of the rollouts, m².
    public var atSecond = [Int](repeating: 0, count: 5)
    public var squaredError = [Double](repeating: 0, count: 5)

    public var collisionShare: Double { share(collided, collisionRollouts) }
    public var offRoadShare: Double { share(leftRoad, agentRollouts) }
    public var hardBrakeShare: Double { share(hardBrakeSteps, steps) }
    /// Mean over agents, metres.
    public var minADE: Double { agents > 0 ? minimumDisplacement / Double(agents) : 0 }
    /// Root mean square error of the mean rollout after 1 to 5 s, metres; nil where nobody was recorded.
    public var rootMeanSquare: [Double?] {
        zip(squaredError, atSecond).map { $1 > 0 ? ($0 / Double($1)).squareRoot() : nil }
    }

    private func share(_ part: Int, _ whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }

    static func += (sum: inout Conduct, next: Conduct) {
        sum.collisionRollouts += next.collisionRollouts
        sum.collided += next.collided
        sum.agentRollouts += next.agentRollouts
        sum.leftRoad += next.leftRoad
        sum.steps += next.steps
        sum.hardBrakeSteps += next.hardBrakeSteps
        sum.agents += next.agents
        sum.minimumDisplacement += next.minimumDisplacement
        for second in sum.atSecond.indices {
            sum.atSecond[second] += next.atSecond[second]
            sum.squaredError[second] += next.squaredError[second]
        }
    }
}
