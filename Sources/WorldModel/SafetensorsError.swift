/// Why a weights file was refused.
public enum SafetensorsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file ends before what it announces.
    case truncated(needed: Int, found: Int)
    /// A limit was exceeded.
    case tooLarge(what: String, count: Int, limit: Int)
    case badHeader(String)
    case unsupportedType(tensor: String, type: String)
    /// A tensor's offsets and shape don't agree, leave a hole, overlap, or point outside the data.
    case badOffsets(tensor: String, dataBytes: Int)
    /// Data that belongs to no tensor.
    case trailingBytes(used: Int, found: Int)
    case missingTensor(String)
    case wrongShape(tensor: String, expected: String, found: [Int])
    /// A value is NaN, infinite or outside of what it can mean.
    case badValue(tensor: String, index: Int, expected: String)
    case badMetadata(key: String, expected: String)
    case unreadable(path: String, reason: String)

    public var description: String {
        switch self {
        case .truncated(let needed, let found):
            "weights file is cut short: \(needed) bytes needed, \(found) there; copy it again"
        case .tooLarge(let what, let count, let limit):
            "weights file: \(what) is \(count), the limit is \(limit); is this a Longhaul weights file?"
        case .badHeader(let reason):
            "weights file: bad safetensors header: \(reason); is this a safetensors file?"
        case .unsupportedType(let tensor, let type):
            "weights file: tensor '\(tensor)' has type \(type); save it as F32"
        case .badOffsets(let tensor, let dataBytes):
            "weights file: tensor '\(tensor)': data_offsets and shape do not fit each other or the "
                + "\(dataBytes) bytes of data without holes; write the file again"
        case .trailingBytes(let used, let found):
            "weights file: \(found) bytes of data, but its tensors use \(used); write the file again"
        case .missingTensor(let name):
            "weights file: tensor '\(name)' is missing; write it with `longhaul train` or add it"
        case .wrongShape(let tensor, let expected, let found):
            "weights file: tensor '\(tensor)' has shape \(found), expected \(expected)"
        case .badValue(let tensor, let index, let expected):
            "weights file: tensor '\(tensor)', value \(index): expected \(expected); train again"
        case .badMetadata(let key, let expected):
            "weights file: metadata '\(key)': expected \(expected)"
        case .unreadable(let path, let reason):
            "weights file \(path) can't be read: \(reason)"
        }
    }
}
