import ReproducibleMath
import RoadNetwork

/// One future while it is being rolled out.
struct StreetRollout {
    private var scene: StreetScene
    private let controller: StreetSimulator.Controller
    private let random: CounterRandom
    private let plan: StreetSimulator.Plan?
    /// What each agent decided for this half second, m/s².
    private var decided: [Double]
    /// Speeds half a second ago, m/s.
    private var earlier: [Double]
    /// The offset from the route's line that each driver tends to, metres: wanders, and shifts by a lane
    /// where it changes lanes.
    private var habit: [Double]
    /// What is left of a lane change, metres to the left.
    private var changing: [Double]
    /// How much sharper each agent turns than its route, 1/m; fades.
    private var bend: [Double]
    /// Differs between drivers, standard normal.
    private let traits: [Float]
    private var features = [Float](repeating: 0, count: StreetFeatures.count)

    init(
        scene: StreetScene, controller: StreetSimulator.Controller, random: CounterRandom,
        plan: StreetSimulator.Plan?
    ) {
        self.scene = scene
        self.controller = controller
        self.random = random
        self.plan = plan
        decided = scene.agents.map { _ in 0 }
        earlier = scene.agents.map(\.speed)
        habit = scene.d
        changing = scene.agents.map { _ in 0 }
        bend = scene.agents.indices.map { index in
            let agent = scene.agents[index]
            let excess = agent.curvature - scene.routes[index].curvature(at: scene.s[index])
            return agent.speed > 2 ? min(max(StreetLateral.bend * excess, -0.04), 0.04) : 0
        }
        traits = scene.agents.indices.map {
            random.normals(agent: UInt32($0), step: 1, purpose: .routeChoice).x
        }
    }

    mutating func advance(_ step: Int, into poses: inout [StreetPose]) {
        if step % StreetSimulator.stepsPerDecision == 0 { decide(UInt32(step / StreetSimulator.stepsPerDecision)) }
        for index in scene.agents.indices {
            if let plan, plan.agent == index { follow(plan, index, step) } else { move(index, step) }
            poses.append(
                StreetPose(
                    place: scene.agents[index].place, facing: scene.agents[index].facing,
                    speed: scene.agents[index].speed))
        }
    }

    // MARK: - Deciding

    private mutating func decide(_ decision: UInt32) {
        if case .constantVelocity = controller { return }
        for index in scene.agents.indices where decision > 0 {
            scene.agents[index].acceleration = 2 * (scene.agents[index].speed - earlier[index])
        }
        earlier = scene.agents.map(\.speed)
        scene.look()
        for index in scene.agents.indices {
            aim(index, decision)
            let wanted = wantedAcceleration(index, decision)
            let safe = min(safeAcceleration(index, scene.ahead[index]), safeAcceleration(index, scene.yielding[index]))
            decided[index] = max(min(wanted, safe), -8)
        }
    }

    /// Chooses the offset that an agent steers for: its habit, but on the road and clear of others.
    private mutating func aim(_ index: Int, _ decision: UInt32) {
        let agent = scene.agents[index], route = scene.routes[index], s = scene.s[index]
        let distance = 0.5 * agent.speed
        guard distance > 0.05 else { return }
        if case .learned = controller {
            let normals = random.normals(agent: UInt32(index), step: decision, purpose: .streetSteering)
            let uniforms = random.uniforms(agent: UInt32(index), step: decision | 0x8000_0000, purpose: .streetSteering)
            // People differ in how much they wander; in turns everybody's line is another.
            let restless = Double(Elementary.exp(StreetLateral.spread * traits[index]))
            let bends = route.sharpest(from: s, distance: max(distance, 3)) > 0.012
            let size = (bends ? StreetLateral.turning : StreetLateral.wandering * restless) * distance.squareRoot()
            habit[index] += size * Double(normals.x) - habit[index] * min(distance / StreetLateral.memory, 1)
            considerLaneChange(index, uniforms)
        }
        let shift = min(max(changing[index], -StreetLateral.changeSpeed * 0.5), StreetLateral.changeSpeed * 0.5)
        changing[index] -= shift
        habit[index] += shift
        let within = route.offsets(
            at: s + max(agent.speed, 4), halfWidth: 0.5 * agent.width, length: agent.length)
        let slack = StreetLateral.edgeSlack
        scene.target[index] = min(max(habit[index] + scene.nudge[index], within.lowerBound - slack), within.upperBound + slack)
    }

