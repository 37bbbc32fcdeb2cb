import Metrics
import Policies
import ReproducibleMath
import RoadNetwork
import Scenarios
import Testing
import WorldModel

@Suite struct InflowTests {
    @Test func neverPutsANewcomerOnTopOfAnybodyNorTooNear() {
        var entered = 0
        for index in 0..<600 as Range<UInt64> {
            let traffic = Traffic(index: index)
            // Anything may have happened since the start: everybody somewhere else, some of them gone.
            for slot in 1..<traffic.count {
                let u = CounterRandom(seed: 3, scenario: index).uniforms(
                    agent: UInt32(slot), step: 0, purpose: .training)
                traffic.agents.s[slot] += 80 * (u.x - 0.5)
                traffic.agents.d[slot] += 2 * (u.y - 0.5)
                traffic.agents.speed[slot] *= 2 * u.z
                if u.w < 0.3 { traffic.agents.present[slot] = 0 }
            }
            guard let newcomer = traffic.newcomer(identity: 50, step: 100) else { continue }
            entered += 1
            for slot in 0..<traffic.count where traffic.agents.present[slot] != 0 {
                let clearance = traffic.clearance(newcomer, slot: slot)
                #expect(clearance.along > 1.4 || clearance.across > 0, "scenario \(index), slot \(slot)")
            }
            let place = newcomer.s - traffic.agents.s[0]
            let parameters = traffic.parameters
            let share = place > 0 ? place / parameters.windowAhead : -place / parameters.windowBehind
            #expect(share > 0.89, "scenario \(index): entered in the middle")
            #expect(newcomer.speed >= 0 && newcomer.speed <= 45)
            #expect(newcomer.traitsKnown == 1)
            traffic.agents.set(newcomer, slot: 1, identity: 50)
            #expect(!TrafficInflow.hasLeft(1, agents: traffic.agents, parameters: parameters))
        }
        #expect(entered > 300)
    }

    @Test func aNewcomerIsAFunctionOfSceneIdentityAndStepAlone() {
        let a = Traffic(index: 5), b = Traffic(index: 5)
        for traffic in [a, b] { for slot in 20..<traffic.count { traffic.agents.present[slot] = 0 } }
        #expect(a.newcomer(identity: 41, step: 10) == b.newcomer(identity: 41, step: 10))
        #expect(a.newcomer(identity: 41, step: 10) != a.newcomer(identity: 42, step: 10))
        #expect(a.newcomer(identity: 41, step: 10) != a.newcomer(identity: 41, step: 100))
    }

    @Test func slowerThanTheEgoEntersAheadAndFasterBehind() {
        for (egoSpeed, ahead) in [(Float(45), true), (Float(2), false)] {
            for index in 0..<40 as Range<UInt64> {
                let traffic = Traffic(index: index, mix: [1, 0, 0, 0])
                traffic.agents.speed[0] = egoSpeed
                for slot in 12..<traffic.count { traffic.agents.present[slot] = 0 }
                guard let newcomer = traffic.newcomer(identity: 41, step: 10) else { continue }
                #expect((newcomer.s > traffic.agents.s[0]) == ahead)
            }
        }
    }

    /// A truck whose middle is farther in than a car's may still reach farther out than the car.
    @Test func aNewcomerLeavesRoomToWhoReachesFarthestOut() {
        var entered = 0
        for index in 0..<60 as Range<UInt64> {
            let traffic = Traffic(index: index, mix: [1, 0, 0, 0])
            let agents = traffic.agents, corridor = traffic.corridor
            let edge = agents.s[0] - traffic.parameters.windowBehind
            agents.speed[0] = 2
            for slot in 1..<traffic.count { agents.present[slot] = 0 }
            for lane in 0..<Int(corridor.laneCount) {
                var truck = InitialAgent(), car = InitialAgent()
                (truck.length, truck.s, car.length, car.s) = (24, edge + 30, 4, edge + 25)
                truck.d = corridor.centre(lane: lane, sample: corridor.sample(at: edge))
                car.d = truck.d
                agents.set(truck, slot: 2 * lane + 1, identity: 60)
                agents.set(car, slot: 2 * lane + 2, identity: 61)
            }
            guard let newcomer = traffic.newcomer(identity: 50, step: 100) else { continue }
            entered += 1
            let gap = edge + 18 - (newcomer.s + 0.5 * newcomer.length)
            let braking = newcomer.speed * newcomer.speed / 12
            #expect(gap > 1.49 + 0.3 * newcomer.speed + braking, "scenario \(index)")
        }
        #expect(entered > 10)
    }

    @Test func leavesTheWindowOnlyWellBeyondItsEdge() {
        let traffic = Traffic(index: 1)
        let parameters = traffic.parameters
        for (place, left) in [
            (parameters.windowAhead + 1, false), (parameters.windowAhead + 60, true),
            (-parameters.windowBehind - 1, false), (-parameters.windowBehind - 60, true), (0, false),
        ] {
            traffic.agents.s[1] = traffic.agents.s[0] + place
            #expect(TrafficInflow.hasLeft(1, agents: traffic.agents, parameters: parameters) == left)
        }
    }

    private func twoMinutes(
        of family: TrafficFamily, heedsTrafficAhead: Bool
    ) -> (agents: Float, speed: Float, newcomers: Int) {
        var mix = [0.0, 0, 0, 0]
        mix[Int(family.rawValue)] = 1
        let scenes = 12
        var agents: Float = 0, speed: Float = 0
        var newcomers = 0
        for index in 0..<UInt64(scenes) {
            let traffic = Traffic(index: index, mix: mix)
            traffic.heedsTrafficAhead = heedsTrafficAhead
            let drawnSpeed = traffic.meanSpeed
            for step in 0..<1200 {
                if step % 5 == 0 { newcomers += traffic.replaceLeavers(step: UInt32(step)) }
                traffic.move()
            }
            agents += Float(traffic.present) / Float(traffic.count * scenes)
            speed += traffic.meanSpeed / drawnSpeed / Float(scenes)
        }
        return (agents, speed, newcomers)
    }

    @Test(arguments: TrafficFamily.allCases)
    func densityAndSpeedStayAsDrawnOverTwoMinutes(family: TrafficFamily) {
        let end = twoMinutes(of: family, heedsTrafficAhead: true)
        #expect(end.agents > 0.8, "\(end.agents) of the agents are still there")
        #expect(end.speed > 0.8 && end.speed < 1.2, "\(end.speed) of the speed")
        #expect(end.newcomers > 12, "\(end.newcomers) newcomers")
    }

    @Test func aJamDissolvesWhereItsFirstDriversDoNotHeedTheTrafficAhead() {
        let end = twoMinutes(of: .jam, heedsTrafficAhead: false)
        #expect(end.speed > 2)
    }
}
