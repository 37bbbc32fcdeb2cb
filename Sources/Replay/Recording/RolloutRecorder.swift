import Metrics
import Rollout
import Scenarios

/// Gathers the states of one rollout after another and makes each into a recording.
///
/// For batches of one scene: states of two rollouts must not come mixed.
final class RolloutRecorder: RolloutObserver {
    private let origin: (UInt64) -> RecordingOrigin
    private let generator: ScenarioGenerator
    private var draft = RecordingDraft()

    /// - Parameter origin: says where the recording of a scenario comes from.
    init(generator: ScenarioGenerator, origin: @escaping (UInt64) -> RecordingOrigin) {
        self.generator = generator
        self.origin = origin
    }

    func observe(scenario: UInt64, step: Int, seconds: Float, agents: [ObservedAgent]) {
        // A rollout that the policy under test spoiled is begun again.
        if step == 1 { draft = RecordingDraft() }
        draft.append(agents)
    }

    /// The recording of the rollout that has just ended with `record`; the next one starts afresh.
    func finish(_ record: RolloutRecord) -> RolloutRecording {
        defer { draft = RecordingDraft() }
        let scenario = generator.scenario(record.scenario)
        return draft.recording(of: scenario, record: record, origin: origin(record.scenario))
    }
}

/// A recording in the making.
struct RecordingDraft {
    private var agents: [RecordedAgent] = []
    private var indices: [UInt32: Int] = [:]
    private var states: [RecordedState] = []
    private var steps: [Range<Int>] = []

    mutating func append(_ observed: [ObservedAgent]) {
        for agent in observed where indices[agent.identity] == nil {
            indices[agent.identity] = agents.count
            agents.append(
                RecordedAgent(
                    identity: agent.identity, isEgo: agent.isEgo, kind: agent.kind, length: agent.length,
                    width: agent.width))
        }
        let first = states.count
        for agent in observed {
            states.append(
                RecordedState(
                    agent: indices[agent.identity] ?? 0, lane: agent.lane, s: agent.s, d: agent.d,
                    x: agent.x, y: agent.y, heading: agent.heading, speed: agent.speed,
                    acceleration: agent.acceleration, leader: agent.leader.flatMap { indices[$0] }))
        }
        steps.append(first..<states.count)
    }

    func recording(
        of scenario: Scenario, record: RolloutRecord, origin: RecordingOrigin
    ) -> RolloutRecording {
        // A rollout that ended before its first measured step shows the road where the ego would have been.
        let seen = states.map(\.s)
        let visited = (seen.min() ?? -100) - 200...(seen.max() ?? 100) + 200
        var recording = RolloutRecording(
            origin: origin, road: RecordedRoad(scenario.corridor, visited: visited), agents: agents,
            states: states, steps: steps, gaps: [], timesToCollision: [], events: [], record: record)
        recording.measureGaps()
        recording.findEvents(window: InflowParameters(scenario))
        return recording
    }
}

extension RolloutRecording {
    /// The ego's gap and time to collision, computed as the rollout computes them.
    fileprivate mutating func measureGaps() {
        for step in steps {
            var gap: Float?
            var time: Float?
            if let ego = states[step].first, let leader = ego.leader,
                let ahead = states[step].first(where: { $0.agent == leader })
            {
                let (own, other) = (agents[ego.agent], agents[leader])
                let distance = ahead.s - ego.s - 0.5 * (other.length + own.length)
                let closing = ego.speed - ahead.speed
                // Only bodies that overlap across the road can collide along it.
                if abs(ahead.d - ego.d) < 0.5 * (other.width + own.width) {
                    gap = distance
                    if closing > 0.1 { time = (distance > 0 ? distance : 0) / closing }
                }
            }
            gaps.append(gap)
            timesToCollision.append(time)
        }
    }
}
