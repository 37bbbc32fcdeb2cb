import Foundation
import Metrics
import Scenarios

extension RolloutRecording {
    /// Finds what happened, from the states and the record alone.
    mutating func findEvents(window: InflowParameters) {
        let ending = endingEvent
        var found = egoEvents + modelFaults(window: window)
        if let ending { found.append(ending) }
        events = found.enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }
            .map(\.element)
    }

    private var egoEvents: [RecordedEvent] {
        var found: [RecordedEvent] = []
        var lastNearMiss = -100
        for index in steps.indices.dropFirst() where !steps[index].isEmpty {
            let (before, now) = (ego(at: index - 1), ego(at: index))
            if now.acceleration < -3 && before.acceleration >= -3 {
                let hardest = hardestBraking(from: index)
                let text = String(format: "ego brakes hard, %.1f m/s²", hardest)
                found.append(RecordedEvent(kind: .hardBrake, step: index, text: text))
            }
            if now.lane != before.lane {
                let side = now.lane < before.lane ? "left" : "right"
                found.append(
                    RecordedEvent(kind: .laneChange, step: index, text: "ego changes lane to the \(side)"))
            }
            if let time = timesToCollision[index], time < CampaignTotals.nearMissSeconds {
                // A near miss lasts until the time to collision has been longer for a second.
                if index - lastNearMiss > 10 {
                    found.append(nearMiss(from: index, agents: [0] + [now.leader].compactMap { $0 }))
                }
                lastNearMiss = index
            }
            if isOff(now) && !isOff(before) {
                found.append(
                    RecordedEvent(kind: .roadEdge, step: index, text: "ego crosses the edge of the road"))
            }
        }
        return found
    }

    /// How far a body may reach over the edge line before that counts, metres, as rollouts count it.
    private func isOff(_ state: RecordedState) -> Bool {
        road.distanceOutside(state, agents[state.agent]) > 0.6
    }

    private func hardestBraking(from index: Int) -> Float {
        var hardest: Float = 0
        for later in index..<steps.count where !steps[later].isEmpty {
            let acceleration = ego(at: later).acceleration
            if acceleration >= -3 { break }
            hardest = min(hardest, acceleration)
        }
        return hardest
    }

    private func nearMiss(from index: Int, agents: [Int]) -> RecordedEvent {
        var shortest = Float.infinity
        var quiet = 0
        for later in index..<steps.count {
            let time = timesToCollision[later] ?? .infinity
            shortest = min(shortest, time)
            quiet = time < CampaignTotals.nearMissSeconds ? 0 : quiet + 1
            if quiet > 10 { break }
        }
        let text = String(format: "time to collision below 1.5 s, down to %.2f s", shortest)
        return RecordedEvent(kind: .nearMiss, step: index, agents: agents, text: text)
    }

    /// Others who vanish inside the window were taken off the road: they touched somebody or left it.
    private func modelFaults(window: InflowParameters) -> [RecordedEvent] {
        var lastSeen: [Int: (step: Int, state: RecordedState)] = [:]
        for index in steps.indices {
            for state in states(at: index) { lastSeen[state.agent] = (index, state) }
        }
        return lastSeen.values.sorted { ($0.step, $0.state.agent) < ($1.step, $1.state.agent) }
            .compactMap { step, state in
                guard state.agent != 0, step + 1 < steps.count else { return nil }
                let ahead = state.s - ego(at: step).s
                let hasLeft = ahead > window.windowAhead + window.hysteresis
                    || ahead < -window.windowBehind - window.hysteresis
                if hasLeft { return nil }
                let agent = agents[state.agent]
                // He moved on for one step more before he was taken off.
                let leftRoad = road.distanceOutside(state, agent) > 0.3
                let what = leftRoad ? "leaves the road" : "touches another vehicle"
                return RecordedEvent(
                    kind: .modelFault, step: step, agents: [state.agent],
                    text: "\(agent.name) \(what) and is taken out: a fault of the world model")
            }
    }

    /// How the rollout ended; nothing where the ego simply drove to the horizon.
    private var endingEvent: RecordedEvent? {
        guard record.outcome != .completed, let last = steps.indices.last else { return nil }
        let partner = record.outcome == .collision ? nearestToEgo(at: last) : nil
        return RecordedEvent(
            kind: .ending, step: last, agents: [0] + [partner].compactMap { $0 }, text: outcomeText)
    }

    /// The agent whose body is nearest to the ego's, by the larger of the distances along and across.
    private func nearestToEgo(at index: Int) -> Int? {
        let ego = ego(at: index)
        func distance(_ other: RecordedState) -> Float {
            let (a, b) = (agents[ego.agent], agents[other.agent])
            return max(
                abs(other.s - ego.s) - 0.5 * (a.length + b.length),
                abs(other.d - ego.d) - 0.5 * (a.width + b.width))
        }
        return states(at: index).dropFirst().min { distance($0) < distance($1) }?.agent
    }

    /// What became of the rollout, in a few words.
    public var outcomeText: String {
        let incident = Incident(record, shard: origin.shard)
        if record.outcome != .completed { return incident.story }
        return "drove to the horizon" + (incident.severity > 0 ? "; \(incident.story)" : "")
    }
}
