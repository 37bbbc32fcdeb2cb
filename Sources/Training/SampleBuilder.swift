import TrafficData
import WorldModel

/// Turns recordings into decisions to learn from.
package struct SampleBuilder: Sendable {
    /// How decisions are read off.
    package struct Options: Sendable {
        package var seed: UInt64 = 1
        /// Every how many frames decisions are read off.
        package var frameStride = 2
        /// Share of decisions that are also read off with a disturbed state.
        package var disturbedShare: Float = 0
        /// Share of decisions that are also read off from far astray, see `StateDisturbance`.
        package var strayedShare: Float = 0
        /// Share of frames that are also read slowed down, see `SlowedTraffic`.
        package var slowedShare: Float = 0
        /// The largest share of a slowed frame's vehicles that is taken away.
        package var thinnedShare: Float = 0
        /// Share of recorded frames that are read as if nobody were missing.
        package var wholeShare: Float = 0
        /// Share of frames that are also read with states estimated from the past alone.
        package var estimatedShare: Float = 0
        /// Share of drivers whose traits the network sees.
        package var knownShare: Float = 0.5
        /// Mirrors every second frame, drawn by chance.
        package var mirrors = true

        package init() {}
    }

    private let sources: [PreparedRecording]
    private let traits: [[DriverTraits?]]
    private let vocabulary: MotionVocabulary
    private let coder: TokenCoder

    package init(sources: [PreparedRecording], traits: [[DriverTraits?]], vocabulary: MotionVocabulary) {
        self.sources = sources
        self.traits = traits
        self.vocabulary = vocabulary
        coder = TokenCoder(vocabulary)
    }

    /// All decisions of one epoch. Each epoch draws mirrors, disturbances and known traits anew and, with
    /// a stride, reads other frames.
    package func samples(epoch: Int, options: Options) -> SampleSet {
        joined { samples($0, number: $1, epoch: epoch, options: options) }
    }

    /// One epoch's decisions in drives of the network, one from every `stride`th frame on; see
    /// `ClosedLoopCollector`.
    func closedLoopSamples(
        epoch: Int, options: Options, policy: NetworkPolicy, stride: Int, choices: Int
    ) -> SampleSet {
        joined { block, number in
            let source = sources[block.source]
            let frame = RecordedFrame(source)
            let collector = ClosedLoopCollector(
                source: source, coder: coder, vocabulary: vocabulary, policy: policy, choices: choices,
                wholeShare: options.wholeShare)
            var random = TrainingRandom(seed: options.seed, stream: .closedLoop, part: epoch << 20 | number)
            var result = SampleSet()
            for time in block.frames where (time + 7 * epoch) % stride == 0 {
                let mirrored = options.mirrors && random.uniform() < 0.5
                let known = traits[block.source].map { random.uniform() < options.knownShare ? $0 : nil }
                collector.drive(
                    from: time, in: frame, mirrored: mirrored, traits: known, random: &random, to: &result)
            }
            return result
        }
    }

    /// What `work` gives for every block, in order; blocks are worked on side by side.
    private func joined(_ work: (FrameBlock, Int) -> SampleSet) -> SampleSet {
        let blocks = frameBlocks()
        let parts = Parts(count: blocks.count)
        sideBySide(blocks.count) { parts.values[$0] = work(blocks[$0], $0) }
        var all = SampleSet()
        let total = parts.values.reduce(0) { $0 + $1.count }
        all.features.reserveCapacity(total * SampleSet.rowLength)
        for number in 0..<blocks.count {
            all.append(parts.values[number])
            parts.values[number] = SampleSet()
        }
        return all
    }

    /// One slot for each block's result, written side by side.
    private final class Parts: @unchecked Sendable {
        let values: UnsafeMutableBufferPointer<SampleSet>
        init(count: Int) {
            values = .allocate(capacity: count)
            values.initialize(repeating: SampleSet())
        }
        deinit {
            values.deinitialize()
            values.deallocate()
        }
    }

    private struct FrameBlock {
        var source: Int
        var frames: Range<Int>
    }

    private func frameBlocks() -> [FrameBlock] {
        let length = 64
        return sources.indices.flatMap { source in
            let count = sources[source].recording.frameCount
            return stride(from: 0, to: count, by: length).map {
                FrameBlock(source: source, frames: $0..<min($0 + length, count))
            }
        }
    }

    private func samples(_ block: FrameBlock, number: Int, epoch: Int, options: Options) -> SampleSet {
        let source = sources[block.source]
        let frame = RecordedFrame(source)
        var random = TrainingRandom(seed: options.seed, stream: .samples, part: epoch << 20 | number)
        var result = SampleSet()
        for time in block.frames where (time + epoch) % options.frameStride == 0 {
            let mirrored = options.mirrors && random.uniform() < 0.5
            let known = traits[block.source].map { random.uniform() < options.knownShare ? $0 : nil }
            if random.uniform() < options.estimatedShare {
                frame.load(frame: time, mirrored: mirrored, traits: known, estimated: true)
                for (slot, profile) in decisions(source, frame, time, mirrored) {
                    let track = source.recording.tracks[frame.tracks[slot]]
                    let recorded = track.agent(at: time)
                    let error = StateDisturbance(
                        from: mirrored ? recorded.mirrored : recorded, to: frame.states[slot])
                    append(frame, slot, error.recovery(profile, speed: frame.agents.speed[slot]), to: &result)
                }
            }
            if random.uniform() < options.slowedShare {
                let slowed = SlowedTraffic(random: &random)
                var draws = random
                frame.load(frame: time, mirrored: mirrored, traits: known) {
                    slowed.applied(to: $0, random: &draws)
                }
                random = draws
                frame.thin(share: options.thinnedShare * random.uniform(), random: &random)
                slowed.read(frame, decisions(source, frame, time, mirrored), random: &random) { slot, answer in
                    append(frame, slot, answer, seesAll: true, to: &result)
                }
            }
            frame.load(frame: time, mirrored: mirrored, traits: known)
            let isWhole = random.uniform() < options.wholeShare
            for (slot, profile) in decisions(source, frame, time, mirrored) {
                let seesAll = isWhole && !SlowedTraffic.isHeldBack(frame, slot)
                append(frame, slot, profile, seesAll: seesAll, to: &result)
                if random.uniform() < options.disturbedShare {
                    let disturbance = StateDisturbance(speed: frame.agents.speed[slot], random: &random)
                    append(frame, slot, disturbed: disturbance, profile, seesAll: seesAll, to: &result)
                }
                if random.uniform() < options.strayedShare {
                    let disturbance = StateDisturbance(
                        strayedFrom: frame.states[slot], behind: frame.gap(slot, .follower),
                        ahead: frame.gap(slot, .leader), motion: profile, random: &random)
                    append(frame, slot, disturbed: disturbance, profile, seesAll: seesAll, to: &result)
                }
            }
        }
        return result
    }

    private func append(
        _ frame: RecordedFrame, _ slot: Int, disturbed disturbance: StateDisturbance, _ profile: MotionProfile,
        seesAll: Bool, to result: inout SampleSet
    ) {
        let agent = disturbance.applied(to: frame.states[slot])
        frame.replace(slot: slot, by: agent) {
            append(
                frame, slot, disturbance.recovery(profile, speed: agent.speed), seesAll: seesAll, to: &result)
        }
    }

    /// Slots whose motion after `time` was recorded, and that motion.
    private func decisions(
        _ source: PreparedRecording, _ frame: RecordedFrame, _ time: Int, _ mirrored: Bool
    ) -> [(slot: Int, profile: MotionProfile)] {
        frame.tracks.enumerated().compactMap { slot, index in
            let track = source.recording.tracks[index]
            guard frame.agents.present[slot] != 0, track.holdsDecision(at: time) else { return nil }
            return (slot, track.profile(after: time, mirrored: mirrored))
        }
    }

    private func append(
        _ frame: RecordedFrame, _ slot: Int, _ profile: MotionProfile, seesAll: Bool = false,
        to result: inout SampleSet
    ) {
        frame.appendFeatures(slot: slot, seesAll: seesAll, to: &result.features)
        result.longitudinal.append(UInt8(coder.longitudinal.nearest(to: profile.along)))
        result.lateral.append(UInt8(coder.lateral.nearest(to: profile.across)))
    }
}
