import RoadNetwork

/// What the street driver learns from: situations and what people did in the next half second.
struct StreetSamples {
    /// `[sample * StreetFeatures.count + feature]`.
    private(set) var features: [Float] = []
    private(set) var tokens: [Int32] = []
    /// Forks of lanes that people came to: the turns that were possible, and the one taken.
    private(set) var forks: [(possible: Set<Int>, taken: Int)] = []

    var count: Int { tokens.count }

    private static let framesPerToken = 5

    mutating func add(_ recording: StreetRecording) {
        let map = StreetMap(recording.lanes)
        for track in recording.tracks.indices { addForks(of: track, recording, map) }
        for frame in stride(from: 5, to: recording.frameCount - Self.framesPerToken, by: 1) {
            add(frame, of: recording, map)
        }
    }

    private mutating func add(_ frame: Int, of recording: StreetRecording, _ map: StreetMap) {
        let tracks = recording.present(at: frame)
        let options = tracks.map { Self.routeTaken(by: $0, from: frame, recording, map) }
        let later = tracks.map { track in
            recording.tracks[track].frames.contains(frame + Self.framesPerToken)
                ? recording.smoothedAgent(track, at: frame + Self.framesPerToken).speed : .nan
        }
        var row = [Float](repeating: 0, count: StreetFeatures.count)
        // As rollouts see it after a while, and as they see it at their start, when only the past is known.
        for knowsFuture in [true, false] {
            let agents = tracks.map { track in
                var agent = knowsFuture
                    ? recording.smoothedAgent(track, at: frame) : recording.agentFromPast(track, at: frame)
                if knowsFuture, recording.tracks[track].frames.contains(frame - Self.framesPerToken) {
                    let before = recording.smoothedAgent(track, at: frame - Self.framesPerToken)
                    agent.acceleration = 2 * (agent.speed - before.speed)
                }
                return agent
            }
            var scene = StreetScene(agents: agents, options: options)
            scene.look()
            for index in tracks.indices where !later[index].isNaN {
                StreetFeatures.fill(&row, scene, index)
                features += row
                tokens.append(Int32(StreetDriver.token(from: agents[index].speed, to: later[index])))
            }
        }
    }

    /// Of the routes possible at a frame, the one that fits best what the agent then did.
    private static func routeTaken(
        by index: Int, from frame: Int, _ recording: StreetRecording, _ map: StreetMap
    ) -> RouteChoice.Option {
        let track = recording.tracks[index]
        let now = frame - track.firstFrame
        let choice = RouteChoice(
            map: map, place: track.places[now], facing: track.facings[now], speed: 0, turnWeights: [1, 1, 1])
        func misfit(_ option: RouteChoice.Option) -> Double {
            var sum = 0.0
            for later in stride(from: now, to: track.places.count, by: 5) {
                let on = option.route.project(track.places[later], from: option.s - 5, to: option.s + 150)
                sum += min(abs(on?.d ?? 10), 10)
            }
            return sum - 1e-3 * option.weight
        }
        return choice.options.min { misfit($0) < misfit($1) }!
    }

    private mutating func addForks(of index: Int, _ recording: StreetRecording, _ map: StreetMap) {
        let track = recording.tracks[index]
        let taken = Self.routeTaken(by: index, from: track.firstFrame, recording, map)
        guard let end = taken.route.project(track.places[track.places.count - 1], from: -5, to: 230) else { return }
        var s = 0.0
        for (lane, next) in zip(taken.route.lanes, taken.route.lanes.dropFirst()) {
            s += map.lines[lane].length
            let turn = map.lines[next].turn.rawValue
            let possible = Set(map.graph.lanes[lane].successors.map { map.lines[$0].turn.rawValue })
            if possible.count > 1, end.s > s + 8 { forks.append((possible, turn)) }
        }
    }

    /// How often people go straight, left, right where they may, relative to straight on: the weights under
    /// which what they did is likeliest (Luce's choice rule, by its fixed-point iteration), with one
    /// imagined decision for each way.
    func turnWeights() -> [Double] {
        var weights = [1.0, 0.2, 0.2]
        for _ in 0..<200 {
            for turn in 0..<3 {
                let taken = Double(forks.filter { $0.taken == turn }.count) + 1
                let chances = forks.filter { $0.possible.contains(turn) }
                    .reduce(3 / weights.reduce(0, +)) { $0 + 1 / $1.possible.reduce(0) { $0 + weights[$1] } }
                weights[turn] = taken / chances
            }
            let straight = weights[0]
            for turn in 0..<3 { weights[turn] /= straight }
        }
        return weights
    }
}
