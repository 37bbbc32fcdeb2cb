import WorldModel

/// Decisions to learn from: what a driver saw, and which profiles he then chose.
package struct SampleSet: Sendable {
    /// `Features.count`, padded to a multiple of 4 with zeros.
    package static let rowLength = (Features.count + 3) / 4 * 4

    /// `[sample * rowLength + feature]`.
    package var features: [Float] = []
    package var longitudinal: [UInt8] = []
    package var lateral: [UInt8] = []

    package var count: Int { longitudinal.count }

    package init() {}

    package mutating func append(_ other: SampleSet) {
        features.append(contentsOf: other.features)
        longitudinal.append(contentsOf: other.longitudinal)
        lateral.append(contentsOf: other.lateral)
    }

    /// Copies samples into a chunk's inputs and targets; rows that are left over become zero.
    func gather(_ indices: ArraySlice<Int>, into chunk: ChunkWorkspace) {
        let inputs = chunk.activations[0]
        features.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            for (row, index) in indices.enumerated() {
                (inputs.pointer + row * Self.rowLength).update(
                    from: base + index * Self.rowLength, count: Self.rowLength)
                chunk.targets[row] = (longitudinal[index], lateral[index])
            }
        }
        let used = indices.count * Self.rowLength
        (inputs.pointer + used).update(repeating: 0, count: inputs.count - used)
    }

    /// Mean and standard deviation of each feature; a deviation is at least 0.1, so that a feature that
    /// hardly ever varied can't be blown up later.
    package func standardisation() -> (mean: [Float], deviation: [Float]) {
        var sums = [Double](repeating: 0, count: Self.rowLength)
        var squares = sums
        for sample in 0..<count {
            for feature in 0..<Self.rowLength {
                let value = Double(features[sample * Self.rowLength + feature])
                sums[feature] += value
                squares[feature] += value * value
            }
        }
        let scale = 1 / Double(max(count, 1))
        let mean = sums.map { $0 * scale }
        let deviation = zip(squares, mean).map { max(0.1, max(0, $0 * scale - $1 * $1).squareRoot()) }
        return (mean.map(Float.init), deviation.map(Float.init))
    }

    package mutating func standardise(mean: [Float], deviation: [Float]) {
        let inverse = deviation.map { 1 / $0 }
        features.withUnsafeMutableBufferPointer { values in
            for sample in 0..<longitudinal.count {
                for feature in 0..<Self.rowLength {
                    let index = sample * Self.rowLength + feature
                    values[index] = (values[index] - mean[feature]) * inverse[feature]
                }
            }
        }
    }
}
