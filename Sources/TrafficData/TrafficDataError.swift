/// Why recorded driving could not be read or used: what, where, and what was expected.
public enum TrafficDataError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or folder can't be opened or read.
    case unreadable(file: String, reason: String)
    /// The file, or what it inflates to, is larger than `limitBytes`.
    case tooLarge(file: String, limitBytes: Int)
    /// The gzip stream is cut off or damaged.
    case damagedGzip(file: String)
    /// Something in the file is not what its format asks for. `place` names line or element.
    case malformed(file: String, place: String, expected: String)
    /// The recording has no single carriageway, so that it has no road coordinates.
    case notOneCarriageway(recording: String, reason: String)
    /// Vehicles stand in one another for more than `percent` % of their time: tracks were mixed up.
    case mixedUpTracks(recording: String, percent: Int)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): can't be read (\(reason)). Check the path and its permissions."
        case .tooLarge(let file, let limit):
            "\(file): larger than the limit of \(limit >> 20) MiB. Cut the recording into shorter files."
        case .damagedGzip(let file):
            "\(file): the gzip stream is cut off or damaged. Fetch the file again."
        case .malformed(let file, let place, let expected):
            "\(file), \(place): expected \(expected)."
        case .notOneCarriageway(let recording, let reason):
            "\(recording): not one carriageway (\(reason)). "
                + "Road coordinates need lanes that run side by side in one direction."
        case .mixedUpTracks(let recording, let percent):
            "\(recording): vehicles overlap for \(percent) % of their time; its tracks were mixed up. "
                + "Real vehicles don't drive through one another: leave the recording out."
        }
    }
}
