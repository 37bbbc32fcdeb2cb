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
}
