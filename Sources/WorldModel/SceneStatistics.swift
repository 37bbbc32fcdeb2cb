/// Distributions learned from the recordings, from which initial scenes and newcomers are drawn.
///
/// Every table is conditioned on speed: bin `b` covers `b * 3 ..< (b + 1) * 3` m/s. Quantile tables
/// hold `quantileCount` equidistant quantiles (0 to 1 inclusive) per row and are sampled by linear
/// interpolation at a uniform random number.
public struct SceneStatistics: Sendable, Equatable {
    public static let speedBins = 13
    public static let quantileCount = 33
    public static let kinds = 3

    /// `[bin * quantileCount + q]`: gap, bumper to bumper, to the vehicle ahead in the lane, metres.
    public var gapQuantiles: [Float]
    /// `[bin * quantileCount + q]`: own speed minus the mean speed of the lane around, m/s.
    public var speedDeviationQuantiles: [Float]
    /// `[bin * quantileCount + q]`: a lane's mean speed minus the whole road's, m/s.
    public var laneSpeedQuantiles: [Float]
    /// `[bin * quantileCount + q]`: offset from the lane's centre, metres.
    public var offsetQuantiles: [Float]
    /// Share of each kind (car, truck, motorcycle); sums to 1.
    public var kindShares: [Float]
    /// `[kind * quantileCount + q]`: length and width, metres.
    public var lengthQuantiles: [Float]
    public var widthQuantiles: [Float]

    public init(
        gapQuantiles: [Float], speedDeviationQuantiles: [Float], laneSpeedQuantiles: [Float],
        offsetQuantiles: [Float], kindShares: [Float], lengthQuantiles: [Float], widthQuantiles: [Float]
    ) {
        self.gapQuantiles = gapQuantiles
        self.speedDeviationQuantiles = speedDeviationQuantiles
        self.laneSpeedQuantiles = laneSpeedQuantiles
        self.offsetQuantiles = offsetQuantiles
        self.kindShares = kindShares
        self.lengthQuantiles = lengthQuantiles
        self.widthQuantiles = widthQuantiles
    }

    /// The value of row `row` at `uniform` in 0...1.
    @inlinable
    public func sample(_ table: [Float], row: Int, at uniform: Float) -> Float {
        let position = uniform * Float(Self.quantileCount - 1)
        let lower = min(Int(position), Self.quantileCount - 2)
        let fraction = position - Float(lower)
        let base = row * Self.quantileCount + lower
        return table[base] + fraction * (table[base + 1] - table[base])
    }

    @inlinable
    public static func bin(speed: Float) -> Int { max(0, min(speedBins - 1, Int(speed / 3))) }
}
