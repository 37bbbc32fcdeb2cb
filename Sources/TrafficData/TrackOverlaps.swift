/// Finds vehicles that stand in one another, which real ones don't: a camera system's double detections
/// and mistaken associations.
struct TrackOverlaps {
    /// Boxes that touch by less than this are no such mistake, metres.
    private static let tolerance: Float = 0.2
    /// Frames around an overlap that are not to be trusted either.
    private static let margin = 5

    private struct Pair {
        var a: Int
        var b: Int
        /// Frames of the recording in which the two overlap.
        var frames: [Int]
    }

    private let tracks: [RoadTrack]
    private var pairs: [Pair] = []

    init(_ tracks: [RoadTrack]) {
        self.tracks = tracks
        let order = tracks.indices.sorted { tracks[$0].firstFrame < tracks[$1].firstFrame }
        var present: [Int] = []
        for next in order {
            present.removeAll { tracks[$0].frames.upperBound <= tracks[next].firstFrame }
            for other in present {
                let frames = overlap(tracks[next], tracks[other])
                if !frames.isEmpty {
                    pairs.append(Pair(a: min(next, other), b: max(next, other), frames: frames))
                }
            }
            present.append(next)
        }
    }

    /// Share of all vehicles' frames in which they overlap another one.
    var share: Double {
        var overlapping = [Set<Int>](repeating: [], count: tracks.count)
        for pair in pairs {
            overlapping[pair.a].formUnion(pair.frames)
            overlapping[pair.b].formUnion(pair.frames)
        }
        let frames = tracks.reduce(0) { $0 + $1.frameCount }
        return Double(overlapping.reduce(0) { $0 + $1.count }) / Double(max(1, frames))
    }

    private func overlap(_ p: RoadTrack, _ q: RoadTrack) -> [Int] {
        let along = 0.5 * (p.length + q.length) - Self.tolerance
        let across = 0.5 * (p.width + q.width) - Self.tolerance
        return p.frames.clamped(to: q.frames).filter { frame in
            let (i, j) = (frame - p.firstFrame, frame - q.firstFrame)
            return abs(p.s[i] - q.s[j]) < along && abs(p.d[i] - q.d[j]) < across
        }
    }

    /// The tracks without their overlaps: of two that overlap for more than `longest` frames, the one that
    /// overlaps others more (or else the shorter, or the later one) loses these frames and half a second
    /// around them. Of what is left of it, pieces of at least `shortestTrack` frames stay.
    func resolved(longest: Int, shortestTrack: Int) -> [RoadTrack] {
        let bad = pairs.filter { $0.frames.count > longest }
        var total = [Int](repeating: 0, count: tracks.count)
        for pair in bad {
            total[pair.a] += pair.frames.count
            total[pair.b] += pair.frames.count
        }
        var lost = [Set<Int>](repeating: [], count: tracks.count)
        for pair in bad {
            let aLoses =
                (total[pair.a], -tracks[pair.a].frameCount) > (total[pair.b], -tracks[pair.b].frameCount)
            for frame in pair.frames {
                lost[aLoses ? pair.a : pair.b].formUnion(frame - Self.margin...frame + Self.margin)
            }
        }
        return zip(tracks, lost).flatMap { track, lost in
            Self.runs(of: track.frames, without: lost).filter { $0.count >= shortestTrack }.compactMap(
                track.cut)
        }
    }

    /// `frames` without `lost`, as unbroken runs.
    private static func runs(of frames: Range<Int>, without lost: Set<Int>) -> [Range<Int>] {
        guard !lost.isEmpty else { return [frames] }
        var runs: [Range<Int>] = []
        for frame in frames where !lost.contains(frame) {
            if let last = runs.last, last.upperBound == frame {
                runs[runs.count - 1] = last.lowerBound..<frame + 1
            } else {
                runs.append(frame..<frame + 1)
            }
        }
        return runs
    }
}
