import ReproducibleMath

/// A stretch of parallel lanes along one reference line, in road coordinates: `s` metres along the line,
/// `d` metres to its left.
///
/// This is how rollouts see a road: a corridor is what lies ahead of an agent on its route through a
/// `LaneGraph`. Everything is sampled every `spacing` metres of `s` and interpolated between samples.
/// Lane 0 is the leftmost; a lane's width is 0 where it does not exist. 
public struct Corridor: Sendable, Equatable {
    /// `s` of the first sample, metres.
    public var start: Float
    /// Distance between samples, metres.
    public var spacing: Float
    public var sampleCount: Int
    /// Curvature of the reference line per sample, 1/m, positive to the left.
    public var curvature: [Float]
    public var laneCount: Int
    /// Offset `d` of each lane's centre, `[lane * sampleCount + sample]`, metres.
    public var laneCentre: [Float]
    /// Width of each lane, `[lane * sampleCount + sample]`, metres; 0: no lane there.
    public var laneWidth: [Float]
    /// The speed that free traffic has here, m/s.
    public var speedLevel: Float
    /// Points of the reference line and its heading (radians), per sample, in the source's frame.
    /// Only for input and output in x and y: no rollout reads them.
    public var points: [Point]
    public var headings: [Double]

    public init(
        start: Float, spacing: Float, curvature: [Float], laneCount: Int, laneCentre: [Float],
        laneWidth: [Float], speedLevel: Float, points: [Point], headings: [Double]
    ) {
        self.start = start
        self.spacing = spacing
        self.sampleCount = curvature.count
        self.curvature = curvature
        self.laneCount = laneCount
        self.laneCentre = laneCentre
        self.laneWidth = laneWidth
        self.speedLevel = speedLevel
        self.points = points
        self.headings = headings
        precondition(laneCentre.count == laneCount * sampleCount && laneWidth.count == laneCentre.count)
    }

    public var end: Float { start + spacing * Float(sampleCount - 1) }
}

/// A corridor as the hot code reads it: plain pointers into storage that outlives the rollout.
public struct CorridorView {
    public var start: Float
    public var inverseSpacing: Float
    public var sampleCount: Int32
    public var laneCount: Int32
    public var speedLevel: Float
    public var curvature: UnsafePointer<Float>
    public var laneCentre: UnsafePointer<Float>
    public var laneWidth: UnsafePointer<Float>

    @inlinable
    public init(
        start: Float, inverseSpacing: Float, sampleCount: Int32, laneCount: Int32, speedLevel: Float,
        curvature: UnsafePointer<Float>, laneCentre: UnsafePointer<Float>, laneWidth: UnsafePointer<Float>
    ) {
        self.start = start
        self.inverseSpacing = inverseSpacing
        self.sampleCount = sampleCount
        self.laneCount = laneCount
        self.speedLevel = speedLevel
        self.curvature = curvature
        self.laneCentre = laneCentre
        self.laneWidth = laneWidth
    }

    /// Nearest sample index to `s`, held inside the corridor: its ends extend for ever.
    @inlinable @inline(always)
    public func sample(at s: Float) -> Int {
        let position = (s - start) * inverseSpacing + 0.5
        let limited = position.limited(0, Float(sampleCount - 1))
        return Int(Int32(limited))
    }
    @inlinable @inline(always)
    public func centre(lane: Int, sample: Int) -> Float { laneCentre[lane &* Int(sampleCount) &+ sample] }
    @inlinable @inline(always)
    public func width(lane: Int, sample: Int) -> Float { laneWidth[lane &* Int(sampleCount) &+ sample] }

    /// Offsets of the outer edges of the lanes that adjoin `lane` without a hole, metres.
    @inlinable @inline(always)
    public func edges(beside lane: Int, sample: Int) -> (left: Float, right: Float) {
        var leftmost = lane, rightmost = lane
        while leftmost > 0 && width(lane: leftmost &- 1, sample: sample) > 0 { leftmost = leftmost &- 1 }
        while rightmost &+ 1 < Int(laneCount) && width(lane: rightmost &+ 1, sample: sample) > 0 {
            rightmost = rightmost &+ 1
        }
        return (
            centre(lane: leftmost, sample: sample) + 0.5 * width(lane: leftmost, sample: sample),
            centre(lane: rightmost, sample: sample) - 0.5 * width(lane: rightmost, sample: sample)
        )
    }
}
