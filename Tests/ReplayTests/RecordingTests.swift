import Foundation
import Metrics
import Replay
import RoadNetwork
import Testing

@Suite struct RecordingTests {
    @Test func everyStepHasTheEgoFirstAndAgreesWithTheRecord() throws {
        for recording in try Recordings.all() {
            let record = recording.record
            #expect(recording.steps.count == Int((record.simulatedSeconds * 10).rounded()))
            #expect(recording.agents[0].isEgo && recording.agents.dropFirst().allSatisfy { !$0.isEgo })
            for index in recording.steps.indices {
                #expect(recording.ego(at: index).agent == 0)
                #expect(recording.states(at: index).dropFirst().allSatisfy { $0.agent != 0 })
            }
            #expect(recording.states.count == Int(record.agentSteps), "scenario \(record.scenario)")
        }
    }

    /// The series that people look at are the ones that the campaign judged by.
    @Test func gapAndTimeToCollisionAreThoseOfTheRecord() throws {
        var compared = 0
        // A leader who is taken off the road in the same step counts in the record alone.
        for recording in try Recordings.all() where recording.record.backgroundCollisions == 0 {
            let gap = recording.gaps.compactMap { $0 }.min() ?? 1000
            let time = recording.timesToCollision.compactMap { $0 }.min() ?? 100
            #expect(min(gap, 1000) == recording.record.minimumGap, "scenario \(recording.record.scenario)")
            #expect(min(time, 100) == recording.record.minimumTimeToCollision)
            compared += 1
        }
        #expect(compared > 5)
    }

    @Test func eventsAreThoseThatTheRecordCounts() throws {
        var endings = 0
        for recording in try Recordings.all() {
            let record = recording.record
            func count(_ kind: RecordedEvent.Kind) -> Int { recording.events.filter { $0.kind == kind }.count }
            #expect(count(.ending) == (record.outcome == .completed ? 0 : 1))
            #expect(count(.modelFault) <= Int(record.backgroundCollisions + record.backgroundOffRoad))
            // What the first step has from the settling before it is not recorded.
            #expect((0...1).contains(Int(record.hardBrakes) - count(.hardBrake)))
            #expect((0...1).contains(Int(record.laneChanges) - count(.laneChange)))
            #expect(recording.events.map(\.step) == recording.events.map(\.step).sorted())
            #expect(recording.events.allSatisfy { recording.steps.indices.contains($0.step) })
            endings += count(.ending)
        }
        #expect(endings > 0, "nothing happened: this tests nothing")
    }

    @Test func aCollisionNamesTheVehicleThatTheEgoTouched() throws {
        var collisions = 0
        for recording in try Recordings.all() where recording.record.outcome == .collision {
            let ending = try #require(recording.events.last { $0.kind == .ending })
            #expect(ending.agents.count == 2)
            let partner = recording.agents[try #require(ending.agents.last)]
            #expect(partner.kind == recording.record.collisionPartner)
            #expect(ending.step == recording.steps.count - 1)
            #expect(ending.text.contains(partner.kind.name))
            collisions += 1
        }
        #expect(collisions > 0)
    }

    /// Whatever outcome there is, or will be, a recording says how it ended.
    @Test(arguments: RolloutOutcome.allCases) func everyOutcomeHasAText(outcome: RolloutOutcome) throws {
        var recording = try #require(try Recordings.careful.get().first)
        recording.record.outcome = outcome
        #expect(!recording.outcomeText.isEmpty)
        #expect(try RolloutPage(recording: recording, verdict: "bit-identical").html().contains("outcome "))
    }

    @Test func theRoadReachesBeyondEverybodyAndPlacesThemWhereTheyAre() throws {
        for recording in try Recordings.all() {
            let corridor = recording.road.corridor
            #expect(corridor.points.count == corridor.sampleCount)
            for state in recording.states where state.agent % 5 == 0 {
                #expect(state.s > corridor.start && state.s < corridor.end)
                let place = corridor.point(s: Double(state.s), d: Double(state.d)).point
                #expect(abs(place.x - Double(state.x)) < 0.01 && abs(place.y - Double(state.y)) < 0.01)
            }
        }
    }

    @Test func brakeLightsAreLitBySlowingDownAndByStanding() throws {
        var state = try #require(try Recordings.careful.get().first?.states.first)
        let cases: [(Float, Float, Bool)] = [
            (0, 20, false), (-0.69, 20, false), (-0.71, 20, true), (0.5, 0.1, true),
        ]
        for (acceleration, speed, isLit) in cases {
            (state.acceleration, state.speed) = (acceleration, speed)
            #expect(state.showsBrakeLights == isLit)
        }
    }
}
