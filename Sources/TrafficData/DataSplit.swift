/// Which recordings a model learns from, is tuned on, and is judged on. Test scenes are never trained on.
public enum DataSplit: String, Sendable, CaseIterable, Codable {
    case train, validation, test

    /// The split of the recording called `name`.
    ///
    /// CommonRoad scenes go by the scene number in their name (`n` in `USA_US101-<n>_...`), because scenes
    /// of one number show the same vehicles: numbers of the form 5k + 1 are test, 5k are validation, the
    /// rest is training. Of US-101's driving that is about 70 % training and 15 % each to validate
    /// and test. Parts of longer recordings carry their split at the end of their name
    /// (`REC_ii_LR_9+1/test`). On streets the scene number is the intersection's; there the moment decides
    /// (`n` in `USA_Lanker-2_<n>_...`): even ones are training, odd ones test. Anything else is training.
    public static func of(_ name: String) -> DataSplit {
        if let part = name.split(separator: "/").last.flatMap({ DataSplit(rawValue: String($0)) }) {
            return part
        }
        if let moment = streetMoment(name) { return moment % 2 == 0 ? .train : .test }
        return switch sceneNumber(name).map({ $0 % 5 }) {
        case 1: .test
        case 0: .validation
        default: .train
        }
    }

    /// `n` in `USA_Lanker-2_<n>_...` and `USA_Peach-4_<n>_...`; nil for other roads.
    private static func streetMoment(_ name: String) -> Int? {
        guard [.lankershim, .peachtree].contains(RecordingSource(commonRoadName: name)) else { return nil }
        let parts = name.split(separator: "_")
        return parts.count > 2 ? Int(parts[2]) : nil
    }

    /// `n` in `COUNTRY_Place-<n>_...`.
    public static func sceneNumber(_ name: String) -> Int? {
        guard let dash = name.firstIndex(of: "-") else { return nil }
        let rest = name[name.index(after: dash)...]
        guard let end = rest.firstIndex(of: "_") else { return nil }
        return Int(rest[..<end])
    }
}

extension RoadRecording {
    /// Seconds left out between two parts, so that no manoeuvre is in both.
    private static let pause = 2.0

    /// The recording cut by time: the first 60 % train, the next 20 % validate, the last 20 % test, 2 s
    /// left out in between.
    public func splitByTime() -> [RoadRecording] {
        let half = Int((0.5 * Self.pause / RecordedSamples.interval).rounded(.up))
        let (first, second) = (frameCount * 60 / 100, frameCount * 80 / 100)
        let ranges: [(DataSplit, Int, Int)] = [
            (.train, 0, first - half), (.validation, first + half, second - half),
            (.test, second + half, frameCount),
        ]
        return ranges.filter { $0.1 < $0.2 }.map { cut($0.1..<$0.2, name: "\(name)/\($0.0.rawValue)") }
    }
}
