import Foundation
import Testing
import WorldModel

@Suite struct SafetensorsTests {
    /// A file from a literal header and data.
    private func file(_ header: String, data: [UInt8] = []) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let written = SafetensorsFile(
            tensors: [
                "b": .init(shape: [2, 3], values: [1, -2, 3.5, .pi, 0, -0.0]),
                "a": .init(shape: [], values: [7]), "empty": .init(shape: [0, 4], values: []),
            ],
            metadata: ["key \"quoted\"": "line\nbreak \u{1} ü \\"])
        let read = try SafetensorsFile(bytes: written.encoded())
        #expect(read == written)
        #expect(read.encoded() == written.encoded())
    }

    @Test func dataBeginsAtAMultipleOfEightBytes() {
        for length in 1...9 {
            let name = String(repeating: "x", count: length)
            let bytes = SafetensorsFile(tensors: [name: .init(shape: [1], values: [1])]).encoded()
            #expect((bytes.count - 4) % 8 == 0)
        }
    }

    @Test func aFileLaidOutByThePythonLibraryIsRead() throws {
        let header = #"{"__metadata__":{"made":"elsewhere"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}    "#
        let read = try SafetensorsFile(bytes: file(header, data: [0, 0, 128, 63, 0, 0, 0, 192]))
        #expect(read.tensors["w"] == .init(shape: [1, 2], values: [1, -2]))
        #expect(read.metadata == ["made": "elsewhere"])
    }

    @Test(arguments: [
        #"[]"#, #""#, #"{"w":3}"#, #"{"w":{"dtype":"F32","shape":[1]}}"#,
        #"{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}"#,
        #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#,
        #"{"w":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}}"#,
        #"{"__metadata__":{"a":1}}"#,
    ])
    func aHeaderThatSaysNothingSensibleIsRefused(header: String) {
        #expect {
            try SafetensorsFile(bytes: file(header, data: [0, 0, 0, 0, 0, 0, 0, 0]))
        } throws: { error in
            if case .badHeader = error as? SafetensorsError { true } else { false }
        }
    }

    @Test func aDeeplyNestedHeaderIsRefused() {
        let header = String(repeating: "{\"a\":", count: 50_000)
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: file(header)) }
    }

    @Test(arguments: [
        #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#,
        #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#,
        #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
        #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
        #"{"w":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}"#,
        #"{"w":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}"#,
        #"{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#,
        #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    ])
    func offsetsThatDoNotTileTheDataAreRefused(header: String) {
        #expect {
            try SafetensorsFile(bytes: file(header, data: [0, 0, 0, 0, 0, 0, 0, 0]))
        } throws: { error in
            if case .badOffsets = error as? SafetensorsError { true } else { false }
        }
    }

    @Test func otherTypesExcessiveSizesAndLeftOverDataAreNamed() {
        #expect(throws: SafetensorsError.unsupportedType(tensor: "w", type: "BF16")) {
            try SafetensorsFile(
                bytes: file(#"{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#, data: [0, 0, 0, 0]))
        }
        #expect(throws: SafetensorsError.trailingBytes(used: 0, found: 1)) {
            try SafetensorsFile(bytes: file("{}", data: [0]))
        }
        #expect(throws: SafetensorsError.tooLarge(what: "header", count: .max, limit: 1 << 20)) {
            try SafetensorsFile(bytes: [UInt8](repeating: 255, count: 16))
        }
        let entries = (0...256).map { "\"t\($0)\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}" }
        #expect(throws: SafetensorsError.tooLarge(what: "number of tensors", count: 257, limit: 256)) {
            try SafetensorsFile(bytes: file("{" + entries.joined(separator: ",") + "}"))
        }
    }

    @Test func everyTruncationIsATypedError() throws {
        let bytes = exampleModel().encoded()
        for length in 0..<bytes.count where length < 3000 || length % 97 == 0 || length > bytes.count - 200 {
            #expect(throws: SafetensorsError.self, "\(length) of \(bytes.count) bytes") {
                try WorldModel(safetensors: Array(bytes[..<length]))
            }
        }
    }

    @Test func noFlippedBitOfTheHeaderCrashes() {
        let bytes = exampleModel().encoded()
        let headerLength = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
        for position in 0..<headerLength {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[position] ^= 1 << UInt8(bit)
                do {
                    _ = try WorldModel(safetensors: damaged)
                } catch {
                    #expect(!error.description.isEmpty)
                }
            }
        }
    }
}
