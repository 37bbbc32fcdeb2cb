/// Why bytes are not a message between coordinator and worker. Each says what to do.
public enum WireError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The message ends too early.
    case truncated(missing: Int)
    /// Not of this protocol.
    case notAMessage
    /// The other side speaks another version of the protocol.
    case version(found: UInt16, own: UInt16)
    /// The checksum is wrong: altered on the way.
    case checksum
    /// This version has no such kind of message, or not in this direction.
    case unknownKind(UInt16)
    /// A field is longer than any honest one.
    case limit(field: String, found: Int, limit: Int)
    /// A field holds what it can't: text that is no UTF-8, a number that isn't finite or out of range.
    case badValue(field: String)
    /// Something follows the last field.
    case trailingBytes(Int)

    public var description: String {
        switch self {
        case .truncated(let missing):
            "the message ends \(missing) bytes too early; it is dropped, the sender may repeat it"
        case .notAMessage:
            "not a message of this protocol; check that the address is a coordinator's control port"
        case .version(let found, let own):
            "protocol version \(found) instead of \(own); install the same release on coordinator and workers"
        case .checksum:
            "the message was altered on the way; it is dropped, the sender may repeat it"
        case .unknownKind(let kind):
            "unknown kind of message \(kind); install the same release on coordinator and workers"
        case .limit(let field, let found, let limit):
            "\(field) has length \(found), at most \(limit) is allowed; check who sent it"
        case .badValue(let field):
            "\(field) has an impossible value; check who sent it"
        case .trailingBytes(let count):
            "\(count) bytes follow the last field; install the same release on coordinator and workers"
        }
    }
}
