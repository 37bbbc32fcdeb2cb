import Policies
import Testing

@Suite struct TrafficAheadTests {
    @Test func holdsTheFirstDriverToHisLanesSpeed() {
        var speed: Float = 5
        for _ in 0..<300 {
            speed += 0.1 * TrafficAhead.limited(acceleration: 1.4, speed: speed, laneSpeed: 6)
        }
        #expect(abs(speed - 6) < 0.01)
    }

    @Test func leavesASlowerDriverAlone() {
        #expect(TrafficAhead.limited(acceleration: 0.7, speed: 5, laneSpeed: 20) == 0.7)
        #expect(TrafficAhead.limited(acceleration: -3, speed: 25, laneSpeed: 20) == -3)
    }

    @Test func brakesComfortablyAtMost() {
        #expect(TrafficAhead.limited(acceleration: 1, speed: 30, laneSpeed: 2) == -2)
    }
}
