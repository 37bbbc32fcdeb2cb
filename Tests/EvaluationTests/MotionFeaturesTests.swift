import Evaluation
import Foundation
import Testing

@Suite struct MotionFeaturesTests {
    private func features(_ scene: JudgedScene) -> MotionFeatures {
        MotionFeatures(scene: scene, poses: scene.recordingAsSimulation(rollouts: 1).poses[...])
    }

    @Test func aParabolaIsFittedExactlyUpToItsEnds() {
        let times = (0..<30).map { 0.1 * Double($0) }
        let fit = SmoothedDerivatives(times.map { 5 + 3 * $0 - 2 * $0 * $0 })
        for (index, time) in times.enumerated() {
            let slope = 3 - 4 * time
            #expect(abs(fit.slope[index] - slope) < 1e-9)
            #expect(abs(fit.curvature[index] + 4) < 1e-8)
        }
    }

    @Test(arguments: [1, 2, 3]) func shortSignalsHaveFiniteDerivatives(count: Int) {
        let fit = SmoothedDerivatives((0..<count).map { 2 * 0.1 * Double($0) })
        #expect(fit.slope.allSatisfy { abs($0 - (count == 1 ? 0 : 2)) < 1e-9 })
        #expect(fit.curvature.allSatisfy { abs($0) < 1e-9 })
    }

    @Test func aCircleHasItsTurnRateAcrossTheJumpOfTheAngle() {
        func pose(_ t: Double) -> Pose {
            let angle = 3 + 0.1 * t
            return Pose(
                x: 100 * sin(angle), y: -100 * cos(angle), heading: angle.remainder(dividingBy: 2 * .pi),
                roadEdge: 0)
        }
        let agent = JudgedScene.Agent(
            id: 1, length: 4, width: 2, past: (-10...0).map { pose(0.1 * Double($0)) },
            future: (1...50).map { pose(0.1 * Double($0)) })
        let measured = features(HandMade.scene([agent]))
        for step in 0..<50 {
            #expect(abs(measured.value(.turnRate, agent: 0, step: step) - 0.1) < 1e-6)
            #expect(abs(measured.value(.speed, agent: 0, step: step) - 10) < 0.01)
            #expect(abs(measured.value(.acceleration, agent: 0, step: step)) < 0.05)
        }
    }

    @Test func timeToCollisionIsTheGapOverTheDifferenceInSpeed() {
        let measured = features(
            HandMade.scene([HandMade.car(1, x: 0, speed: 20), HandMade.car(2, x: 44, speed: 10, steps: 35)])
        )
        // Gap 40 m at the start, closing at 10 m/s.
        for step in 0..<35 {
            let expected = 4 - 0.1 * Double(step + 1)
            #expect(abs(measured.value(.timeToCollision, agent: 0, step: step) - expected) < 1e-6)
            #expect(measured.value(.timeToCollision, agent: 1, step: step) == 5)
            #expect(abs(measured.value(.nearestObject, agent: 0, step: step) - expected * 10) < 1e-6)
        }
        #expect(measured.value(.timeToCollision, agent: 0, step: 40) == 5)
        #expect(measured.value(.nearestObject, agent: 0, step: 40) == 40)
    }

    @Test func timeToCollisionIgnoresTheNextLaneAndLooksAtTheNearestAhead() {
        let beside = features(
            HandMade.scene([HandMade.car(1, x: 0, speed: 20), HandMade.car(2, x: 44, y: 2.1, speed: 10)]))
        #expect(beside.value(.timeToCollision, agent: 0, step: 9) == 5)
        let two = features(
            HandMade.scene([
                HandMade.car(1, x: 0, speed: 20), HandMade.car(2, x: 24, speed: 20),
                HandMade.car(3, x: 44, speed: 10),
            ]))
        #expect(two.value(.timeToCollision, agent: 0, step: 9) == 5)
        #expect(two.value(.timeToCollision, agent: 1, step: 4) < 1.2)
    }

    @Test func boxesAreAsFarApartAsTheirNearestPoints() {
        func box(_ x: Double, _ y: Double, _ heading: Double = 0) -> OrientedBox {
            OrientedBox(pose: Pose(x: x, y: y, heading: heading, roadEdge: 0), length: 4, width: 2)
        }
        func distance(_ other: OrientedBox) -> Double {
            let there = box(0, 0).signedDistance(to: other)
            #expect(abs(there - other.signedDistance(to: box(0, 0))) < 1e-12)
            return there
        }
        #expect(abs(distance(box(10, 0)) - 6) < 1e-12)
        #expect(abs(distance(box(0, 5)) - 3) < 1e-12)
        #expect(abs(distance(box(7, 6)) - 5) < 1e-12)
        #expect(abs(distance(box(10, 0, .pi / 2)) - 7) < 1e-12)
        // A corner points at the box: its half diagonal, √5, lies along the axis.
        let pointing = atan2(1.0, 2.0)
        #expect(abs(distance(box(10, 0, -pointing)) - (8 - 5.0.squareRoot())) < 1e-12)
        // Overlaps: the shortest way out.
        #expect(abs(distance(box(3, 0.5)) + 1) < 1e-12)
        #expect(abs(distance(box(0.5, 1.5)) + 0.5) < 1e-12)
    }
}
