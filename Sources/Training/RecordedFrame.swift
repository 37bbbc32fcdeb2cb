import RoadNetwork
import WorldModel

/// One moment of a recording, in the arrays that rollouts use.
package final class RecordedFrame {
    package let agents: AgentArrays
    /// The track in each slot, and its state.
    package private(set) var tracks: [Int] = []
    package private(set) var states: [InitialAgent] = []
    package private(set) var corridor: CorridorView
    package let lanes: UnsafeMutablePointer<Int32>
    let neighbours: UnsafeMutablePointer<Int32>
    private let source: PreparedRecording
    private let memory: AlignedFloats
    private let tables: UnsafeMutablePointer<Int32>
    private let order: UnsafeMutablePointer<Int32>
    private let besides: UnsafeMutablePointer<Int32>

    package init(_ source: PreparedRecording) {
        self.source = source
        corridor = source.corridor(mirrored: false)
        let capacity = max(16, (source.maximumPresent + 15) / 16 * 16)
        memory = AlignedFloats(count: (AgentArrays.floatArrayCount + 1) * capacity)
        agents = AgentArrays(storage: memory.pointer, capacity: capacity)
        tables = .allocate(capacity: capacity * (3 + Neighbour.count))
        tables.initialize(repeating: -1, count: capacity * (3 + Neighbour.count))
        order = tables
        lanes = tables + capacity
        besides = tables + 2 * capacity
        neighbours = tables + 3 * capacity
    }

    deinit { tables.deallocate() }

    /// Puts everybody present at `frame` into the arrays and finds their surroundings.
    ///
    /// - Parameters:
    ///   - traits: per track; a driver whose traits are nil is unknown.
    ///   - estimated: takes states as the past alone shows them.
    ///   - drifted: states, by track, that replace what was recorded; mirrored and with traits already.
    package func load(
        frame: Int, mirrored: Bool, traits: [DriverTraits?], estimated: Bool = false,
        drifted: [Int: InitialAgent] = [:]
    ) {
        corridor = source.corridor(mirrored: mirrored)
        tracks = source.present[frame]
        states.removeAll(keepingCapacity: true)
        for (slot, index) in tracks.enumerated() {
            var agent = source.recording.tracks[index].agent(at: frame)
            if estimated { agent = source.recording.estimate(agent, of: index, at: frame) }
            if mirrored { agent = agent.mirrored }
            if let known = traits[index] {
                agent.headwayTrait = known.headway
                agent.speedTrait = known.speed
                agent.traitsKnown = 1
            }
            agent = drifted[index] ?? agent
            states.append(agent)
            agents.set(agent, slot: slot, identity: UInt32(index))
            order[slot] = Int32(slot)
        }
        findSurroundings()
    }

    package var count: Int { states.count }

    /// Puts another state into a slot while `body` runs.
    func replace(slot: Int, by agent: InitialAgent, _ body: () -> Void) {
        agents.set(agent, slot: slot, identity: UInt32(tracks[slot]))
        findSurroundings()
        body()
        agents.set(states[slot], slot: slot, identity: UInt32(tracks[slot]))
        findSurroundings()
    }

    private func findSurroundings() {
        Surroundings.find(
            agents: agents, count: count, corridor: corridor, order: order, lanes: lanes, besides: besides,
            neighbours: neighbours)
    }

    /// Appends what the driver in `slot` perceives.
    package func appendFeatures(slot: Int, to features: inout [Float]) {
        let start = features.count
        features.append(contentsOf: repeatElement(0, count: SampleSet.rowLength))
        features.withUnsafeMutableBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            Features.write(
                slot: slot, agents: agents, corridor: corridor, lanes: lanes, neighbours: neighbours,
                to: base + start, stride: 1)
        }
    }
}
