import Foundation

/// Named arrays of 32-bit floats with string metadata, in the safetensors format: an 8-byte
/// little-endian header length, a JSON header, then the arrays' bytes without holes.
/// Format: https://huggingface.co/docs/safetensors, "Format".
///
/// A file is untrusted: sizes are bounded and offsets checked before anything is allocated.
public struct SafetensorsFile: Sendable, Equatable {
    /// One array, row-major.
    public struct Tensor: Sendable, Equatable {
        public var shape: [Int]
        public var values: [Float]

        /// `values` holds as many numbers as `shape` says.
        public init(shape: [Int], values: [Float]) {
            precondition(shape.reduce(1, *) == values.count)
            self.shape = shape
            self.values = values
        }
    }

    /// The longest file that is read, bytes.
    public static let maximumFileBytes = 64 << 20
    /// The longest JSON header that is read, bytes.
    public static let maximumHeaderBytes = 1 << 20
    /// The most tensors in a file.
    public static let maximumTensors = 256
    /// The most dimensions of a tensor.
    public static let maximumRank = 8

    public var tensors: [String: Tensor]
    public var metadata: [String: String]

    public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// Reads a whole file.
    ///
    /// - Throws: `SafetensorsError` if the bytes are no safetensors file, exceed a limit, or hold
    ///   another element type than F32.
    public init(bytes: [UInt8]) throws(SafetensorsError) {
        guard bytes.count <= Self.maximumFileBytes else {
            throw .tooLarge(what: "file", count: bytes.count, limit: Self.maximumFileBytes)
        }
        guard bytes.count >= 8 else { throw .truncated(needed: 8, found: bytes.count) }
        let announced = bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
        }
        guard announced <= UInt64(Self.maximumHeaderBytes) else {
            throw .tooLarge(
                what: "header", count: Int(clamping: announced), limit: Self.maximumHeaderBytes)
        }
        let dataStart = 8 + Int(announced)
        guard bytes.count >= dataStart else { throw .truncated(needed: dataStart, found: bytes.count) }
        let header = try Header(json: bytes[8..<dataStart])
        try header.checkLayout(dataBytes: bytes.count - dataStart)

        tensors = [:]
        for (name, entry) in header.entries {
            tensors[name] = Tensor(
                shape: entry.shape,
                values: Self.floats(in: bytes, from: dataStart + entry.begin, count: entry.elements))
        }
        metadata = header.metadata
    }

    private static func floats(in bytes: [UInt8], from start: Int, count: Int) -> [Float] {
        bytes.withUnsafeBytes { raw in
            (0..<count).map { index in
                let bits = raw.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: bits))
            }
        }
    }

    /// The file's bytes: the same for equal values, with tensors in the order of their names and the
    /// data aligned to 8 bytes.
    public func encoded() -> [UInt8] {
        var fields: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }
                .map { Self.quoted($0.key) + ":" + Self.quoted($0.value) }
            fields.append("\"__metadata__\":{" + pairs.joined(separator: ",") + "}")
        }
        var data: [UInt8] = []
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let begin = data.count
            for value in tensor.values {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            }
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            fields.append(
                "\(Self.quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(begin),\(data.count)]}")
        }
        var header = Array(("{" + fields.joined(separator: ",") + "}").utf8)
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + data
    }

    /// A JSON string literal.
    private static func quoted(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}

/// The JSON header: where each tensor lies.
private struct Header {
    struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]

        var begin: Int { data_offsets[0] }
        var end: Int { data_offsets[1] }
        var elements: Int { (end - begin) / 4 }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private struct Content: Decodable {
        var metadata: [String: String] = [:]
        var entries: [String: Entry] = [:]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            for key in container.allKeys {
                if key.stringValue == "__metadata__" {
                    metadata = try container.decode([String: String].self, forKey: key)
                } else {
                    entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
                }
            }
        }
    }

    let metadata: [String: String]
    let entries: [String: Entry]

    init(json: ArraySlice<UInt8>) throws(SafetensorsError) {
        guard json.first == UInt8(ascii: "{") else {
            throw .badHeader("it does not begin with '{'")
        }
        let content: Content
        do {
            content = try JSONDecoder().decode(Content.self, from: Data(json))
        } catch {
            throw .badHeader("it is no JSON object of tensors with dtype, shape and data_offsets")
        }
        guard content.entries.count <= SafetensorsFile.maximumTensors else {
            throw .tooLarge(
                what: "number of tensors", count: content.entries.count,
                limit: SafetensorsFile.maximumTensors)
        }
        metadata = content.metadata
        entries = content.entries
    }

    /// The tensors must tile the data exactly: no hole, no overlap, nothing outside.
    func checkLayout(dataBytes: Int) throws(SafetensorsError) {
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            guard entry.dtype == "F32" else { throw .unsupportedType(tensor: name, type: entry.dtype) }
            guard entry.data_offsets.count == 2, entry.begin >= 0, entry.begin <= entry.end,
                entry.end <= dataBytes
            else {
                throw .badOffsets(tensor: name, dataBytes: dataBytes)
            }
            guard entry.shape.count <= SafetensorsFile.maximumRank else {
                throw .tooLarge(
                    what: "rank of tensor '\(name)'", count: entry.shape.count,
                    limit: SafetensorsFile.maximumRank)
            }
            var size = 4
            for extent in entry.shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: extent)
                guard extent >= 0, !overflow else { throw .badOffsets(tensor: name, dataBytes: dataBytes) }
                size = product
            }
            guard size == entry.end - entry.begin else {
                throw .badOffsets(tensor: name, dataBytes: dataBytes)
            }
        }
        var position = 0
        let inOrder = entries.sorted { ($0.value.begin, $0.value.end) < ($1.value.begin, $1.value.end) }
        for (name, entry) in inOrder {
            guard entry.begin == position else { throw .badOffsets(tensor: name, dataBytes: dataBytes) }
            position = entry.end
        }
        guard position == dataBytes else {
            throw .trailingBytes(used: position, found: dataBytes)
        }
    }
}
