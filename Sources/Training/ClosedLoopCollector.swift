import ReproducibleMath
import RoadNetwork
import WorldModel

/// Drives everybody in a recording with the network that is being trained, and notes what a driver who
/// finds himself there should do to come back.
///
/// In closed loop a model meets its own errors, and a history of its own decisions instead of a recorded
/// one that, smoothed, already hints at what comes. So from some epoch on every epoch also learns from
/// such states (DAgger: Ross, Gordon and Bagnell, 2011). Of a few tokens drawn from the network the one
/// is executed that comes closest to the recording, so that a drive goes astray as the model would but
/// stays where the recording still has an answer (CAT-K: Zhang et al., "Closest Among Top-K", 2025).
struct ClosedLoopCollector {
    /// Decisions in a drive: four seconds.
    private static let decisions = 8
    /// Beyond these distances from the recording it has no answer any more, metres along and across.
    private static let farthestAlong: Float = 10, farthestAcross: Float = 2
    /// A speed error counts as the distance it makes in this time, seconds.
    private static let foresight: Float = 1

    let source: PreparedRecording
    let coder: TokenCoder
    let vocabulary: MotionVocabulary
    let policy: NetworkPolicy
    /// Tokens drawn per head and decision.
    let choices: Int
    /// Share of drives that are read as if nobody were missing.
    let wholeShare: Float

    /// One drive from `start` on; appends its decisions to `result`.
    func drive(
        from start: Int, in frame: RecordedFrame, mirrored: Bool, traits: [DriverTraits?],
        random: inout TrainingRandom, to result: inout SampleSet
    ) {
        var drifted: [Int: InitialAgent] = [:]
        let isWhole = random.uniform() < wholeShare
        let workspace = ChunkWorkspace(for: policy.network)
        for decision in 0..<Self.decisions {
            let time = start + decision * MotionVocabulary.stepsPerToken
            guard time < source.recording.frameCount else { return }
            frame.load(
                frame: time, mirrored: mirrored, traits: traits, estimated: decision == 0, drifted: drifted)
            var seen = SampleSet()
            var slots: [Int] = []
            for (slot, index) in frame.tracks.enumerated() {
                let track = source.recording.tracks[index]
                guard track.holdsDecision(at: time) else { continue }
                let recorded = track.agent(at: time)
                let error = StateDisturbance(
                    from: mirrored ? recorded.mirrored : recorded, to: frame.states[slot])
                guard error.isWithin(along: Self.farthestAlong, across: Self.farthestAcross) else { continue }
                let answer = error.recovery(
                    track.profile(after: time, mirrored: mirrored), speed: frame.states[slot].speed)
                frame.appendFeatures(
                    slot: slot, seesAll: isWhole && !SlowedTraffic.isHeldBack(frame, slot), to: &seen.features)
                seen.longitudinal.append(UInt8(coder.longitudinal.nearest(to: answer.along)))
                seen.lateral.append(UInt8(coder.lateral.nearest(to: answer.across)))
                slots.append(slot)
            }
            if decision > 0 { result.append(seen) }
            drifted = continued(frame, slots, seen, time, mirrored, workspace, &random)
        }
    }

    /// Where the agents in `slots` are after the half second that the network chose for them, by track.
    private func continued(
        _ frame: RecordedFrame, _ slots: [Int], _ seen: SampleSet, _ time: Int, _ mirrored: Bool,
        _ workspace: ChunkWorkspace, _ random: inout TrainingRandom
    ) -> [Int: InitialAgent] {
        var next: [Int: InitialAgent] = [:]
        let later = time + MotionVocabulary.stepsPerToken
        policy.run(seen, workspace) { row, logits in
            let index = frame.tracks[slots[row]], before = frame.states[slots[row]]
            let recorded = source.recording.tracks[index].agent(at: later)
            let goal = mirrored ? recorded.mirrored : recorded
            var best = before
            var bestAlong = Float.infinity, bestAcross = Float.infinity
            let heads = (vocabulary.longitudinalCount, vocabulary.lateralCount)
            for _ in 0..<choices {
                let along = Self.draw(logits, count: heads.0, random.uniform())
                let across = Self.draw(logits + heads.0, count: heads.1, random.uniform())
                let end = before.moved(vocabulary, along: along, across: across, corridor: frame.corridor)
                let alongMiss = (end.s - goal.s + Self.foresight * (end.speed - goal.speed)).magnitude
                let acrossMiss =
                    (end.d - goal.d + Self.foresight * (end.lateralSpeed - goal.lateralSpeed)).magnitude
                if alongMiss < bestAlong {
                    bestAlong = alongMiss
                    best.takeAlong(end)
                }
                if acrossMiss < bestAcross {
                    bestAcross = acrossMiss
                    best.takeAcross(end)
                }
            }
            next[index] = best
        }
        return next
    }

