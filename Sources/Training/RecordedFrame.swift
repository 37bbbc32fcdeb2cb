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
    package let neighbours: UnsafeMutablePointer<Int32>
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
    ///   - change: applied to every state.
    package func load(
        frame: Int, mirrored: Bool, traits: [DriverTraits?], estimated: Bool = false,
        drifted: [Int: InitialAgent] = [:], change: (InitialAgent) -> InitialAgent = { $0 }
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
            agent = change(drifted[index] ?? agent)
            states.append(agent)
            agents.set(agent, slot: slot, identity: UInt32(index))
            order[slot] = Int32(slot)
        }
        findSurroundings()
    }

    package var count: Int { states.count }

    /// Gap, bumper to bumper, to a neighbour, metres; infinite where there is none.
    package func gap(_ slot: Int, _ neighbour: Neighbour) -> Float {
        let other = Int(neighbours[slot * Neighbour.count + neighbour.rawValue])
        guard other >= 0 else { return .infinity }
        return (agents.s[other] - agents.s[slot]).magnitude - 0.5 * (agents.length[other] + agents.length[slot])
    }

    /// Puts another state into a slot while `body` runs.
    func replace(slot: Int, by agent: InitialAgent, _ body: () -> Void) {
        agents.set(agent, slot: slot, identity: UInt32(tracks[slot]))
        findSurroundings()
        body()
        agents.set(states[slot], slot: slot, identity: UInt32(tracks[slot]))
        findSurroundings()
    }

    /// Who is taken away from a driver's lane ahead of him.
    enum Removal { case nobody, leader, everybody }

    /// Takes vehicles ahead of `slot` in its lane away while `body` runs.
    func without(_ removal: Removal, aheadOf slot: Int, _ body: () -> Void) {
        let leader = neighbours[slot * Neighbour.count + Neighbour.leader.rawValue]
        let gone: [Int] = switch removal {
        case .nobody: []
        case .leader: leader >= 0 ? [Int(leader)] : []
        case .everybody:
            (0..<count).filter {
                agents.present[$0] != 0 && lanes[$0] == lanes[slot] && agents.s[$0] > agents.s[slot]
            }
        }
        if gone.isEmpty { return body() }
        for other in gone { agents.present[other] = 0 }
        findSurroundings()
        body()
        for other in gone { agents.present[other] = 1 }
        findSurroundings()
    }

    /// Takes a share of the vehicles away.
    func thin(share: Float, random: inout TrainingRandom) {
        for slot in 0..<count where random.uniform() < share { agents.present[slot] = 0 }
        findSurroundings()
    }

    private func findSurroundings() {
        Surroundings.find(
            agents: agents, count: count, corridor: corridor, order: order, lanes: lanes, besides: besides,
            neighbours: neighbours)
    }

    /// Appends what the driver in `slot` perceives.
    ///
    /// - Parameter seesAll: whether nobody ahead means a free road; see `Situation.gather`.
    package func appendFeatures(slot: Int, seesAll: Bool = false, to features: inout [Float]) {
        let start = features.count
        features.append(contentsOf: repeatElement(0, count: SampleSet.rowLength))
        features.withUnsafeMutableBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            Features.write(
                slot: slot, agents: agents, corridor: corridor, lanes: lanes, neighbours: neighbours,
                seesAll: seesAll, to: base + start, stride: 1)
        }
    }
}
