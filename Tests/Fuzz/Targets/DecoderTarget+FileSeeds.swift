import Foundation
import WorldModel

/// Honest files of other people's formats.
extension DecoderTarget {
    private typealias Tensor = SafetensorsFile.Tensor

    private static func ones(_ shape: [Int]) -> Tensor {
        Tensor(shape: shape, values: [Float](repeating: 1, count: shape.reduce(1, *)))
    }

    static let tensorFiles: [[UInt8]] = {
        let small = SafetensorsFile(
            tensors: [
                "a": Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]), "b": Tensor(shape: [], values: [7]),
            ], metadata: ["format": WorldModel.fileFormat, "note": "quotes \" and \\"])
        var tensors = [
            "tokens.longitudinal": ones([8, 5]), "tokens.lateral": ones([8, 5]),
            "network.0.weight": ones([8, Features.count]), "network.0.bias": ones([8]),
            "network.1.weight": ones([16, 8]), "network.1.bias": ones([16]),
            "scene.kind_shares": Tensor(shape: [3], values: [0.9, 0.08, 0.02]),
            "scene.length_quantiles": ones([3, 33]), "scene.width_quantiles": ones([3, 33]),
        ]
        for table in ["gap", "speed_deviation", "lane_speed", "offset"] {
            tensors["scene.\(table)_quantiles"] = ones([13, 33])
        }
        let model = SafetensorsFile(
            tensors: tensors,
            metadata: [
                "format": WorldModel.fileFormat, "format_version": "\(WorldModel.fileFormatVersion)",
                "temperature": "1",
            ])
        return [small.encoded(), model.encoded()]
    }()

    /// One hidden neuron is enough.
    static let streetDriver: [UInt8] = SafetensorsFile(
        tensors: [
            "network.0.weight": ones([1, 32]), "network.0.bias": ones([1]),
            "network.1.weight": ones([32, 1]), "network.1.bias": ones([32]), "turn_weights": ones([3]),
        ], metadata: ["format": "longhaul-street-driver", "format_version": "1"]
    ).encoded()

    /// Four lines of text.
    static let gzipText: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 140, 185, 17, 192, 48, 16, 2, 99, 187, 10, 42, 184, 129, 123,
        164, 83, 255, 141, 89, 242, 184, 12, 7, 192, 6, 204, 58, 20, 200, 152, 144, 212, 157, 99, 53, 157,
        196, 48, 94, 58, 155, 37, 197, 180, 1, 245, 140, 200, 180, 5, 149, 157, 67, 193, 81, 220, 184, 67,
        8, 196, 135, 167, 110, 255, 189, 175, 247, 1, 149, 95, 189, 239, 96, 1, 0, 0,
    ]
}
