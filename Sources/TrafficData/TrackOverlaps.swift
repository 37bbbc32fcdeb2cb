/// Finds vehicles that stand in one another, which real ones don't: double detections of one vehicle.
struct TrackOverlaps {
    /// Boxes that touch by less than this are no double detection, metres.
    private static let tolerance: Float = 0.2

    private let tracks: [RoadTrack]
    /// For pairs (a, b), a < b, that overlap: in how many frames.
    private(set) var frames: [Pair: Int] = [:]

    struct Pair: Hashable {
        var a: Int
        var b: Int
    }

    init(_ tracks: [RoadTrack]) {
        self.tracks = tracks
        let order = tracks.indices.sorted { tracks[$0].firstFrame < tracks[$1].firstFrame }
        var present: [Int] = []
        for next in order {
            present.removeAll { tracks[$0].frames.upperBound <= tracks[next].firstFrame }
            for other in present { count(min(next, other), max(next, other)) }
            present.append(next)
        }
    }

    private mutating func count(_ a: Int, _ b: Int) {
        let (p, q) = (tracks[a], tracks[b])
        let along = 0.5 * (p.length + q.length) - Self.tolerance
        let across = 0.5 * (p.width + q.width) - Self.tolerance
        var overlapping = 0
        for frame in p.frames.clamped(to: q.frames) {
            let (i, j) = (frame - p.firstFrame, frame - q.firstFrame)
            if abs(p.s[i] - q.s[j]) < along, abs(p.d[i] - q.d[j]) < across { overlapping += 1 }
        }
        if overlapping > 0 { frames[Pair(a: a, b: b)] = overlapping }
    }

    /// The tracks without the fewest that must go so that no two overlap for longer than `longestOverlap`
    /// seconds (greedy: most overlaps first, the shorter track of equals, then the later one).
    func survivors(longestOverlap: Double) -> [RoadTrack] {
        var pairs = frames.filter { Double($0.value) * RecordedSamples.interval > longestOverlap }
        var dropped: Set<Int> = []
        while !pairs.isEmpty {
            var total: [Int: Int] = [:]
            for (pair, count) in pairs {
                total[pair.a, default: 0] += count
                total[pair.b, default: 0] += count
            }
            func rank(_ track: Int) -> (Int, Int, Int) { (total[track] ?? 0, -tracks[track].frameCount, track) }
            guard let worst = total.keys.max(by: { rank($0) < rank($1) }) else { break }
            dropped.insert(worst)
            pairs = pairs.filter { $0.key.a != worst && $0.key.b != worst }
        }
        return tracks.indices.filter { !dropped.contains($0) }.map { tracks[$0] }
    }
}
