import Foundation

/// The weights file: a safetensors file with these tensors (F32) and the provenance as metadata.
///
/// | tensor | shape |
/// |---|---|
/// | `tokens.longitudinal`, `tokens.lateral` | [profiles, 5] |
/// | `network.<i>.weight`, `network.<i>.bias` | [outputs, inputs], [outputs] |
/// | `scene.gap_quantiles`, `scene.speed_deviation_quantiles` | [13, 33] |
/// | `scene.lane_speed_quantiles`, `scene.offset_quantiles` | [13, 33] |
/// | `scene.kind_shares` | [3] |
/// | `scene.length_quantiles`, `scene.width_quantiles` | [3, 33] |
/// | `start.along`, `start.across` (all seven or none) | [4, 20, 5], [4, 11, 4] |
/// | `start.along_unrest`, `start.across_unrest` | [3] |
/// | `start.along_errors`, `start.across_errors` | [4, 128, 3] |
/// | `start.heading_speed` | [10] |
///
/// Reserved metadata: `format`, `format_version`, `temperature` and, where it is another, `lateral_temperature`.
/// Everything else is provenance.
extension WorldModel {
    /// What `format` says in a weights file's metadata.
    public static let fileFormat = "longhaul-world-model"
    /// Raised whenever a feature, a tensor or the motion model changes its meaning.
    public static let fileFormatVersion = 2
    /// The most layers of a network, and the most outputs of a layer.
    public static let maximumLayers = 8, maximumWidth = 1024

    private static let formatKey = "format", versionKey = "format_version", temperatureKey = "temperature"
    private static let lateralTemperatureKey = "lateral_temperature"

    /// Reads a weights file.
    ///
    /// - Throws: `SafetensorsError` if the file is damaged, incomplete, of another version, or holds
    ///   values that can't be a world model.
    public init(safetensors bytes: [UInt8]) throws(SafetensorsError) {
        let file = try SafetensorsFile(bytes: bytes)
        // First of all: a file of another version has other tensors.
        let temperature = try Self.checkedTemperature(file.metadata)
        self.init(
            vocabulary: MotionVocabulary(
                longitudinal: try Self.profiles("tokens.longitudinal", in: file),
                lateral: try Self.profiles("tokens.lateral", in: file)),
            network: NetworkWeights(layers: []),
            statistics: try SceneStatistics(file: file),
            startFilter: try StartFilter(file: file),
            temperature: temperature,
            lateralTemperature: try Self.temperature(Self.lateralTemperatureKey, in: file.metadata),
            provenance: file.metadata)
        network = try Self.network(in: file, outputs: vocabulary.longitudinalCount + vocabulary.lateralCount)
        for key in [Self.formatKey, Self.versionKey, Self.temperatureKey, Self.lateralTemperatureKey] {
            provenance.removeValue(forKey: key)
        }
    }

    /// Reads the weights file at `path`.
    public init(contentsOf path: String) throws(SafetensorsError) {
        try self.init(safetensors: Self.bytes(ofFile: path))
    }

    /// The weights that come with Longhaul, from the resource folder beside the executable.
    public static func shipped() throws(SafetensorsError) -> WorldModel {
        try WorldModel(safetensors: shippedBytes())
    }

    /// The shipped weights file as it is on disk; its SHA-256 is the model's identity.
    public static func shippedBytes() throws(SafetensorsError) -> [UInt8] {
        try shippedBytes(of: "freeway.safetensors")
    }

    /// A file of the resource folder.
    package static func shippedBytes(of name: String) throws(SafetensorsError) -> [UInt8] {
        let folder = Bundle.main.bundleURL
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        guard let resources = names.sorted().first(where: { $0.hasSuffix("_WorldModel.resources") }) else {
            throw .unreadable(
                path: name,
                reason: "no folder *_WorldModel.resources in \(folder.path); copy it there together with "
                    + "the executable, or name a weights file")
        }
        return try bytes(ofFile: folder.path + "/" + resources + "/Weights/" + name)
    }

