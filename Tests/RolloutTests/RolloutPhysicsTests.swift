import Metrics
import Rollout
import Scenarios
import Testing
import WorldModel

/// Watches every state of a rollout and notes what can't be.
private final class PhysicsObserver: RolloutObserver {
    var problems: [String] = []
    var states = 0
    var egoMeters: [UInt64: Double] = [:]
    private var last: [UInt64: [UInt32: ObservedAgent]] = [:]

    func observe(scenario: UInt64, step: Int, seconds: Float, agents: [ObservedAgent]) {
        let before = last[scenario] ?? [:]
        for agent in agents {
            states += 1
            if !(agent.speed >= 0 && agent.speed < 70) { problems.append("\(scenario)/\(step): speed \(agent.speed)") }
            if !(agent.acceleration.magnitude <= 8.01) {
                problems.append("\(scenario)/\(step): acceleration \(agent.acceleration)")
            }
            if !(agent.heading.magnitude <= 0.4) { problems.append("\(scenario)/\(step): heading \(agent.heading)") }
            guard let previous = before[agent.identity] else { continue }
            let ds = agent.s - previous.s, dd = agent.d - previous.d
            let moved = (ds * ds + dd * dd).squareRoot()
            let expected = 0.05 * (agent.speed + previous.speed)
            if (moved - expected).magnitude > 0.05 + 0.05 * expected {
                problems.append("\(scenario)/\(step): agent \(agent.identity) moved \(moved) m, not \(expected) m")
            }
            if ds < -0.001 { problems.append("\(scenario)/\(step): agent \(agent.identity) drove backwards") }
            if agent.isEgo { egoMeters[scenario, default: 0] += Double(expected) }
        }
        if Set(agents.map(\.identity)).count != agents.count { problems.append("\(scenario)/\(step): an identity twice") }
        last[scenario] = Dictionary(uniqueKeysWithValues: agents.map { ($0.identity, $0) })
    }
}

/// Watches those who have nobody ahead of them in the window, in jams: where the traffic goes on, unseen.
private final class HeadObserver: RolloutObserver {
    var steps = 0
    var hardSteps = 0
    var fasterThanAll = 0

    func observe(scenario: UInt64, step: Int, seconds: Float, agents: [ObservedAgent]) {
        guard let ego = agents.first(where: \.isEgo) else { return }
        let mean = agents.reduce(0) { $0 + $1.speed } / Float(agents.count)
        for agent in agents where !agent.isEgo && agent.leader == nil && agent.s > ego.s + 20 {
            steps += 1
            if agent.acceleration < -2.2 { hardSteps += 1 }
            if agent.speed > mean + 8 { fasterThanAll += 1 }
        }
    }
}

@Suite("What a rollout may and may not contain")
struct RolloutPhysicsTests {
    private let campaign = Campaign(
        seed: 5, mix: [0.25, 0.25, 0.25, 0.25], horizonSeconds: 20, burnInSeconds: 3, policy: .idmMobil)

    @Test("nobody jumps, drives backwards or beats the tyres; the record's distances are those driven")
    func physics() throws {
        let observer = PhysicsObserver()
        let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped())
        var records: [RolloutRecord] = []
        _ = engine.run(scenarios: Array(0..<40), observer: observer) { records.append($0) }
        #expect(observer.problems.isEmpty, "\(observer.problems.prefix(5))")
        #expect(observer.states > 40 * 100 * 20)
        for record in records where record.outcome == .completed {
            let watched = observer.egoMeters[record.scenario] ?? 0
            #expect((Double(record.egoMeters) - watched).magnitude < 4 + 0.01 * watched)
            #expect(record.simulatedSeconds == 20)
        }
    }

    @Test("whoever leads the window keeps to the traffic's speed without braking hard for it")
    func heads() throws {
        let campaign = Campaign(
            seed: 8, mix: [0, 0, 0.5, 0.5], horizonSeconds: 20, burnInSeconds: 3, policy: .idmMobil)
        let observer = HeadObserver()
        let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped())
        _ = engine.run(scenarios: Array(0..<40), observer: observer) { _ in }
        #expect(observer.steps > 5_000)
        #expect(Double(observer.hardSteps) < 0.01 * Double(observer.steps), "\(observer.hardSteps) of \(observer.steps)")
        #expect(Double(observer.fasterThanAll) < 0.05 * Double(observer.steps))
    }

    @Test("at least 24 agents surround the ego on average, and density stays as drawn")
    func density() throws {
        let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped())
        var steps = 0.0, agentSteps = 0.0
        _ = engine.run(scenarios: Array(0..<60)) {
            steps += Double($0.simulatedSeconds) * 10
            agentSteps += Double($0.agentSteps)
        }
        #expect(agentSteps / steps - 1 >= 24)
    }

    @Test("a rollout ends where the ego collides, and no distance counts after it")
    func collisionsEnd() throws {
        var campaign = campaign
        campaign.policy = .constantVelocity
        campaign.horizonSeconds = 60
        let engine = try RolloutEngine(campaign: campaign, worldModel: WorldModel.shipped())
        var records: [RolloutRecord] = []
        _ = engine.run(scenarios: Array(0..<60)) { records.append($0) }
        let crashed = records.filter { $0.outcome == .collision }
        #expect(!crashed.isEmpty)
        for record in crashed {
            #expect(record.simulatedSeconds <= 60)
            #expect(record.collisionKind != .none)
            #expect(record.egoMeters <= 70 * record.simulatedSeconds)
        }
        #expect(crashed.contains { $0.simulatedSeconds < 60 })
    }
}
