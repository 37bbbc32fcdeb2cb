import Metrics
import Rollout
import Scenarios
import Testing
import WorldModel

import TrafficStudy

@Suite("Free rollouts")
struct FreeRolloutTests {
    private func report(threads: Int) throws -> TrafficReport {
        var options = TrafficStudy.Options(worldModel: try WorldModel.shipped())
        options.scenarios = 12
        options.minutes = 0.5
        options.threads = threads
        options.campaign.mix = [0.25, 0.25, 0.25, 0.25]
        options.studies = [.traffic]
        return try TrafficStudy.run(options)
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        let one = try report(threads: 1), three = try report(threads: 3)
        #expect(one.simulated == three.simulated)
        #expect(one.plausibility == three.plausibility)
        #expect(one.agentKilometers == three.agentKilometers)
        #expect(one.course.map(\.minutes) == three.course.map(\.minutes))
    }

    @Test func nobodyDoesWhatVehiclesCannot() throws {
        let found = try report(threads: 2).plausibility
        #expect(found.steps > 30_000)
        #expect(found.backwards == 0 && found.jumps == 0 && found.turnsOnTheSpot == 0)
        #expect(found.beyondTyres == 0 && found.beyondEngine == 0)
    }

    /// The study finds what the engine counts, with both agents and their past.
    @Test func everyFaultThatTheEngineCountsIsFoundWithItsPast() throws {
        var campaign = Campaign()
        campaign.policy = .worldModel
        campaign.mix = [0, 0, 0.3, 0.7]
        campaign.horizonSeconds = 90
        let model = try WorldModel.shipped()
        let engine = try RolloutEngine(campaign: campaign, worldModel: model)
        let visitor = TrafficVisitor(model: model, minutes: 1.5)
        var collisions = 0, offRoad = 0
        var faults: [TrafficFault] = []
        _ = engine.run(scenarios: (0..<48).map { $0 }, visitor: visitor) { record in
            collisions += Int(record.backgroundCollisions)
            offRoad += Int(record.backgroundOffRoad)
            faults += visitor.takeFindings(of: record.scenario)?.faults ?? []
        }
        #expect(faults.count { $0.kind == .collision } == collisions)
        #expect(faults.count { $0.kind == .offRoad } == offRoad)
        for fault in faults {
            #expect(fault.agents.count == (fault.kind == .offRoad ? 1 : 2))
            for agent in fault.agents {
                #expect(agent.states.last?.seconds == 0)
                #expect(agent.states.count == min(31, Int((agent.secondsInScene * 10).rounded())) || agent.secondsInScene >= 3)
            }
        }
    }

    /// Left to itself traffic neither slows down nor thins out.
    @Test func freeTrafficKeepsItsSpeedAndDensity() throws {
        var options = TrafficStudy.Options(worldModel: try WorldModel.shipped())
        options.scenarios = 48
        options.minutes = 4
        options.studies = [.traffic]
        let course = try TrafficStudy.run(options).course
        for family in course where family.family != .jam {
            let first = try #require(family.minutes.first), last = try #require(family.minutes.last)
            #expect(last.meanSpeed > 0.9 * first.meanSpeed, "\(family.family)")
            #expect(last.density > 0.8 * first.density, "\(family.family)")
        }
    }

    @Test func anEmptyRingStaysFastAndAFullerOneFlows() throws {
        let empty = try RingTraffic(density: 10, model: WorldModel.shipped(), seed: 3, minutes: 5)
        #expect(empty.vehicles == 60 && empty.collisions == 0)
        #expect(empty.speed > 22)
        let fuller = try RingTraffic(density: 20, model: WorldModel.shipped(), seed: 3, minutes: 5)
        #expect(fuller.collisions == 0)
        #expect(fuller.speed * 3.6 * 20 > 1_000, "vehicles an hour and lane")
    }
}
