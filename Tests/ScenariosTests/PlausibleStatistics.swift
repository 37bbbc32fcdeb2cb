import WorldModel

extension SceneStatistics {
    /// Distributions of about the right size and shape, for tests without learned ones.
    static let plausible: SceneStatistics = {
        func row(_ value: (Float) -> Float) -> [Float] {
            (0..<quantileCount).map { value(Float($0) / Float(quantileCount - 1)) }
        }
        func perSpeed(_ value: (_ speed: Float, _ uniform: Float) -> Float) -> [Float] {
            (0..<speedBins).flatMap { bin in row { value(Float(bin) * 3 + 1.5, $0) } }
        }
        return SceneStatistics(
            gapQuantiles: perSpeed { speed, u in 2 + speed * (0.5 + 1.2 * u + 3 * u * u * u * u) },
            speedDeviationQuantiles: perSpeed { speed, u in (2 * u - 1) * (1 + 0.06 * speed) },
            laneSpeedQuantiles: perSpeed { speed, u in (2 * u - 1) * (0.5 + 0.08 * speed) },
            offsetQuantiles: perSpeed { _, u in (2 * u - 1) * 0.6 },
            kindShares: [0.9, 0.08, 0.02],
            lengthQuantiles: row { 3.8 + 1.6 * $0 } + row { 8 + 12 * $0 } + row { 1.9 + 0.5 * $0 },
            widthQuantiles: row { 1.7 + 0.4 * $0 } + row { 2.3 + 0.3 * $0 } + row { 0.7 + 0.2 * $0 })
    }()
}
