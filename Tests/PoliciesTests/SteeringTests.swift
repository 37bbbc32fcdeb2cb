import Policies
import ReproducibleMath
import Testing

@Suite struct SteeringTests {
    @Test(arguments: [Float(5), 15, 30, 40], [Float(1), -1])
    func returnsFromOneMetreAsideWithoutOvershoot(speed: Float, offset: Float) {
        let world = World(speedLevel: max(speed, 10))
        var parameters = PolicyParameters()
        parameters.desiredSpeedFactor = speed / max(speed, 10)
        parameters.changesLanes = false
        world.add(lane: 1, s: 0, speed: speed, offset: offset, driver: .idmMobil(parameters))
        var overshoot: Float = 0
        for _ in 0..<150 {
            world.step()
            overshoot = max(overshoot, -world.agents.d[0] * offset)
            #expect(abs(world.lateralAccelerations[0]) <= 2.5)
        }
        #expect(overshoot < 0.3)
        #expect(abs(world.agents.d[0]) < 0.02)
    }

    @Test(arguments: [Float(5), 15, 30, 45])
    func holdsTheLaneInABendWithoutExceedingTheLateralLimit(speed: Float) {
        let world = World(speedLevel: speed, curvature: 1 / 900)
        world.add(lane: 1, s: 0, speed: speed, driver: .idmMobil(PolicyParameters()))
        for _ in 0..<600 {
            world.step()
            #expect(abs(world.lateralAccelerations[0]) <= 2.5)
            #expect(abs(world.agents.d[0]) < 0.1)
        }
    }

    @Test(arguments: [Float(0), 0.3, 1, 3, 8, 45])
    func isStableAtEverySpeedFromALargeHeadingError(speed: Float) {
        let world = World(laneCount: 6, speedLevel: 45)
        world.add(lane: 3, s: 0, speed: speed, driver: .constantVelocity)
        world.agents.heading[0] = 0.1
        for _ in 0..<1200 { world.step() }
        #expect(abs(world.agents.heading[0]) <= (speed < 0.5 ? 0.1 : 0.005))
        #expect(world.agents.speed[0] == speed)
    }

    @Test func givesFiniteActionsWithinLimitsForAnySurroundings() {
        for seed in 0..<400 {
            let random = CounterRandom(seed: 77, scenario: UInt64(seed))
            let world = World(laneCount: 2 + seed % 4, curvature: seed % 2 == 0 ? 0 : 0.0016)
            for slot in 0..<24 {
                let u = random.uniforms(agent: UInt32(slot), step: 0, purpose: .placement)
                let w = random.uniforms(agent: UInt32(slot), step: 1, purpose: .placement)
                world.add(
                    lane: slot % (2 + seed % 4), s: 100 * u.x, speed: 45 * u.y * u.y, offset: 4 * (u.z - 0.5),
                    driver: .idmMobil(.trafficBaseline))
                world.agents.heading[slot] = 2 * (w.x - 0.5)
                world.agents.lateralSpeed[slot] = 8 * (w.y - 0.5)
                world.agents.recentAcceleration[slot] = 16 * (w.z - 0.5)
                world.agents.speedTrait[slot] = 10 * (w.w - 0.5)
                world.agents.headwayTrait[slot] = 40 * (u.w - 0.5)
                world.memories[slot].targetLane = Int32(slot % 9) - 2
                world.memories[slot].changeProgress = u.w
            }
            world.look()
            for slot in 0..<24 {
                let action = world.action(of: slot)
                #expect(action.acceleration >= -8 && action.acceleration <= 1.4, "seed \(seed), slot \(slot)")
                #expect(abs(action.curvature) < 0.11, "seed \(seed), slot \(slot)")
            }
        }
    }
}
