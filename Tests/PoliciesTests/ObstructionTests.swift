import Testing
import WorldModel

/// What drivers of learned traffic do where somebody stands in the way, and where they steer at a crawl.
@Suite struct ObstructionTests {
    private func column(_ world: World, _ slot: Int) -> [Float] {
        world.look()
        var column = [Float](repeating: 0, count: Situation.rows)
        Situation.gather(
            slot: slot, agents: world.agents, corridor: world.corridor, lanes: world.lanes,
            neighbours: world.neighbours, seesAll: true, to: &column, stride: 1)
        return column
    }

    private func obstruction(_ world: World, _ slot: Int) -> Obstruction<Float> {
        Obstruction(SituationColumns<Float>(column(world, slot), stride: 1))
    }

    private func bounds(_ world: World, _ slot: Int) -> CollisionGuard<Float> {
        CollisionGuard(SituationColumns<Float>(column(world, slot), stride: 1))
    }

    /// Somebody stands `gap` metres before a driver; nobody is before him.
    private func behindSomebodyStanding(
        laneCount: Int = 3, lane: Int = 1, gap: Float, speed: Float = 0, length: Float = 4.7
    ) -> (world: World, own: Int) {
        let world = World(laneCount: laneCount)
        let own = world.add(lane: lane, s: 100, speed: speed, length: length, driver: .constantVelocity)
        world.add(lane: lane, s: 100 + gap + 0.5 * (4.7 + length), speed: 0, driver: .constantVelocity)
        return (world, own)
    }

    @Test func whoStandsWithNobodyBeforeHimIsInTheWay() {
        let (world, own) = behindSomebodyStanding(gap: 12)
        #expect(obstruction(world, own).isPresent)
        // In a queue he isn't ...
        world.add(lane: 1, s: 100 + 12 + 4.7 + 6, speed: 0, driver: .constantVelocity)
        #expect(obstruction(world, own).isPresent, "nobody drives beside: it flows")
        for lane in [0, 2] { world.add(lane: lane, s: 110, speed: 0, driver: .constantVelocity) }
        #expect(!obstruction(world, own).isPresent)
        // ... nor does anybody who drives on, however slowly.
        let (other, driver) = behindSomebodyStanding(gap: 12)
        other.agents.speed[1] = 2
        #expect(!obstruction(other, driver).isPresent)
    }

    @Test func whoBrakesForNobodyIsAboutToStop() {
        let (world, own) = behindSomebodyStanding(gap: 25, speed: 12)
        world.agents.speed[1] = 10
        world.agents.recentAcceleration[1] = -3
        #expect(obstruction(world, own).isPresent)
        // For somebody before him: traffic.
        world.add(lane: 1, s: world.agents.s[1] + 12, speed: 8, driver: .constantVelocity)
        #expect(!obstruction(world, own).isPresent)
    }

