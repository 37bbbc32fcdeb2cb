import WorldModel

/// The network's weights in the order in which the kernels read them, and the vocabulary beside it.
///
/// A layer is cut into blocks of eight outputs; within a block the eight weights of one input lie side
/// by side: `[block][input][8]`. So the inner loop reads memory once, from front to back.
public struct PackedNetwork {
    public struct Layer {
        public var inputs: Int
        public var outputs: Int
        public var weight: UnsafePointer<Float>
        public var bias: UnsafePointer<Float>
    }

    /// Agents evaluated together: two vectors of sixteen.
    public static let tile = 32

    public var layers: UnsafePointer<Layer>
    public var layerCount: Int
    public var widest: Int
    public var longitudinalCount: Int
    public var lateralCount: Int
    /// `[profile * 5 + step]`, m/s².
    public var longitudinal: UnsafePointer<Float>
    public var lateral: UnsafePointer<Float>
    /// Mean acceleration of each longitudinal profile, m/s².
    public var meanAcceleration: UnsafePointer<Float>
    /// Change of the speed across the lane that each lateral profile makes, m/s.
    public var lateralChange: UnsafePointer<Float>
    /// Of motion along the road, and across it.
    public var inverseTemperature: Float
    public var inverseLateralTemperature: Float
    public var multiplyAdds: Int
}

/// Owner of the memory behind a `PackedNetwork`.
public final class NetworkStorage {
    public let packed: PackedNetwork
    private let floats: UnsafeMutablePointer<Float>
    private let layers: UnsafeMutablePointer<PackedNetwork.Layer>

    /// Packs a model that `WorldModel`'s loader has validated.
    public init(_ model: WorldModel) {
        let network = model.network, vocabulary = model.vocabulary
        let steps = MotionVocabulary.stepsPerToken
        let profiles = vocabulary.longitudinalCount + vocabulary.lateralCount
        let total = network.multiplyAdds + network.layers.reduce(0) { $0 + $1.outputs } + profiles * (steps + 1)
        floats = Self.aligned(total)
        layers = .allocate(capacity: network.layers.count)
        var next = floats
        func take(_ values: [Float]) -> UnsafePointer<Float> {
            let start = next
            start.update(from: values, count: values.count)
            next += values.count
            return UnsafePointer(start)
        }
        for (index, layer) in network.layers.enumerated() {
            var packed: [Float] = []
            packed.reserveCapacity(layer.weight.count)
            for block in stride(from: 0, to: layer.outputs, by: 8) {
                for input in 0..<layer.inputs {
                    for output in block..<block + 8 { packed.append(layer.weight[output * layer.inputs + input]) }
                }
            }
            let weight = take(packed)
            (layers + index).initialize(
                to: .init(inputs: layer.inputs, outputs: layer.outputs, weight: weight, bias: take(layer.bias)))
        }
        func sums(_ profiles: [Float], scale: Float) -> [Float] {
            stride(from: 0, to: profiles.count, by: steps).map { start in
                scale * profiles[start..<start + steps].reduce(0, +)
            }
        }
        self.packed = PackedNetwork(
            layers: UnsafePointer(layers), layerCount: network.layers.count,
            widest: network.layers.map { max($0.inputs, $0.outputs) }.max() ?? 0,
            longitudinalCount: vocabulary.longitudinalCount, lateralCount: vocabulary.lateralCount,
            longitudinal: take(vocabulary.longitudinal), lateral: take(vocabulary.lateral),
            meanAcceleration: take(sums(vocabulary.longitudinal, scale: 1 / Float(steps))),
            lateralChange: take(sums(vocabulary.lateral, scale: MotionVocabulary.stepSeconds)),
            inverseTemperature: 1 / model.temperature,
            inverseLateralTemperature: 1 / model.lateralTemperature, multiplyAdds: network.multiplyAdds)
    }

    deinit {
        floats.deallocate()
        layers.deallocate()
    }

    /// `count` zeros, aligned for the widest vectors.
    static func aligned(_ count: Int) -> UnsafeMutablePointer<Float> {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 16) * 4, alignment: 64)
        let floats = raw.bindMemory(to: Float.self, capacity: max(count, 16))
        floats.initialize(repeating: 0, count: max(count, 16))
        return floats
    }
}
