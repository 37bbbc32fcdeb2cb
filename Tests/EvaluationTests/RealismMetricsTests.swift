import Evaluation
import Foundation
import Testing

@Suite struct RealismMetricsTests {
    private func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
        abs(a - b) <= tolerance
    }

    @Test func weightsSumToOne() {
        #expect(close(RealismComponent.allCases.reduce(0) { $0 + $1.weight }, 1))
    }

    @Test func simulationEqualToASteadyRecordingScoresWhatThePseudocountsLeave() throws {
        let scene = HandMade.scene([HandMade.car(1, x: 0, speed: 21)])
        let score = RealismMetrics.score(scene, scene.recordingAsSimulation(rollouts: 32))
        let samples = 32.0 * 50
        for bins in BinSet.allCases {
            var meta = 0.0
            for component in RealismComponent.allCases {
                let likelihood = (bins == .fine ? score.fine : score.published)[component.rawValue]
                let expected =
                    component.histogram(bins).map { (samples + 0.1) / (samples + 0.1 * Double($0.count)) }
                    ?? 32.5 / 33
                #expect(close(likelihood, expected), "\(component.name), \(bins)")
                meta += component.weight * expected
            }
            #expect(close(score.meta(bins), meta))
        }
        #expect(score.agents == 1)
        #expect(score.conduct.minADE == 0)
    }

    @Test func valuesThatNoRolloutHasGetThePseudocountsShare() {
        let scene = HandMade.scene([HandMade.car(1, x: 0, speed: 21)])
        let outside = HandMade.simulation(scene, rollouts: 32) { _, _ in
            HandMade.line(x: 0, speed: 21, from: 0.1, count: 50, edge: -7.5)
        }
        let score = RealismMetrics.score(scene, outside)
        let expected = 0.1 / (32 * 50 + 0.1 * 16)
        #expect(close(score.fine[RealismComponent.roadEdge.rawValue], expected))
        #expect(score.fine[RealismComponent.speed.rawValue] > 0.99)
    }

    @Test func halfTheRolloutsRightGivesHalfTheProbability() {
        let scene = HandMade.scene([HandMade.car(1, x: 0, speed: 21)])
        let half = HandMade.simulation(scene, rollouts: 32) { rollout, _ in
            HandMade.line(x: 0, speed: 21, from: 0.1, count: 50, edge: rollout < 16 ? -2.5 : -7.5)
        }
        let score = RealismMetrics.score(scene, half)
        let expected = (16.0 * 50 + 0.1) / (32 * 50 + 1.6)
        #expect(close(score.fine[RealismComponent.roadEdge.rawValue], expected))
    }

    @Test func leavingTheRoadCountsBeyondSixtyCentimetres() {
        let scene = HandMade.scene([HandMade.car(1, x: 0, speed: 21)])
        let simulated = HandMade.simulation(scene, rollouts: 4) { rollout, _ in
            HandMade.line(x: 0, speed: 21, from: 0.1, count: 50, edge: [0.59, 0.61, 3, -1][rollout])
        }
        let score = RealismMetrics.score(scene, simulated)
        #expect(close(score.conduct.offRoadShare, 0.5))
        #expect(close(score.fine[RealismComponent.offRoad.rawValue], 2.5 / 5))
    }

    @Test func collisionIsPredictedByTheShareOfRolloutsInWhichItHappens() {
        let scene = HandMade.scene([
            HandMade.car(1, x: 0, speed: 10), HandMade.car(2, x: 30, speed: 10),
            HandMade.car(3, x: 0, y: 50, speed: 10),
        ])
        let simulated = HandMade.simulation(scene, rollouts: 32) { rollout, agent in
            rollout < 8 && agent == 0
                ? HandMade.line(x: 0, speed: 20, from: 0.1, count: 50) : scene.agents[agent].future
        }
        let score = RealismMetrics.score(scene, simulated)
        // Cars 1 and 2 overlap in 8 of 32 rollouts, car 3 never.
        let expected = exp((2 * log(24.5 / 33) + log(32.5 / 33)) / 3)
        #expect(close(score.fine[RealismComponent.collision.rawValue], expected))
        #expect(close(score.conduct.collisionShare, 16.0 / 96))
    }

    @Test func agentsThatOverlapInTheRecordingAreLeftOutOfCollisionOnly() {
        let scene = HandMade.scene([
            HandMade.car(1, x: 0, speed: 10), HandMade.car(2, x: 3, speed: 10),
            HandMade.car(3, x: 40, speed: 10),
        ])
        let score = RealismMetrics.score(scene, scene.recordingAsSimulation(rollouts: 32))
        #expect(score.agents == 3)
        #expect(close(score.fine[RealismComponent.collision.rawValue], 32.5 / 33))
        #expect(score.conduct.collisionRollouts == 32)
        #expect(score.conduct.collided == 0)
    }

    @Test func agentsCountAndStandInTheWayOnlyWhileRecorded() {
        // The car ahead is recorded for 1 s; after that the car behind drives through where it would be.
        let scene = HandMade.scene([
            HandMade.car(1, x: 0, speed: 20), HandMade.car(2, x: 24, speed: 10, steps: 10),
            HandMade.car(3, x: 0, y: 20, speed: 20, steps: 0),
        ])
        let score = RealismMetrics.score(scene, scene.recordingAsSimulation(rollouts: 8))
        #expect(score.agents == 2)
        #expect(score.conduct.collided == 0)
        #expect(score.conduct.collisionRollouts == 16)
        #expect(score.conduct.steps == 8 * (50 + 10))
        #expect(score.conduct.atSecond == [2, 1, 1, 1, 1])
    }

    @Test func displacementsAreThoseOfTheBestRolloutAndOfTheMean() throws {
        let scene = HandMade.scene([HandMade.car(1, x: 0, speed: 20)])
        let simulated = HandMade.simulation(scene, rollouts: 2) { rollout, _ in
            HandMade.line(x: rollout == 0 ? 3 : -1, speed: 20, from: 0.1, count: 50)
        }
        let conduct = RealismMetrics.score(scene, simulated).conduct
        #expect(close(conduct.minADE, 1))
        for error in conduct.rootMeanSquare { #expect(close(try #require(error), 1)) }
    }

    @Test func hardBrakingIsTheShareOfStepsBelowMinusThree() {
        let scene = HandMade.scene([HandMade.car(1, x: 0, speed: 30)])
        let braking = HandMade.simulation(scene, rollouts: 1) { _, _ in
            (1...50).map {
                let t = 0.1 * Double($0)
                return Pose(x: 30 * t - 2 * t * t, y: 0, heading: 0, roadEdge: -2.5)
            }
        }
        let share = RealismMetrics.score(scene, braking).conduct.hardBrakeShare
        // −4 m/s² from the start; the fit sees the steady past for the first 0.8 s.
        #expect(share > 0.84 && share < 1)
        #expect(
            RealismMetrics.score(scene, scene.recordingAsSimulation(rollouts: 1)).conduct.hardBrakeShare
                == 0)
    }

    @Test func noSimulationBeatsTheRecordingItself() {
        let scene = HandMade.scene([
            HandMade.car(1, x: 0, speed: 20), HandMade.car(2, x: 30, speed: 18),
            HandMade.car(3, x: 10, y: 3.5, speed: 25),
        ])
        let ceiling = RealismMetrics.score(scene, scene.recordingAsSimulation(rollouts: 32)).meta(.fine)
        for error in [0.5, 2, 5] {
            let other = HandMade.simulation(scene, rollouts: 32) { rollout, agent in
                scene.agents[agent].future.map {
                    Pose(
                        x: $0.x + error * Double(rollout % 5 - 2), y: $0.y, heading: 0,
                        roadEdge: $0.roadEdge)
                }
            }
            #expect(RealismMetrics.score(scene, other).meta(.fine) < ceiling)
        }
    }
}
