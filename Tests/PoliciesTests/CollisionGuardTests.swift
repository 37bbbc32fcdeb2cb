import Policies
import Testing
import WorldModel

/// Whom the guard of learned traffic sees, and what it forbids.
@Suite struct CollisionGuardTests {
    private func bounds(_ world: World, _ slot: Int) -> CollisionGuard<Float> {
        world.look()
        var column = [Float](repeating: 0, count: Situation.rows)
        Situation.gather(
            slot: slot, agents: world.agents, corridor: world.corridor, lanes: world.lanes,
            neighbours: world.neighbours, seesAll: true, to: &column, stride: 1)
        return CollisionGuard(SituationColumns<Float>(column, stride: 1))
    }

    private func neighbour(_ world: World, _ slot: Int, _ neighbour: Neighbour) -> Int {
        world.look()
        return Int(world.neighbours[slot * Neighbour.count + neighbour.rawValue])
    }

    @Test func aStraddlerAlongsideDoesNotHideTheQueue() {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: 15, driver: .constantVelocity)
        world.add(lane: 0, s: 102, speed: 15, offset: -1.5, driver: .constantVelocity)
        world.add(lane: 2, s: 101, speed: 15, offset: 1.5, driver: .constantVelocity)
        let queue = world.add(lane: 1, s: 130, speed: 0, driver: .constantVelocity)
        #expect(neighbour(world, own, .leader) == queue)
        #expect(bounds(world, own).acceleration < -0.5)
    }

    @Test func theBlockerIsWhoLeavesTheLeastRoomToStop() {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: 20, driver: .constantVelocity)
        world.add(lane: 1, s: 120, speed: 25, driver: .constantVelocity)
        let truck = world.add(lane: 2, s: 140, speed: 0, offset: 1.7, length: 15, driver: .constantVelocity)
        #expect(neighbour(world, own, .blocker) == truck)
        #expect(bounds(world, own).acceleration < -3)
    }

    @Test func whoIsNobodysNeighbourIsAThreatAllTheSame() {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: 15, driver: .constantVelocity)
        world.add(lane: 0, s: 96, speed: 15, driver: .constantVelocity)
        let fast = world.add(lane: 0, s: 88, speed: 25, driver: .constantVelocity)
        #expect(neighbour(world, own, .leftThreat) == fast)
        #expect(neighbour(world, own, .rightThreat) == -1)
    }

    @Test func aLongVehicleMayNotTurnAtACrawlBesideAnother() {
        let world = World()
        let truck = world.add(lane: 1, s: 100, speed: 0.5, length: 20, driver: .constantVelocity)
        world.add(lane: 0, s: 100, speed: 0, offset: -1, driver: .constantVelocity)
        let found = bounds(world, truck)
        // Turned by u / v, the nose would reach 10 m times that to the left, the tail 4 m to the other side.
        #expect(10 * found.lateralHigh / 0.5 < 0.7)
        #expect(found.lateralLow > -0.5)
    }

    @Test func squeezedFromBothSidesMeansStraightOn() {
        let world = World(laneCount: 3, laneWidth: 2.2)
        let own = world.add(lane: 1, s: 100, speed: 5, driver: .constantVelocity)
        world.add(lane: 0, s: 100, speed: 5, driver: .constantVelocity)
        world.add(lane: 2, s: 100, speed: 5, driver: .constantVelocity)
        let found = bounds(world, own)
        #expect(found.lateralLow == found.lateralHigh)
        #expect(found.lateralLow.magnitude < 0.01)
    }

    @Test func theRoadsEdgeIsNotCrossed() {
        let world = World(laneCount: 1)
        let own = world.add(lane: 0, s: 100, speed: 20, offset: 0.7, driver: .constantVelocity)
        let found = bounds(world, own)
        // Half a lane is 1.8 m, half a car 0.95 m: 0.15 m are left to the left.
        #expect(found.lateralHigh > 0 && found.lateralHigh < 0.15)
        #expect(found.lateralLow < -1)
    }

    /// Half a second of headway behind somebody who drives on is what people keep.
    @Test func followingCloselyIsNoEmergencyUntilTheLeaderBrakes() {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: 20, driver: .constantVelocity)
        let leader = world.add(lane: 1, s: 114.7, speed: 20, driver: .constantVelocity)
        let steady = bounds(world, own).acceleration
        world.agents.recentAcceleration[leader] = -5
        let braking = bounds(world, own).acceleration
        #expect(steady > 1 && braking < steady - 1)
    }

    @Test func whoIsTooNearFallsBackGently() {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: 20, driver: .constantVelocity)
        world.add(lane: 1, s: 107, speed: 20, driver: .constantVelocity)
        #expect(bounds(world, own).acceleration == -1)
    }

    /// A leader who brakes as hard as tyres allow guards to assume, out of steady driving, at any speed.
    @Test(arguments: [5, 10, 15, 20, 30] as [Float])
    func aFollowerStopsBehindALeaderWhoBrakesHard(speed: Float) {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: speed, driver: .constantVelocity)
        let leader = world.add(lane: 1, s: 100, speed: speed, driver: .constantVelocity)
        let agents = world.agents
        let lengths = 0.5 * (agents.length[own] + agents.length[leader])
        agents.s[leader] += lengths + 0.5 + 0.3 * speed
        for _ in 0..<40 {
            let acceleration = max(-8, min(0, bounds(world, own).acceleration))
            let before = (agents.speed[own], agents.speed[leader])
            agents.speed[own] = max(0, before.0 + 0.5 * acceleration)
            agents.speed[leader] = max(0, before.1 - 0.5 * 5.5)
            agents.recentAcceleration[leader] = (agents.speed[leader] - before.1) / 0.5
            agents.s[own] += 0.25 * (before.0 + agents.speed[own])
            agents.s[leader] += 0.25 * (before.1 + agents.speed[leader])
            #expect(agents.s[leader] - agents.s[own] > lengths, "at \(agents.speed[own]) m/s")
        }
        #expect(agents.speed[own] == 0)
    }

    /// Room for the leader himself is left behind whoever stands ahead of him.
    @Test func aDriverLooksThroughHisLeader() {
        func bound(leaderLength: Float) -> Float {
            let world = World()
            let own = world.add(lane: 1, s: 100, speed: 20, driver: .constantVelocity)
            // The leader's rear is in one place, whatever his length.
            world.add(lane: 1, s: 125 + 0.5 * leaderLength, speed: 20, length: leaderLength, driver: .constantVelocity)
            world.add(lane: 1, s: 160, speed: 0, driver: .constantVelocity)
            return bounds(world, own).acceleration
        }
        #expect(bound(leaderLength: 18) < bound(leaderLength: 4) - 1)
    }

    /// Somebody squeezes in before whoever stands ahead: he will need room, and whoever follows mustn't be surprised.
    @Test func whatTheLeaderWillNeedIsNothingToBrakeHardFor() {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: 12, driver: .constantVelocity)
        let standing = world.add(lane: 1, s: 122, speed: 0, driver: .constantVelocity)
        // All lanes stand: there is no way past.
        world.add(lane: 1, s: 128, speed: 0, driver: .constantVelocity)
        for lane in [0, 2] { world.add(lane: lane, s: 125, speed: 0, driver: .constantVelocity) }
        let alone = bounds(world, own).acceleration
        world.add(lane: 1, s: 107, speed: 14, driver: .constantVelocity)
        #expect(neighbour(world, own, .secondLeader) == standing)
        let behindAnother = bounds(world, own).acceleration
        #expect(alone > -4 && behindAnother == -4)
    }

    /// The bounds sideways keep him off.
    @Test func whoIsAlongsideIsNothingToBrakeHardFor() {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: 10, driver: .constantVelocity)
        let other = world.add(lane: 2, s: 103, speed: 8, driver: .constantVelocity)
        let halfWidths = 0.5 * (world.agents.width[own] + world.agents.width[other])
        world.agents.d[other] = world.agents.d[own] - halfWidths - 0.3
        world.agents.lateralSpeed[other] = 1
        #expect(bounds(world, own).acceleration == -2)
    }

    /// Braking turns a body further for the same speed across, and a long one's corner far.
    @Test func aLongVehicleLeavesRoomForTheTurnThatBrakingMakes() {
        let world = World()
        let truck = world.add(lane: 1, s: 100, speed: 3, length: 20, driver: .constantVelocity)
        world.add(lane: 0, s: 100, speed: 3, offset: -0.6, length: 20, driver: .constantVelocity)
        let agents = world.agents
        let room = (agents.d[1] - agents.d[truck]).magnitude - 0.5 * (agents.width[0] + agents.width[1])
        // After half a second's braking at 4 m/s² it drives at 1 m/s.
        let across = bounds(world, truck).lateralHigh
        #expect(across > 0 && 10 * across / 1 < room)
    }

    /// People pass each other with hardly any room at speed; at a crawl bodies turn.
    @Test func aTrackIsWiderAtACrawl() {
        func isStopped(speed: Float) -> Bool {
            let world = World()
            let own = world.add(lane: 1, s: 100, speed: speed, driver: .constantVelocity)
            world.add(lane: 2, s: 106, speed: 0, driver: .constantVelocity)
            let width = 0.5 * (world.agents.width[own] + world.agents.width[1])
            world.agents.d[1] = world.agents.d[own] - width - 0.1
            return bounds(world, own).acceleration < 2
        }
        #expect(isStopped(speed: 1))
        #expect(!isStopped(speed: 8))
    }
}
