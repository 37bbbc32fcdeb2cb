import Foundation

/// Every measured component of every agent at every step of one motion, be it recorded or simulated:
/// both are measured by this code.
package struct MotionFeatures {
    /// Time to collision of agents that approach nobody, seconds.
    static let longestTimeToCollision = 5.0
    /// Distance to the nearest object of agents with nobody around, metres: the end of every histogram.
    static let farthestObject = 40.0

    let agents: Int
    let steps: Int
    /// `[(component * agents + agent) * steps + step]`; only steps at which the agent is recorded.
    private(set) var values: [Double]

    /// - Parameter poses: `[step * agents + agent]` after the start.
    package init(scene: JudgedScene, poses: ArraySlice<Pose>) {
        agents = scene.agents.count
        steps = scene.steps
        values = Array(repeating: 0, count: RealismComponent.measured.count * agents * steps)
        for (agent, judged) in scene.agents.enumerated() { measureKinematics(of: agent, judged, poses) }
        for step in 0..<steps { measureSurroundings(scene, step, poses) }
    }

    package func value(_ component: RealismComponent, agent: Int, step: Int) -> Double {
        values[(component.rawValue * agents + agent) * steps + step]
    }

    private mutating func set(_ component: RealismComponent, _ agent: Int, _ step: Int, _ value: Double) {
        values[(component.rawValue * agents + agent) * steps + step] = value
    }

    /// Speed, acceleration along the heading, turn rate and its change, from local quadratic fits over
    /// the recorded past and this motion.
    private mutating func measureKinematics(
        of agent: Int, _ judged: JudgedScene.Agent, _ poses: ArraySlice<Pose>
    ) {
        let past = judged.past.suffix(SmoothedDerivatives.reach + 1)
        var path = Array(past)
        for step in judged.future.indices { path.append(poses[poses.startIndex + step * agents + agent]) }
        let x = SmoothedDerivatives(path.map(\.x))
        let y = SmoothedDerivatives(path.map(\.y))
        let turn = SmoothedDerivatives(Self.unwrapped(path.map(\.heading)))
        for step in judged.future.indices {
            let frame = past.count + step
            let velocity = (x.slope[frame] * x.slope[frame] + y.slope[frame] * y.slope[frame]).squareRoot()
            set(.speed, agent, step, velocity)
            set(
                .acceleration, agent, step,
                x.curvature[frame] * path[frame].cosine + y.curvature[frame] * path[frame].sine)
            set(.turnRate, agent, step, turn.slope[frame])
            set(.turnAcceleration, agent, step, turn.curvature[frame])
            set(.roadEdge, agent, step, path[frame].roadEdge)
        }
    }

    /// Angles without the jumps of 2π.
    static func unwrapped(_ angles: [Double]) -> [Double] {
        var result = angles
        for index in angles.indices.dropFirst() {
            let change = (angles[index] - angles[index - 1]).remainder(dividingBy: 2 * .pi)
            result[index] = result[index - 1] + change
        }
        return result
    }

    private mutating func measureSurroundings(
        _ scene: JudgedScene, _ step: Int, _ poses: ArraySlice<Pose>
    ) {
        var bodies: [Body] = []
        bodies.reserveCapacity(agents)
        for (agent, judged) in scene.agents.enumerated() where step < judged.future.count {
            let pose = poses[poses.startIndex + step * agents + agent]
            let box = OrientedBox(pose: pose, length: judged.length, width: judged.width)
            bodies.append(
                Body(
                    agent: agent, box: box, radius: box.radius,
                    speed: value(.speed, agent: agent, step: step)))
        }
        var nearest = [Double](repeating: Self.farthestObject, count: bodies.count)
        for first in bodies.indices {
            for second in bodies.indices.dropFirst(first + 1) {
                let reach = max(nearest[first], nearest[second])
                guard bodies[first].mayBeWithin(reach, of: bodies[second]) else { continue }
                let distance = bodies[first].box.signedDistance(to: bodies[second].box)
                nearest[first] = min(nearest[first], distance)
                nearest[second] = min(nearest[second], distance)
            }
        }
        for (index, body) in bodies.enumerated() {
            set(.nearestObject, body.agent, step, nearest[index])
            set(.timeToCollision, body.agent, step, body.timeToCollision(among: bodies))
        }
    }
}

/// An agent at one step.
private struct Body {
    let agent: Int
    let box: OrientedBox
    let radius: Double
    let speed: Double

    /// False only if the outlines are at least `distance` apart.
    func mayBeWithin(_ distance: Double, of other: Body) -> Bool {
        let dx = other.box.x - box.x
        let dy = other.box.y - box.y
        let reach = distance + radius + other.radius
        return dx * dx + dy * dy < reach * reach
    }

    /// Seconds until this agent would reach the one ahead, both keeping their speeds; at most 5.
    ///
    /// As in the challenge's `compute_time_to_collision_with_object_in_front`: ahead is whoever is nearest
    /// among those in front whose extent overlaps this agent's sideways and whose heading differs by at
    /// most 75°; where they overlap by less than 0.5 m, by at most 10°.
    func timeToCollision(among bodies: [Body]) -> Double {
        var gap = Double.infinity
        var aheadSpeed = 0.0
        for other in bodies {
            let dx = other.box.x - box.x
            let dy = other.box.y - box.y
            let ahead = dx * box.cosine + dy * box.sine
            let across = abs(dy * box.cosine - dx * box.sine)
            guard ahead > 0, ahead - box.halfLength - other.radius < gap,
                across < box.halfWidth + other.radius
            else { continue }
            let cosine = box.cosine * other.box.cosine + box.sine * other.box.sine
            let sine = abs(box.cosine * other.box.sine - box.sine * other.box.cosine)
            let distance =
                ahead - box.halfLength - other.box.halfLength * abs(cosine) - other.box.halfWidth * sine
            let beside =
                across - box.halfWidth - other.box.halfWidth * abs(cosine) - other.box.halfLength * sine
            let follows = cosine >= Self.cosine75 && (beside < -0.5 || cosine >= Self.cosine10)
            if follows, distance > 0, beside < 0, distance < gap {
                gap = distance
                aheadSpeed = other.speed
            }
        }
        guard speed > aheadSpeed else { return MotionFeatures.longestTimeToCollision }
        return min(MotionFeatures.longestTimeToCollision, gap / (speed - aheadSpeed))
    }

    private static let cosine75 = cos(75 * Double.pi / 180)
    private static let cosine10 = cos(10 * Double.pi / 180)
}