    /// A driver stops where he can still pull out, and braking for it is gentle.
    @Test func roomToPullOutIsKept() {
        for speed in [3, 6, 9] as [Float] {
            for gap in stride(from: 4 as Float, through: 40, by: 2) {
                // Boxed in, or there would be a way past.
                let (world, own) = behindSomebodyStanding(laneCount: 1, lane: 0, gap: gap, speed: speed)
                let found = bounds(world, own).acceleration
                let after = max(speed + 0.5 * found, 0)
                let room = gap - 0.25 * (speed + after) - after * after / 12
                if found > -2.9 { #expect(room > 7, "at \(speed) m/s, \(gap) m before him") }
                if gap > 25 + 2 * speed { #expect(found > 0) }
            }
        }
    }

    /// On the circle that it turns on, a car moves 2.3 m aside in about 7 m; a truck needs much more.
    @Test func theWayPastIsWhatTheVehicleTurnsIn() {
        let (car, own) = behindSomebodyStanding(laneCount: 1, lane: 0, gap: 12)
        let (truck, driver) = behindSomebodyStanding(laneCount: 1, lane: 0, gap: 40, length: 18)
        #expect((9...12).contains(obstruction(car, own).standOff))
        #expect(obstruction(truck, driver).standOff > 18)
        // Whoever has turned out already needs less, and does with less.
        let (turned, other) = behindSomebodyStanding(gap: 12)
        let straight = obstruction(turned, other)
        turned.agents.heading[other] = 0.3 * straight.aim / 3.6
        #expect(obstruction(turned, other).standOff < straight.standOff - 1)
        #expect(straight.standOff < obstruction(car, own).standOff - 3)
    }

    @Test func aDriverPullsOutWhereTheLaneBesideHasRoom() {
        let (world, own) = behindSomebodyStanding(gap: 10.5)
        world.add(lane: 0, s: 97, speed: 15, driver: .constantVelocity)
        let found = obstruction(world, own)
        #expect(found.isPassable)
        #expect(found.aim == -3.6)  // to the right: to the left somebody is beside him
        let allowed = bounds(world, own)
        #expect(allowed.leastAcceleration == 0.8)
        #expect(allowed.lateralHigh < 0)

        // Somebody fast comes up there: he would have to brake hard.
        let fast = world.add(lane: 2, s: 70, speed: 15, driver: .constantVelocity)
        #expect(!obstruction(world, own).isPassable)
        world.agents.s[fast] = 40
        #expect(obstruction(world, own).isPassable)
        // And nobody pulls out who is too near.
        let (near, driver) = behindSomebodyStanding(gap: 3)
        #expect(!obstruction(near, driver).isPassable)
    }

    @Test func whoComesAtSpeedMovesOverInTime() {
        let (world, own) = behindSomebodyStanding(gap: 60, speed: 15)
        #expect(obstruction(world, own).isPassable)
        #expect(bounds(world, own).leastAcceleration == -1)
        // Beyond sight, and where it is too late, he doesn't.
        let (far, driver) = behindSomebodyStanding(gap: 130, speed: 15)
        #expect(!obstruction(far, driver).isPassable)
        let (late, other) = behindSomebodyStanding(gap: 30, speed: 15)
        #expect(!obstruction(late, other).isPassable)
    }

    /// Whose nose is in goes first: whoever stands beside him lets him.
    @Test func whoIsHalfOutGoesOn() {
        func passes(offset: Float) -> Bool {
            let (world, own) = behindSomebodyStanding(laneCount: 2, lane: 1, gap: 11)
            world.agents.d[own] += offset
            world.agents.heading[own] = 0.2
            world.add(lane: 0, s: 97.3, speed: 0, driver: .constantVelocity)
            return obstruction(world, own).isPassable
        }
        #expect(!passes(offset: 0.3))
        #expect(passes(offset: 1.2))
    }

    /// Around somebody of the next lane who reaches into one's own one steers within it.
    @Test func whoReachesInIsPassedWithinTheLane() {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: 0, offset: 0.5, driver: .constantVelocity)
        world.add(lane: 0, s: 110, speed: 0, offset: -1.5, driver: .constantVelocity)
        let found = obstruction(world, own)
        #expect(found.isPresent && found.isPassable)
        #expect(found.aim == 0)
        #expect(bounds(world, own).lateralHigh < 0)
    }

    /// Who is turned away from somebody who stands, and clear of him once straight, isn't held by his own tail.
    @Test func whoIsTurnedAwayCrawlsPast() {
        func bound(heading: Float) -> Float {
            let world = World()
            let own = world.add(lane: 0, s: 100, speed: 0.5, offset: -1.2, driver: .constantVelocity)
            world.add(lane: 1, s: 105.2, speed: 0, driver: .constantVelocity)
            world.agents.heading[own] = heading
            return bounds(world, own).acceleration
        }
        #expect(bound(heading: 0.25) > 0.5)
        #expect(bound(heading: -0.25) < 0)
    }

    @Test func atACrawlOneKeepsToTheMiddle() {
        func course(speed: Float, offset: Float) -> CollisionGuard<Float> {
            let world = World()
            return bounds(world, world.add(lane: 1, s: 100, speed: speed, offset: offset, driver: .constantVelocity))
        }
        // Near the middle: straight on, give or take.
        let straight = course(speed: 1, offset: 0.3)
        #expect(straight.lateralHigh < 0.06 && straight.lateralLow > -0.06)
        // Farther out: back, less steeply within the lane than across its line.
        let back = course(speed: 2, offset: 0.7), across = course(speed: 2, offset: 1.5)
        #expect(back.lateralHigh < 0)
        #expect(back.lateralHigh > -0.3 && across.lateralHigh < -0.3)
        #expect(course(speed: 5, offset: 1.5).lateralLow < -1, "at speed the network steers")
    }

    @Test func whoIsAboutToStopKeepsStraight() {
        func high(leader: Float) -> Float {
            let world = World()
            let own = world.add(lane: 1, s: 100, speed: 8, driver: .constantVelocity)
            world.add(lane: 1, s: 124, speed: leader, driver: .constantVelocity)
            return bounds(world, own).lateralHigh
        }
        #expect(high(leader: 1) < 0.15)
        #expect(high(leader: 8) > 1)
    }

    /// A course never leads where the bounds forbid it: pressed from both sides one keeps as straight as can be.
    @Test(arguments: [-0.4, 0, 0.4] as [Float])
    func theCourseStaysWithinTheBounds(offset: Float) {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: 2, offset: offset, driver: .constantVelocity)
        for (lane, drift) in [(0, -0.9), (2, 0.9)] as [(Int, Float)] {
            let other = world.add(lane: lane, s: 101, speed: 2, driver: .constantVelocity)
            world.agents.lateralSpeed[other] = drift
        }
        let found = bounds(world, own)
        #expect(found.lateralLow == found.lateralHigh)
        #expect(found.lateralLow.magnitude < 0.6)
    }

    /// Past a leader who is alongside already the second one is braked for in earnest.
    @Test func beyondALeaderAlongsideSomebodyStands() {
        let world = World()
        let own = world.add(lane: 1, s: 100, speed: 10, offset: 0.9, driver: .constantVelocity)
        let leader = world.add(lane: 1, s: 102, speed: 0, offset: -1, driver: .constantVelocity)
        world.add(lane: 1, s: 113, speed: 0, offset: 0.5, driver: .constantVelocity)
        #expect(bounds(world, own).acceleration < -6)
        // Behind one who is before him he brakes for that one first.
        world.agents.s[leader] = 112
        world.agents.s[leader + 1] = 130
        world.agents.speed[leader] = 10
        #expect(bounds(world, own).acceleration >= -4)
    }
}
