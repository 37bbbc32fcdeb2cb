import Policies
import ReproducibleMath
import Testing

@Suite struct LaneChangeTests {
    let parameters = PolicyParameters()

    /// A driver at 28 m/s behind one at 18 m/s, on two lanes.
    private func slowLeader(laneChanges: Bool = true) -> World {
        var parameters = parameters
        parameters.changesLanes = laneChanges
        let world = World(laneCount: 2)
        world.add(lane: 1, s: 0, speed: 28, driver: .idmMobil(parameters))
        world.add(lane: 1, s: 80, speed: 18, driver: .constantVelocity)
        return world
    }

    @Test func overtakesASlowLeaderWhenTheLeftLaneIsFree() {
        let world = slowLeader()
        for _ in 0..<300 {
            world.step()
            #expect(world.overlap() == nil)
        }
        #expect(world.agents.s[0] > world.agents.s[1] + 20)
    }

    @Test func staysBehindASlowLeaderWhileTheLeftLaneIsOccupied() {
        let world = slowLeader()
        for row in 0..<16 {
            world.add(lane: 0, s: -300 + 30 * Float(row), speed: 18, driver: .constantVelocity)
        }
        for _ in 0..<120 {
            world.step()
            #expect(world.overlap() == nil)
            #expect(world.memories[0].targetLane == 1)
        }
    }

    @Test func neverChangesLanesWhenToldNotTo() {
        let world = slowLeader(laneChanges: false)
        for _ in 0..<300 {
            world.step()
            #expect(abs(world.agents.d[0] - world.centre(1)) < 0.05)
        }
        #expect(abs(world.agents.speed[0] - 18) < 0.5)
    }

    @Test func doesNotChangeInFrontOfAFastFollower() {
        let world = slowLeader()
        world.add(lane: 0, s: -25, speed: 40, driver: .constantVelocity)
        for _ in 0..<15 {
            world.step()
            #expect(world.memories[0].targetLane == 1)
        }
    }

    @Test(arguments: [Float(12), 20, 30, 40])
    func aLaneChangeTakesFourToSixSecondsAndIsGentle(speed: Float) {
        let world = World(laneCount: 2, speedLevel: speed)
        world.add(lane: 1, s: 0, speed: speed, driver: .idmMobil(parameters))
        world.add(lane: 1, s: 2 * speed + 5, speed: 0.6 * speed, driver: .constantVelocity)
        var begun: Int?, done: Int?
        for step in 0..<200 {
            world.step()
            if begun == nil && abs(world.agents.d[0] - world.centre(1)) > 0.2 { begun = step }
            if done == nil && abs(world.agents.d[0] - world.centre(0)) < 0.2 { done = step }
            #expect(abs(world.lateralAccelerations[0]) < 1.6)
            #expect(world.agents.d[0] < world.centre(0) + 0.2)
        }
        let seconds = Float((done ?? 1000) - (begun ?? 0)) * 0.1
        #expect(seconds > 2.5 && seconds < 6, "\(seconds) s")
    }

    @Test func givesUpALaneChangeWhenSomebodyComesAlongside() {
        let world = slowLeader()
        world.step()
        while world.memories[0].targetLane == 1 && world.agents.s[0] < 500 { world.step() }
        #expect(world.memories[0].targetLane == 0)
        for _ in 0..<5 { world.step() }
        // From the far lane, into the gap that was free a moment ago.
        world.add(lane: 0, s: world.agents.s[0] + 1, speed: world.agents.speed[0], driver: .constantVelocity)
        for _ in 0..<40 {
            world.step()
            #expect(world.overlap() == nil)
        }
    }

    @Test func leavesALaneThatEndsAndStopsBeforeItsEndWhereItCannotLeave() {
        let free = World(laneCount: 2, laneEnd: 600)
        free.add(lane: 0, s: 100, speed: 25, driver: .idmMobil(parameters))
        for _ in 0..<400 { free.step() }
        #expect(abs(free.agents.d[0] - free.centre(1)) < 0.2)
        #expect(free.agents.s[0] > 700)

        let walled = World(laneCount: 2, laneEnd: 600)
        walled.add(lane: 0, s: 100, speed: 25, driver: .idmMobil(parameters))
        for row in 0..<55 { walled.add(lane: 1, s: 12 * Float(row), speed: 0, driver: .pushed(0)) }
        for _ in 0..<600 { walled.step() }
        #expect(walled.overlap() == nil)
        #expect(walled.agents.s[0] < 600 && walled.agents.s[0] > 550)
    }

    @Test func brakesForSomebodyWhoMovesInFromBeside() {
        let world = World(laneCount: 2)
        world.add(lane: 1, s: 0, speed: 25, driver: .idmMobil(parameters))
        let other = world.add(lane: 0, s: 12, speed: 22, driver: .constantVelocity)
        world.agents.heading[other] = -0.05
        world.agents.lateralSpeed[other] = -1.1
        world.agents.d[other] -= 0.7
        world.look()
        #expect(world.action(of: 0).acceleration < -1)
    }

    @Test(arguments: 0..<12)
    func denseTrafficOfSuchDriversDoesNotCollide(seed: Int) {
        let random = CounterRandom(seed: UInt64(seed), scenario: 0)
        let world = World(laneCount: 3, speedLevel: 30)
        for lane in 0..<3 {
            var s: Float = 0
            for row in 0..<12 {
                let u = random.uniforms(agent: UInt32(lane), step: UInt32(row), purpose: .placement)
                s += 14 + 30 * u.x
                var character = PolicyParameters.trafficBaseline
                character.desiredSpeedFactor = 0.5 + 0.6 * u.y
                world.add(lane: lane, s: s, speed: 10 + 3 * u.z, driver: .idmMobil(character))
            }
        }
        var changes = 0
        for _ in 0..<600 {
            let before = world.memories.map(\.targetLane)
            world.step()
            changes += zip(before, world.memories).count { $0 >= 0 && $0 != $1.targetLane }
            if let (a, b) = world.overlap() {
                Issue.record("seed \(seed): \(a) and \(b) overlap")
                return
            }
        }
        #expect(changes > 5)
    }
}
