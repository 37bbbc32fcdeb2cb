import Testing
import TrafficStudy

/// Who gets past a vehicle that stands in its lane.
@Suite struct BottleneckTests {
    /// Drives a vehicle by the obstacle, changing lanes `changeAt` metres behind it; nil: in the next lane all the time.
    private func drive(_ bottleneck: inout Bottleneck, vehicle: UInt32, changeAt: Float?, to end: Float, speed: Float) {
        for ahead in stride(from: Float(-150), through: end, by: 2) {
            bottleneck.add(vehicle: vehicle, ahead: ahead, isInLane: changeAt.map { ahead < -$0 } ?? false, speed: speed)
        }
    }

    @Test func whoMovesOverGetsPastAndWhoQueuesDoesNot() {
        var bottleneck = Bottleneck()
        drive(&bottleneck, vehicle: 1, changeAt: 30, to: 20, speed: 8)
        drive(&bottleneck, vehicle: 2, changeAt: 0, to: -8, speed: 3)
        #expect(bottleneck.cameUp == 2 && bottleneck.gotPast == 1)
    }

    @Test func whoNeverWasBehindItDoesNotCount() {
        var bottleneck = Bottleneck()
        drive(&bottleneck, vehicle: 1, changeAt: nil, to: 20, speed: 20)
        drive(&bottleneck, vehicle: 2, changeAt: 120, to: 20, speed: 20)
        #expect(bottleneck.cameUp == 0 && bottleneck.gotPast == 0)
    }

    /// Alongside is not yet past.
    @Test func pastIsBeyondTheObstacle() {
        var bottleneck = Bottleneck()
        drive(&bottleneck, vehicle: 1, changeAt: 30, to: 4, speed: 8)
        #expect(bottleneck.cameUp == 1 && bottleneck.gotPast == 0)
    }

    @Test func thoseInOtherLanesWhoStandAreFound() {
        var bottleneck = Bottleneck()
        for _ in 0..<30 { bottleneck.add(vehicle: 1, ahead: -20, isInLane: false, speed: 12) }
        for _ in 0..<10 { bottleneck.add(vehicle: 2, ahead: -30, isInLane: false, speed: 0.4) }
        // Too far away, beyond it, and in its own lane.
        bottleneck.add(vehicle: 3, ahead: -101, isInLane: false, speed: 0)
        bottleneck.add(vehicle: 4, ahead: 3, isInLane: false, speed: 0)
        bottleneck.add(vehicle: 5, ahead: -8, isInLane: true, speed: 0)
        #expect(bottleneck.steps.all == 40 && bottleneck.steps.standing == 10)
    }
}
