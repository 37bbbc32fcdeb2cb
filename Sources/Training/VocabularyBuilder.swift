import TrafficData
import WorldModel

/// Clusters recorded half seconds into the profiles of a vocabulary.
package enum VocabularyBuilder {
    /// The most motions that are clustered.
    private static let sampleLimit = 24_000
    private static let rounds = 25
    /// Frames between two motions of a track.
    private static let frameStride = 3

    /// - Parameters:
    ///   - longitudinal, lateral: how many profiles; multiples of 16.
    /// The lateral profiles come in mirror pairs: profile `2k + 1` is `2k` to the other side.
    package static func build(
        _ recordings: [RoadRecording], longitudinal: Int, lateral: Int, seed: UInt64
    ) -> MotionVocabulary {
        var along: [ProfileCoder.Speeds] = [], across: [ProfileCoder.Speeds] = []
        for recording in recordings {
            for track in recording.tracks {
                let frames = track.firstFrame..<track.firstFrame + track.frameCount
                for frame in stride(from: frames.lowerBound, to: frames.upperBound, by: frameStride)
                where track.holdsDecision(at: frame) {
                    let profile = track.profile(after: frame, mirrored: false)
                    along.append(ProfileCoder.speeds(profile.along))
                    let sideways = ProfileCoder.speeds(profile.across)
                    across.append(sideways.sum() < 0 ? -sideways : sideways)
                }
            }
        }
        var random = TrainingRandom(seed: seed, stream: .vocabulary)
        var alongCentres = cluster(along, count: longitudinal, tail: 1, random: &random)
        // One profile that holds the speed exactly.
        alongCentres[ProfileCoder(centres: alongCentres).nearest(to: .zero).index] = .zero
        let acrossCentres = cluster(across, count: lateral / 2, tail: 0.2, random: &random)
        return MotionVocabulary(
            longitudinal: alongCentres.flatMap(ProfileCoder.accelerations),
            lateral: acrossCentres.flatMap {
                ProfileCoder.accelerations($0) + ProfileCoder.accelerations(-$0)
            })
    }

    /// k-means with k-means++ seeds (Arthur & Vassilvitskii 2007) over a subsample in which strong motions
    /// are more frequent than in the data, in order of the final speed change.
    ///
    /// - Parameter tail: mean acceleration (m/s²) from which a motion counts as strong.
    static func cluster(
        _ motions: [ProfileCoder.Speeds], count: Int, tail: Float, random: inout TrainingRandom
    ) -> [ProfileCoder.Speeds] {
        let steps = MotionVocabulary.stepsPerToken
        let duration = Float(steps) * MotionVocabulary.stepSeconds
        let weights = motions.map { 0.3 + min(3, ($0[steps - 1] / duration).magnitude / tail) }
        let share = Float(sampleLimit) / max(1, weights.reduce(0, +))
        let chosen = zip(motions, weights).filter { random.uniform() < $1 * share }.map(\.0)
        guard chosen.count > count else { return evenlySpaced(count: count) }

        var centres = [chosen[random.index(below: chosen.count)]]
        var distances = [Float](repeating: .infinity, count: chosen.count)
        while centres.count < count {
            let newest = ProfileCoder(centres: [centres[centres.count - 1]])
            for (index, motion) in chosen.enumerated() {
                distances[index] = min(distances[index], newest.nearest(to: motion).distance)
            }
            var remaining = random.uniform() * distances.reduce(0, +)
            let next = distances.firstIndex { distance in
                remaining -= distance
                return remaining <= 0
            }
            centres.append(chosen[next ?? chosen.count - 1])
        }
        for _ in 0..<rounds { centres = moved(centres, by: chosen) }
        return centres.sorted { $0[steps - 1] < $1[steps - 1] }
    }

    /// Each centre moved to the mean of the motions that are nearest to it.
    private static func moved(
        _ centres: [ProfileCoder.Speeds], by motions: [ProfileCoder.Speeds]
    ) -> [ProfileCoder.Speeds] {
        let coder = ProfileCoder(centres: centres)
        var sums = [ProfileCoder.Speeds](repeating: .zero, count: centres.count)
        var members = [Float](repeating: 0, count: centres.count)
        for motion in motions {
            let index = coder.nearest(to: motion).index
            sums[index] += motion
            members[index] += 1
        }
        return centres.indices.map { members[$0] > 0 ? sums[$0] / members[$0] : centres[$0] }
    }

    /// Constant accelerations from -4 to 4 m/s², for data with fewer motions than profiles.
    private static func evenlySpaced(count: Int) -> [ProfileCoder.Speeds] {
        (0..<count).map { index in
            let acceleration = -4 + 8 * (Float(index) + 0.5) / Float(count)
            return ProfileCoder.speeds(
                [Float](repeating: acceleration, count: MotionVocabulary.stepsPerToken))
        }
    }

    /// How far executed tokens end from the recorded motions after half a second.
    package struct RoundTrip: Sendable {
        /// Distances in metres: mean, and the value that 95 % stay below.
        package var meanAlong: Float = 0, high95Along: Float = 0
        package var meanAcross: Float = 0, high95Across: Float = 0
    }

    package static func roundTrip(
        _ recordings: [RoadRecording], _ vocabulary: MotionVocabulary
    ) -> RoundTrip {
        let coder = TokenCoder(vocabulary)
        var along: [Float] = [], across: [Float] = []
        for track in recordings.lazy.flatMap(\.tracks) {
            for now in stride(from: 0, to: track.frameCount, by: 10)
            where track.holdsDecision(at: track.firstFrame + now) {
                let profile = track.profile(after: track.firstFrame + now, mirrored: false)
                along.append(error(profile.along, coder.longitudinal).magnitude)
                across.append(error(profile.across, coder.lateral).magnitude)
            }
        }
        guard !along.isEmpty else { return RoundTrip() }
        along.sort()
        across.sort()
        let high = along.count * 95 / 100
        let count = Float(along.count)
        return RoundTrip(
            meanAlong: along.reduce(0, +) / count, high95Along: along[high],
            meanAcross: across.reduce(0, +) / count, high95Across: across[high])
    }

    /// Distance between where the nearest profile and the recorded one lead, metres.
    private static func error(_ profile: [Float], _ coder: ProfileCoder) -> Float {
        let recorded = ProfileCoder.speeds(profile)
        let difference = coder.centres[coder.nearest(to: recorded).index] - recorded
        let last = MotionVocabulary.stepsPerToken - 1
        // The mean speed of a step moves the vehicle: all speeds count whole, the last one half.
        return (difference.sum() - 0.5 * difference[last]) * MotionVocabulary.stepSeconds
    }
}