    private mutating func considerLaneChange(_ index: Int, _ uniforms: SIMD4<Float>) {
        let agent = scene.agents[index]
        let chance = Float(StreetLateral.changesPerMetre * 0.5 * agent.speed)
        guard changing[index] == 0, agent.speed > 4, uniforms.x < chance else { return }
        let sides = scene.routes[index].neighbours(at: scene.s[index])
        // `habit` near 0 is this lane; whoever already changed may only come back.
        let left = habit[index] < -1.8 ? -habit[index] : sides.left
        let right = habit[index] > 1.8 ? -habit[index] : sides.right
        guard let shift = uniforms.y < 0.5 ? left : right, abs(habit[index] + shift) < 5,
            scene.isFree(habit[index] + shift, for: index)
        else { return }
        changing[index] = shift
    }

    private mutating func wantedAcceleration(_ index: Int, _ decision: UInt32) -> Double {
        let agent = scene.agents[index]
        switch controller {
        case .constantVelocity: return 0
        case .intelligentDriver:
            let trait = Double(traits[index])
            let desired = max(agent.speed, 12) * (1 + 0.1 * min(max(trait, -2), 2))
            return StreetFeatures.wanted(
                speed: agent.speed, scene.ahead[index], desired: desired,
                headway: 1.2 * (1 + 0.2 * min(max(trait, -2), 2)))
        case .learned(let driver):
            StreetFeatures.fill(&features, scene, index)
            let logits = driver.network.evaluate(features)
            let uniforms = random.uniforms(agent: UInt32(index), step: decision, purpose: .streetMotion)
            let token = driver.draw(logits, uniform: uniforms.x)
            let later = StreetDriver.speed(after: token, from: agent.speed, share: Double(uniforms.y))
            return (later - agent.speed) / 0.5
        }
    }

    /// The largest acceleration after which the agent can still stop behind what is ahead, both braking
    /// hard, after half a second in which it does not react (Gipps 1981).
    private func safeAcceleration(_ index: Int, _ obstacle: Obstacle?) -> Double {
        guard let obstacle else { return .infinity }
        let braking = 5.0, reaction = 0.5
        let speed = scene.agents[index].speed
        let other = max(obstacle.speed, 0)
        // Where the obstacle comes to rest, less a little to spare; who comes nearer takes space.
        let space = obstacle.gap - 0.4 + other * other / (2 * braking) + min(obstacle.speed, 0)
        let under = braking * braking * reaction * reaction / 4 + 2 * braking * (space - 0.5 * reaction * speed)
        let safe = under > 0 ? -0.5 * braking * reaction + under.squareRoot() : 0
        return (max(safe, 0) - speed) / reaction
    }

    // MARK: - Moving

    private mutating func move(_ index: Int, _ step: Int) {
        var agent = scene.agents[index]
        let old = agent.speed
        agent.speed = max(0, old + decided[index] * StreetSimulator.step)
        let distance = 0.5 * (old + agent.speed) * StreetSimulator.step
        agent.standing = agent.stands ? agent.standing + StreetSimulator.step : 0
        if distance > 0 {
            steer(index, distance)
            // On the inside of a bend the line is longer than the way.
            let stretch = 1 - scene.routes[index].curvature(at: scene.s[index]) * scene.d[index]
            scene.s[index] += distance / min(max(stretch, 0.5), 2)
            let (place, direction) = scene.routes[index].place(s: scene.s[index], d: scene.d[index])
            agent.place = place
            let turned = Elementary.sineAndCosine(Float(scene.slant[index]))
            agent.facing =
                (Double(turned.cosine) * direction + Double(turned.sine) * direction.leftward).unit()
        }
        scene.agents[index] = agent
    }

    /// How a driver comes to the offset it aims for, over metres of way.
    private static let steeringLength = 9.0
    /// Turning sharper than the route fades over this way, metres.
    private static let bendLength = 8.0

    private mutating func steer(_ index: Int, _ distance: Double) {
        let length = Self.steeringLength
        let error = min(max(scene.target[index] - scene.d[index], -2), 2)
        let slant = scene.slant[index]
        scene.d[index] += slant * distance
        let turn = error / (length * length) - 2 * slant / length + bend[index]
        bend[index] -= bend[index] * min(distance / Self.bendLength, 1)
        scene.slant[index] = min(max(slant + turn * distance, -0.8), 0.8)
    }

    private mutating func follow(_ plan: StreetSimulator.Plan, _ index: Int, _ step: Int) {
        guard !plan.poses.isEmpty else { return }
        let pose = plan.poses[min(step, plan.poses.count - 1)]
        scene.agents[index].place = pose.place
        scene.agents[index].facing = pose.facing
        scene.agents[index].speed = pose.speed
        scene.agents[index].standing = pose.speed < StreetAgent.stillness ? scene.agents[index].standing + 0.1 : 0
        if let on = scene.routes[index].project(pose.place, from: scene.s[index] - 10, to: scene.s[index] + 30) {
            scene.s[index] = on.s
            scene.d[index] = on.d
        }
    }
}
