extension SceneStatistics {
    /// The tables as tensors of a weights file.
    var tensors: [String: SafetensorsFile.Tensor] {
        let bySpeed = [Self.speedBins, Self.quantileCount], byKind = [Self.kinds, Self.quantileCount]
        return [
            "scene.gap_quantiles": .init(shape: bySpeed, values: gapQuantiles),
            "scene.speed_deviation_quantiles": .init(shape: bySpeed, values: speedDeviationQuantiles),
            "scene.lane_speed_quantiles": .init(shape: bySpeed, values: laneSpeedQuantiles),
            "scene.offset_quantiles": .init(shape: bySpeed, values: offsetQuantiles),
            "scene.kind_shares": .init(shape: [Self.kinds], values: kindShares),
            "scene.length_quantiles": .init(shape: byKind, values: lengthQuantiles),
            "scene.width_quantiles": .init(shape: byKind, values: widthQuantiles),
        ]
    }

    init(file: SafetensorsFile) throws(SafetensorsError) {
        self.init(
            gapQuantiles: try Self.quantiles(
                "scene.gap_quantiles", rows: Self.speedBins, 0...10_000, in: file),
            speedDeviationQuantiles: try Self.quantiles(
                "scene.speed_deviation_quantiles", rows: Self.speedBins, -100...100, in: file),
            laneSpeedQuantiles: try Self.quantiles(
                "scene.lane_speed_quantiles", rows: Self.speedBins, -100...100, in: file),
            offsetQuantiles: try Self.quantiles(
                "scene.offset_quantiles", rows: Self.speedBins, -10...10, in: file),
            kindShares: try file.tensor("scene.kind_shares", shape: [Self.kinds], atMost: 1).values,
            lengthQuantiles: try Self.quantiles(
                "scene.length_quantiles", rows: Self.kinds, 0.5...50, in: file),
            widthQuantiles: try Self.quantiles("scene.width_quantiles", rows: Self.kinds, 0.3...10, in: file))
        let sum = kindShares.reduce(0, +)
        guard kindShares.allSatisfy({ $0 >= 0 }), (sum - 1).magnitude < 0.001 else {
            throw .badValue(tensor: "scene.kind_shares", index: 0, expected: "shares that sum to 1")
        }
    }

    /// A table whose rows ascend within `range`.
    private static func quantiles(
        _ name: String, rows: Int, _ range: ClosedRange<Float>, in file: SafetensorsFile
    ) throws(SafetensorsError) -> [Float] {
        let table = try file.tensor(name, shape: [rows, quantileCount], atMost: .greatestFiniteMagnitude)
        let values = table.values
        for (index, value) in values.enumerated() {
            guard range.contains(value) else {
                throw .badValue(
                    tensor: name, index: index, expected: "\(range.lowerBound) to \(range.upperBound)")
            }
            guard index % quantileCount == 0 || value >= values[index - 1] else {
                throw .badValue(tensor: name, index: index, expected: "quantiles in ascending order")
            }
        }
        return values
    }
}
