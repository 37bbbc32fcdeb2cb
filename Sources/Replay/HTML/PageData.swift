import Foundation
import Metrics

/// A recording as the page's script reads it: names and events as JSON, numbers quantised and packed.
///
/// Positions in centimetres, headings in tenths of a milliradian, speeds in millimetres a second; a state
/// takes about five bytes. `recording.js` is the other side of this.
package struct PageData: Encodable {
    package struct Road: Encodable {
        package var start: Double
        package var spacing: Double
        package var samples: Int
        package var lanes: Int
        package var plane: String
        package var laneData: String
    }

    package struct Agent: Encodable {
        package var id: UInt32
        package var kind: String
        package var length: Double
        package var width: Double
        /// The first frame that shows it, and in how many it is there.
        package var first: Int
        package var count: Int
        package var data: String
    }

    package struct Event: Encodable {
        package var kind: String
        /// Frames from the beginning; between two frames where not every step is stored.
        package var frame: Double
        /// Indices into `agents`.
        package var agents: [Int]
        package var text: String
    }

    package var frames: Int
    package var frameSeconds: Double
    package var firstSeconds: Double
    package var road: Road
    package var agents: [Agent]
    package var gaps: String
    package var timesToCollision: String
    package var leaders: String
    package var events: [Event]

    /// Most states that a page holds: about 3 MB. Longer rollouts are thinned out evenly.
    package static let maximumStates = 400_000

    package init(_ recording: RolloutRecording, maximumStates: Int = Self.maximumStates) {
        let stride = max(1, (recording.states.count + maximumStates - 1) / maximumStates)
        // Counted back from the last step, which is the one that matters most.
        let first = (recording.steps.count - 1) % stride
        let steps = Array(Swift.stride(from: max(first, 0), to: recording.steps.count, by: stride))
        frames = steps.count
        frameSeconds = RolloutRecording.stepSeconds * Double(stride)
        firstSeconds = recording.seconds(max(first, 0))
        road = Road(recording.road)
        let tracks = Self.tracks(recording, steps: steps)
        // Agents that no stored frame shows are left out; the ego always comes first.
        let shown = recording.agents.indices.filter { !tracks[$0].states.isEmpty }
        let places = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
        agents = shown.map { Agent(recording.agents[$0], states: tracks[$0].states, first: tracks[$0].first) }
        gaps = Self.packed(
            steps.map { index in
                recording.gaps[index].map { 1001 + max(quantized(Double($0), unit: 0.01), -1000) } ?? 0
            })
        timesToCollision = Self.packed(
            steps.map { index in
                recording.timesToCollision[index].map { 1 + quantized(min(Double($0), 100), unit: 0.01) } ?? 0
            })
        leaders = Self.packed(
            steps.map { 1 + (recording.ego(at: $0).leader.flatMap { places[$0] } ?? -1) })
        events = recording.events.map { event in
            Event(
                kind: event.kind.rawValue, frame: Double(max(event.step - max(first, 0), 0)) / Double(stride),
                agents: event.agents.compactMap { places[$0] }, text: event.text)
        }
    }

    private struct Track {
        var first = 0
        var states: [RecordedState] = []
    }

    private static func tracks(_ recording: RolloutRecording, steps: [Int]) -> [Track] {
        var tracks = [Track](repeating: Track(), count: recording.agents.count)
        for (frame, index) in steps.enumerated() {
            for state in recording.states(at: index) {
                if tracks[state.agent].states.isEmpty { tracks[state.agent].first = frame }
                tracks[state.agent].states.append(state)
            }
        }
        return tracks
    }

    private static func packed(_ values: [Int]) -> String {
        var writer = NumberWriter()
        writer.append(values, order: 1)
        return Data(writer.bytes).base64EncodedString()
    }
}

extension PageData.Road {
    init(_ road: RecordedRoad) {
        let corridor = road.corridor
        start = Double(corridor.start)
        spacing = Double(corridor.spacing)
        samples = corridor.sampleCount
        lanes = corridor.laneCount
        var plane = NumberWriter()
        plane.append(corridor.points.map { quantized($0.x, unit: 0.01) }, order: 2)
        plane.append(corridor.points.map { quantized($0.y, unit: 0.01) }, order: 2)
        plane.append(corridor.headings.map { quantized($0, unit: 1e-6) }, order: 2)
        self.plane = Data(plane.bytes).base64EncodedString()
        var lines = NumberWriter()
        for lane in 0..<corridor.laneCount {
            let samples = lane * corridor.sampleCount..<(lane + 1) * corridor.sampleCount
            lines.append(corridor.laneCentre[samples].map { quantized(Double($0), unit: 0.01) }, order: 1)
            lines.append(corridor.laneWidth[samples].map { quantized(Double($0), unit: 0.01) }, order: 1)
        }
        laneData = Data(lines.bytes).base64EncodedString()
    }
}

extension PageData.Agent {
    init(_ agent: RecordedAgent, states: [RecordedState], first: Int) {
        id = agent.identity
        kind = agent.kind.name
        length = (Double(agent.length) * 100).rounded() / 100
        width = (Double(agent.width) * 100).rounded() / 100
        self.first = first
        count = states.count
        var writer = NumberWriter()
        writer.append(states.map { quantized(Double($0.s), unit: 0.01) }, order: 2)
        writer.append(states.map { quantized(Double($0.d), unit: 0.01) }, order: 1)
        writer.append(states.map { quantized(Double($0.heading), unit: 1e-4) }, order: 1)
        writer.append(states.map { quantized(Double($0.speed), unit: 0.001) }, order: 1)
        data = Data(writer.bytes).base64EncodedString()
    }
}