    /// A class drawn from a softmax.
    private static func draw(_ logits: UnsafePointer<Float>, count: Int, _ uniform: Float) -> Int {
        var highest = logits[0]
        for index in 1..<count { highest = max(highest, logits[index]) }
        var sum: Float = 0
        for index in 0..<count { sum += Elementary.exp(logits[index] - highest) }
        var remaining = uniform * sum
        for index in 0..<count {
            remaining -= Elementary.exp(logits[index] - highest)
            if remaining <= 0 { return index }
        }
        return count - 1
    }
}

/// The network as it stands between two updates.
struct NetworkPolicy {
    let network: Perceptron
    let mean: [Float]
    let deviation: [Float]

    /// Calls `body` with each sample's number and its logits.
    func run(
        _ samples: SampleSet, _ workspace: ChunkWorkspace,
        _ body: (Int, UnsafePointer<Float>) -> Void
    ) {
        var samples = samples
        samples.standardise(mean: mean, deviation: deviation)
        let indices = Array(0..<samples.count)
        for start in stride(from: 0, to: samples.count, by: Perceptron.chunkSize) {
            let part = indices[start..<min(start + Perceptron.chunkSize, samples.count)]
            samples.gather(part, into: workspace)
            network.forward(workspace)
            let outputs = network.widths[network.layerCount]
            let logits = workspace.activations[network.layerCount].pointer
            for row in 0..<part.count { body(start + row, logits + row * outputs) }
        }
    }
}

extension InitialAgent {
    /// The state after one token, moved as rollouts move agents on an easy road.
    fileprivate func moved(
        _ vocabulary: MotionVocabulary, along: Int, across: Int, corridor: CorridorView
    ) -> InitialAgent {
        let steps = MotionVocabulary.stepsPerToken, dt = MotionVocabulary.stepSeconds
        let curvature = corridor.curvature[corridor.sample(at: s)]
        var agent = self
        for step in 0..<steps {
            let faster = max(0, agent.speed + vocabulary.longitudinal[along * steps + step] * dt)
            let steepest = 0.36 * faster
            let sideways = (agent.lateralSpeed + vocabulary.lateral[across * steps + step] * dt)
                .limited(-steepest, steepest)
            let forward = 0.5 * (agent.speed + faster), aside = 0.5 * (agent.lateralSpeed + sideways)
            let advance = max(0, forward * forward - aside * aside).squareRoot()
            agent.s += advance * dt / (1 - curvature * agent.d)
            agent.d += aside * dt
            agent.acceleration = (faster - agent.speed) / dt
            agent.lateralAcceleration = (sideways - agent.lateralSpeed) / dt
            agent.speed = faster
            agent.lateralSpeed = sideways
        }
        if agent.speed > 0.01 { agent.heading = Elementary.smallArcTangent(agent.lateralSpeed / agent.speed) }
        agent.olderAcceleration = recentAcceleration
        agent.recentAcceleration = (agent.speed - speed) / (Float(steps) * dt)
        agent.olderLateralSpeed = lateralSpeed
        return agent
    }

    fileprivate mutating func takeAlong(_ other: InitialAgent) {
        s = other.s
        speed = other.speed
        acceleration = other.acceleration
        recentAcceleration = other.recentAcceleration
        olderAcceleration = other.olderAcceleration
    }

    fileprivate mutating func takeAcross(_ other: InitialAgent) {
        d = other.d
        heading = other.heading
        lateralSpeed = other.lateralSpeed
        lateralAcceleration = other.lateralAcceleration
        olderLateralSpeed = other.olderLateralSpeed
    }
}
