import Foundation
import ReproducibleMath
import WorldModel

/// The learned driver of streets: a network that gives probabilities for the acceleration over the next
/// half second, and how often people turn.
///
/// Token 0 is "stands at the end of the half second"; the others are equal bins of acceleration.
public struct StreetDriver: Sendable {
    public static let tokens = 32
    /// Numbers that the network reads.
    public static var inputs: Int { StreetFeatures.count }
    /// Bins of acceleration, m/s².
    static let lowest = -4.65, binWidth = 0.3
    static let fileFormat = "longhaul-street-driver"
    static let fileFormatVersion = 1

    public var network: NetworkWeights
    /// How often a driver who may choose goes straight, left, right, relative to straight on.
    public var turnWeights: [Double]
    /// Where the numbers come from.
    public var provenance: [String: String]

    public init(network: NetworkWeights, turnWeights: [Double], provenance: [String: String]) {
        self.network = network
        self.turnWeights = turnWeights
        self.provenance = provenance
    }

    /// The token of a speed change over half a second.
    static func token(from speed: Double, to later: Double) -> Int {
        if later < StreetAgent.stillness { return 0 }
        let bin = ((later - speed) / 0.5 - lowest) / binWidth
        return 1 + min(max(Int(bin.rounded(.down)), 0), tokens - 2)
    }

    /// The speed half a second later; `share` from 0 to 1 places it within the token's bin.
    static func speed(after token: Int, from speed: Double, share: Double) -> Double {
        if token == 0 { return max(0, speed - 3) }
        let acceleration = lowest + binWidth * (Double(token - 1) + share)
        return max(0, speed + 0.5 * acceleration)
    }

    /// A token drawn with its probability.
    func draw(_ logits: [Float], uniform: Float) -> Int {
        let highest = logits.max() ?? 0
        var weights = logits
        var sum: Float = 0
        for index in weights.indices {
            weights[index] = Elementary.exp(weights[index] - highest)
            sum += weights[index]
        }
        var left = uniform * sum
        for index in weights.indices {
            left -= weights[index]
            if left <= 0 { return index }
        }
        return 0
    }
}

extension StreetDriver {
    /// Reads a weights file.
    public init(safetensors bytes: [UInt8]) throws(SafetensorsError) {
        let file = try SafetensorsFile(bytes: bytes)
        guard file.metadata["format"] == Self.fileFormat else {
            throw .badMetadata(key: "format", expected: "'\(Self.fileFormat)'")
        }
        guard file.metadata["format_version"] == String(Self.fileFormatVersion) else {
            throw .badMetadata(
                key: "format_version", expected: "\(Self.fileFormatVersion); train again with this version")
        }
        var layers: [NetworkWeights.Layer] = []
        var inputs = StreetFeatures.count
        while let weight = file.tensors["network.\(layers.count).weight"], layers.count < 8 {
            let name = "network.\(layers.count)"
            guard weight.shape.count == 2, weight.shape[1] == inputs, (1...1024).contains(weight.shape[0]) else {
                throw .wrongShape(tensor: name + ".weight", expected: "[1 … 1024, \(inputs)]", found: weight.shape)
            }
            guard let bias = file.tensors[name + ".bias"], bias.shape == [weight.shape[0]] else {
                throw .missingTensor(name + ".bias")
            }
            for (tensor, values) in [(".weight", weight.values), (".bias", bias.values)] {
                if let bad = values.firstIndex(where: { !($0.magnitude <= 1e6) }) {
                    throw .badValue(tensor: name + tensor, index: bad, expected: "a number up to 1e6")
                }
            }
            layers.append(
                .init(inputs: inputs, outputs: weight.shape[0], weight: weight.values, bias: bias.values))
            inputs = weight.shape[0]
        }
        guard inputs == Self.tokens, !layers.isEmpty else { throw .missingTensor("network.\(layers.count).weight") }
        guard let turns = file.tensors["turn_weights"], turns.shape == [3],
            turns.values.allSatisfy({ $0 >= 0 && $0 <= 1e6 })
        else { throw .missingTensor("turn_weights") }
        var provenance = file.metadata
        provenance["format"] = nil
        provenance["format_version"] = nil
        self.init(
            network: NetworkWeights(layers: layers), turnWeights: turns.values.map { Double($0) },
            provenance: provenance)
    }

    /// The weights file's bytes: the same for equal drivers.
    public func encoded() -> [UInt8] {
        var tensors: [String: SafetensorsFile.Tensor] = [:]
        for (index, layer) in network.layers.enumerated() {
            tensors["network.\(index).weight"] = .init(
                shape: [layer.outputs, layer.inputs], values: layer.weight)
            tensors["network.\(index).bias"] = .init(shape: [layer.outputs], values: layer.bias)
        }
        tensors["turn_weights"] = .init(shape: [3], values: turnWeights.map { Float($0) })
        var metadata = provenance
        metadata["format"] = Self.fileFormat
        metadata["format_version"] = String(Self.fileFormatVersion)
        return SafetensorsFile(tensors: tensors, metadata: metadata).encoded()
    }

    /// The driver that comes with Longhaul, from the resource folder beside the executable.
    public static func shipped() throws(SafetensorsError) -> StreetDriver {
        try StreetDriver(safetensors: WorldModel.shippedBytes(of: "streets.safetensors"))
    }
}