    /// The weights file's bytes: the same for equal models.
    public func encoded() -> [UInt8] {
        var tensors: [String: SafetensorsFile.Tensor] = [:]
        tensors["tokens.longitudinal"] = .init(
            shape: [vocabulary.longitudinalCount, MotionVocabulary.stepsPerToken],
            values: vocabulary.longitudinal)
        tensors["tokens.lateral"] = .init(
            shape: [vocabulary.lateralCount, MotionVocabulary.stepsPerToken], values: vocabulary.lateral)
        for (index, layer) in network.layers.enumerated() {
            tensors["network.\(index).weight"] = .init(
                shape: [layer.outputs, layer.inputs], values: layer.weight)
            tensors["network.\(index).bias"] = .init(shape: [layer.outputs], values: layer.bias)
        }
        tensors.merge(statistics.tensors) { first, _ in first }
        if let startFilter { tensors.merge(startFilter.tensors) { first, _ in first } }
        var metadata = provenance
        metadata[Self.formatKey] = Self.fileFormat
        metadata[Self.versionKey] = String(Self.fileFormatVersion)
        metadata[Self.temperatureKey] = String(temperature)
        if lateralTemperature != temperature {
            metadata[Self.lateralTemperatureKey] = String(lateralTemperature)
        }
        return SafetensorsFile(tensors: tensors, metadata: metadata).encoded()
    }

    private static func bytes(ofFile path: String) throws(SafetensorsError) -> [UInt8] {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            return [UInt8](try handle.read(upToCount: SafetensorsFile.maximumFileBytes + 1) ?? Data())
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
    }

    private static func checkedTemperature(
        _ metadata: [String: String]
    ) throws(SafetensorsError) -> Float {
        guard metadata[formatKey] == fileFormat else {
            throw .badMetadata(key: formatKey, expected: "'\(fileFormat)'")
        }
        guard metadata[versionKey] == String(fileFormatVersion) else {
            throw .badMetadata(key: versionKey, expected: "\(fileFormatVersion); train again with this version")
        }
        guard let temperature = try temperature(temperatureKey, in: metadata) else {
            throw .badMetadata(key: temperatureKey, expected: "a number from 0.01 to 10")
        }
        return temperature
    }

    /// - Returns: nil where the file says nothing about it.
    private static func temperature(
        _ key: String, in metadata: [String: String]
    ) throws(SafetensorsError) -> Float? {
        guard let text = metadata[key] else { return nil }
        guard let temperature = Float(text), temperature >= 0.01, temperature <= 10 else {
            throw .badMetadata(key: key, expected: "a number from 0.01 to 10")
        }
        return temperature
    }

    private static func profiles(
        _ name: String, in file: SafetensorsFile
    ) throws(SafetensorsError) -> [Float] {
        let tensor = try file.tensor(name, atMost: 100)
        guard tensor.shape.count == 2, tensor.shape[1] == MotionVocabulary.stepsPerToken,
            (8...256).contains(tensor.shape[0]), tensor.shape[0] % 8 == 0
        else {
            throw .wrongShape(tensor: name, expected: "[8, 16, … 256; 5]", found: tensor.shape)
        }
        return tensor.values
    }

    private static func network(
        in file: SafetensorsFile, outputs: Int
    ) throws(SafetensorsError) -> NetworkWeights {
        var layers: [NetworkWeights.Layer] = []
        var inputs = Features.count
        while file.tensors["network.\(layers.count).weight"] != nil {
            guard layers.count < maximumLayers else {
                throw .tooLarge(what: "number of layers", count: layers.count + 1, limit: maximumLayers)
            }
            let name = "network.\(layers.count)"
            let weight = try file.tensor(name + ".weight", atMost: 1e6)
            guard weight.shape.count == 2, weight.shape[1] == inputs, weight.shape[0] % 8 == 0,
                (8...maximumWidth).contains(weight.shape[0])
            else {
                throw .wrongShape(
                    tensor: name + ".weight", expected: "[8, 16, … \(maximumWidth); \(inputs)]",
                    found: weight.shape)
            }
            let bias = try file.tensor(name + ".bias", shape: [weight.shape[0]], atMost: 1e6)
            layers.append(
                .init(inputs: inputs, outputs: weight.shape[0], weight: weight.values, bias: bias.values))
            inputs = weight.shape[0]
        }
        guard !layers.isEmpty else { throw .missingTensor("network.0.weight") }
        guard inputs == outputs else {
            throw .wrongShape(
                tensor: "network.\(layers.count - 1).weight",
                expected: "\(outputs) outputs, one for each motion profile", found: [inputs])
        }
        return NetworkWeights(layers: layers)
    }
}

extension SafetensorsFile {
    /// The named tensor, with finite values of magnitude up to `limit`.
    func tensor(_ name: String, shape: [Int]? = nil, atMost limit: Float) throws(SafetensorsError) -> Tensor {
        guard let tensor = tensors[name] else { throw .missingTensor(name) }
        if let shape, tensor.shape != shape {
            throw .wrongShape(tensor: name, expected: "\(shape)", found: tensor.shape)
        }
        if let index = tensor.values.firstIndex(where: { !($0.magnitude <= limit) }) {
            throw .badValue(tensor: name, index: index, expected: "a number from -\(limit) to \(limit)")
        }
        return tensor
    }
}
