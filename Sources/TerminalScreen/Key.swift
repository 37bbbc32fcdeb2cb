/// What a person pressed.
public enum Key: Sendable, Equatable {
    case up, down, left, right, pageUp, pageDown, home, end, enter, escape
    case character(Character)
}

/// Turns a terminal's bytes into keys: ASCII characters and the escape sequences of xterm, tmux, screen and
/// the Linux console. Unknown sequences are swallowed whole, however long, and never appear as characters.
public struct KeyDecoder: Sendable, Equatable {
    private enum State: Equatable { case ground, escape, control, application }

    private var state = State.ground
    private var parameter: UInt8?

    public init() {}

    /// The keys completed by `bytes`; a sequence cut off at the end continues with the next call.
    public mutating func keys(from bytes: some Sequence<UInt8>) -> [Key] {
        bytes.compactMap { key(after: $0) }
    }

    /// Call when no byte has followed for a while: an escape character that stands alone is the escape key.
    public mutating func pause() -> Key? {
        defer { state = .ground }
        return state == .escape ? .escape : nil
    }

    private mutating func key(after byte: UInt8) -> Key? {
        switch state {
        case .ground: return plainKey(byte)
        case .escape:
            parameter = nil
            switch byte {
            case UInt8(ascii: "["): state = .control
            case UInt8(ascii: "O"): state = .application
            case 0x1B: return .escape
            default: state = .ground
            }
            return nil
        case .application:
            state = .ground
            return Self.finals[byte]
        case .control:
            guard 0x40...0x7E ~= byte else {
                if parameter == nil { parameter = byte }
                return nil
            }
            state = .ground
            return byte == UInt8(ascii: "~") ? parameter.flatMap { Self.numbered[$0] } : Self.finals[byte]
        }
    }

    private mutating func plainKey(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x1B:
            state = .escape
            return nil
        case 0x0A, 0x0D: return .enter
        case 0x20...0x7E: return .character(Character(Unicode.Scalar(byte)))
        default: return nil
        }
    }

    private static let finals: [UInt8: Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
        UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "M"): .enter,
    ]
    private static let numbered: [UInt8: Key] = [
        UInt8(ascii: "1"): .home, UInt8(ascii: "7"): .home, UInt8(ascii: "4"): .end, UInt8(ascii: "8"): .end,
        UInt8(ascii: "5"): .pageUp, UInt8(ascii: "6"): .pageDown,
    ]
}
