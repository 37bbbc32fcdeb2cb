import Policies
import Testing

@Suite struct IntelligentDriverTests {
    let parameters = PolicyParameters()

    @Test func acceleratesFullyFromStandstillOnAnEmptyRoadAndNotAtAllAtTheDesiredSpeed() {
        let standing = IntelligentDriver.free(speed: 0, desiredSpeed: 30, parameters: parameters)
        let cruising = IntelligentDriver.free(speed: 30, desiredSpeed: 30, parameters: parameters)
        #expect(standing == parameters.maximumAcceleration)
        #expect(cruising == 0)
    }

    /// Equation (7) of the 2000 paper: s_e(v) = (s0 + vT) / sqrt(1 - (v/v0)^4).
    @Test(arguments: [Float(2), 8, 15, 22, 28])
    func keepsThePublishedEquilibriumGap(speed: Float) {
        let ratio = speed / 30
        let gap = (2 + speed * 1.5) / (1 - ratio * ratio * ratio * ratio).squareRoot()
        let acceleration = IntelligentDriver.acceleration(
            speed: speed, desiredSpeed: 30, gap: gap, leaderSpeed: speed, parameters: parameters)
        #expect(abs(acceleration) < 1e-4)
    }

    @Test(arguments: [Float(5), 15, 30, 40])
    func stopsBehindAStandingCarWithoutTouchingIt(speed: Float) {
        let world = World(laneCount: 1)
        let driver = world.add(lane: 0, s: 0, speed: speed, driver: .idmMobil(parameters))
        let obstacle = world.add(lane: 0, s: 250, speed: 0, driver: .pushed(0))
        for _ in 0..<600 {
            world.step()
            #expect(world.overlap() == nil)
        }
        let gap = world.agents.s[obstacle] - world.agents.s[driver] - 4.7
        #expect(world.agents.speed[driver] < 0.2)
        #expect(gap > 1 && gap < 4, "stopped \(gap) m before it")
    }

    @Test func theEnhancedModelBrakesGentlyForAFasterDriverWhoCutsIn() {
        let plain = IntelligentDriver.acceleration(
            speed: 25, desiredSpeed: 30, gap: 12, leaderSpeed: 26, parameters: parameters)
        let enhanced = IntelligentDriver.enhanced(
            speed: 25, desiredSpeed: 30, gap: 12, leaderSpeed: 26, leaderAcceleration: 0, timeHeadway: 1.5,
            parameters: parameters)
        #expect(plain < -7)
        #expect(enhanced > -2.5 && enhanced < 0)
    }

    @Test func theEnhancedModelBrakesHardForALeaderWhoBrakesHard() {
        let enhanced = IntelligentDriver.enhanced(
            speed: 25, desiredSpeed: 30, gap: 12, leaderSpeed: 20, leaderAcceleration: -6, timeHeadway: 1.5,
            parameters: parameters)
        #expect(enhanced < -6)
    }

    @Test func survivesALeaderWhoBrakesToStandstill() {
        for gap in stride(from: Float(20), through: 60, by: 5) {
            let world = World(laneCount: 1)
            world.add(lane: 0, s: 0, speed: 25, driver: .idmMobil(parameters))
            world.add(lane: 0, s: gap + 4.7, speed: 25, driver: .pushed(-6))
            for _ in 0..<300 { world.step() }
            #expect(world.overlap() == nil, "gap \(gap)")
        }
    }
}
