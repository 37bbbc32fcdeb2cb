import Foundation
import Testing
import WorldModel

@Suite struct WorldModelFileTests {
    /// The error that the example model gives after a change to its file.
    private func refusal(after change: (inout SafetensorsFile) -> Void) throws -> SafetensorsError? {
        var file = try SafetensorsFile(bytes: exampleModel().encoded())
        change(&file)
        do {
            _ = try WorldModel(safetensors: file.encoded())
            return nil
        } catch {
            return error
        }
    }

    @Test func aModelSurvivesItsFile() throws {
        let model = exampleModel()
        let bytes = model.encoded()
        #expect(try WorldModel(safetensors: bytes) == model)
        #expect(try WorldModel(safetensors: bytes).encoded() == bytes)

        let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).safetensors"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try WorldModel(contentsOf: path) == model)
    }

    @Test func theShippedWeightsAreAWorldModelWithItsProvenance() throws {
        let model = try WorldModel.shipped()
        #expect(model.network.layers.count >= 2)
        #expect(try model.encoded() == WorldModel.shippedBytes())
        #expect(model.provenance["data_origin"]?.contains("Gloudemans") == true)
        #expect(model.provenance["training_data"]?.contains("US101") == true)
    }

    @Test func aMissingFileOrAFolderIsAReadableError() {
        for path in ["/nonexistent/weights.safetensors", "/"] {
            #expect {
                try WorldModel(contentsOf: path)
            } throws: { error in
                if case .unreadable(path, _) = error as? SafetensorsError { true } else { false }
            }
        }
    }

    @Test func everyTensorIsNeeded() throws {
        let names = try SafetensorsFile(bytes: exampleModel().encoded()).tensors.keys
        for name in names where name != "network.1.weight" {
            #expect(try refusal { $0.tensors[name] = nil } == .missingTensor(name))
        }
        #expect(try refusal { $0.tensors["network.1.weight"] = nil }
            == .wrongShape(
                tensor: "network.0.weight", expected: "24 outputs, one for each motion profile", found: [16]))
    }

    @Test func valuesThatAreNoNumbersOrMeanNothingAreRefused() throws {
        let names = try SafetensorsFile(bytes: exampleModel().encoded()).tensors.keys
        for name in names {
            for value in [Float.nan, .infinity, -.infinity] {
                let error = try refusal { $0.tensors[name]?.values[1] = value }
                guard case .badValue(name, _, _) = error else {
                    Issue.record("\(name) = \(value): \(String(describing: error))")
                    continue
                }
            }
        }
        #expect(try refusal { $0.tensors["scene.gap_quantiles"]?.values[5] = 0.5 } != nil)
        #expect(try refusal { $0.tensors["scene.width_quantiles"]?.values[0] = -1 } != nil)
        #expect(try refusal { $0.tensors["scene.kind_shares"]?.values[0] = 0.2 } != nil)
    }

    @Test func aFileWithoutAStartFilterIsRead() throws {
        var model = exampleModel()
        model.startFilter = nil
        #expect(try WorldModel(safetensors: model.encoded()) == model)
    }

    @Test func shapesOutsideTheLimitsAreRefused() throws {
        func zeros(_ shape: [Int]) -> SafetensorsFile.Tensor {
            .init(shape: shape, values: .init(repeating: 0, count: shape.reduce(1, *)))
        }
        let badShapes: [(String, [Int])] = [
            ("tokens.longitudinal", [16, 4]), ("tokens.longitudinal", [12, 5]), ("tokens.lateral", [264, 5]),
            ("tokens.lateral", [40]), ("network.0.weight", [16, 81]), ("network.0.weight", [12, 82]),
            ("network.0.weight", [1032, 82]), ("network.0.bias", [8]), ("network.1.weight", [32, 16]),
            ("scene.kind_shares", [4]), ("scene.gap_quantiles", [12, 33]), ("start.along", [10, 4]),
            ("start.across_errors", [128, 3]),
        ]
        for (name, shape) in badShapes {
            let error = try refusal { $0.tensors[name] = zeros(shape) }
            guard case .wrongShape = error else {
                Issue.record("\(name) \(shape): \(String(describing: error))")
                continue
            }
        }
        let tooDeep = try refusal { file in
            for layer in 1...8 {
                file.tensors["network.\(layer).weight"] = zeros([16, 16])
                file.tensors["network.\(layer).bias"] = zeros([16])
            }
        }
        #expect(tooDeep == .tooLarge(what: "number of layers", count: 9, limit: 8))
    }

    @Test func theMetadataMustSayWhatItIs() throws {
        for (key, value) in [
            ("format", "other"), ("format_version", "3"), ("temperature", "0"), ("temperature", "nan"),
            ("temperature", "warm"), ("lateral_temperature", "0"), ("lateral_temperature", "cold"),
        ] {
            guard case .badMetadata(key, _) = try refusal(after: { $0.metadata[key] = value }) else {
                Issue.record("\(key) = \(value) was accepted")
                continue
            }
        }
    }

    @Test func aFileOfAnotherVersionIsCalledThatWhateverItHolds() throws {
        let older = try refusal { file in
            file.metadata["format_version"] = "1"
            file.tensors["start.along_unrest"] = nil
        }
        guard case .badMetadata("format_version", let expected) = older else {
            Issue.record("\(String(describing: older))")
            return
        }
        #expect(expected.contains("train again"))
    }

    @Test func sha256MatchesTheStandardsExamples() {
        #expect(
            ContentHash.sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            ContentHash.sha256(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
