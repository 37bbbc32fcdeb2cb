import Foundation

/// The recordings of a data folder, in road coordinates, divided for training and judging.
public struct TrafficDataSet: Sendable {
    /// One recording and what it may be used for.
    public struct Scene: Sendable {
        public var split: DataSplit
        /// The number that its source gives the scene; scenes of one number show the same vehicles.
        public var number: Int?
        public var recording: RoadRecording

        public var name: String { recording.name }
        public var source: RecordingSource { recording.source }
    }

    public var scenes: [Scene]
    /// Recordings that were read but are no carriageway (intersections), or no traffic (tracks mixed up),
    /// and why.
    public var refused: [TrafficDataError]

    /// Reads every recording of `folder`: `commonroad/*.xml`, `*.xml.gz` and `i24/*.json`, `*.json.gz`,
    /// in order of name. Recordings of `sources` only, where given: a name tells the source.
    /// - Throws: `TrafficDataError` where a folder or file can't be read.
    public static func load(_ folder: URL, sources: Set<RecordingSource>? = nil) throws -> TrafficDataSet {
        var set = TrafficDataSet(scenes: [], refused: [])
        for file in try files(in: folder.appendingPathComponent("commonroad"), suffixes: [".xml", ".xml.gz"])
        {
            let source = RecordingSource(commonRoadName: file.lastPathComponent)
            guard sources?.contains(source) ?? true else { continue }
            try set.add(CommonRoadFile.read(file))
        }
        if sources?.contains(.i24) ?? true {
            for file in try files(in: folder.appendingPathComponent("i24"), suffixes: [".json", ".json.gz"]) {
                for recording in try I24File.read(file) { try set.add(recording) }
            }
        }
        return set
    }

    /// The recordings of one split.
    public func recordings(_ split: DataSplit, from source: RecordingSource? = nil) -> [RoadRecording] {
        scenes.filter { $0.split == split && (source == nil || $0.source == source) }.map(\.recording)
    }

    private mutating func add(_ recording: Recording) throws {
        do {
            try Self.checkTracks(of: recording)
            let road = try RoadRecording(recording)
            for part in recording.source == .i24 ? road.splitByTime() : [road] {
                scenes.append(
                    Scene(
                        split: .of(part.name), number: DataSplit.sceneNumber(part.name), recording: part))
            }
        } catch let error as TrafficDataError {
            switch error {
            case .notOneCarriageway, .mixedUpTracks: refused.append(error)
            default: throw error
            }
        }
    }

    /// Most of the vehicles' time that camera tracks may overlap. Sound recordings have 0.2 to 4 %; one
    /// whose makers' association went wrong (vehicles at 30 m/s drive through standing ones) has 11 %.
    private static let mostOverlap = 0.06

    private static func checkTracks(of recording: Recording) throws {
        guard recording.source == .i24 else { return }
        let unfiltered = RoadRecording.Filter(shortestTrack: 0.2, longestOverlap: .infinity)
        let share = TrackOverlaps(try RoadRecording(recording, filter: unfiltered).tracks).share
        guard share <= mostOverlap else {
            throw TrafficDataError.mixedUpTracks(
                recording: recording.name, percent: Int((100 * share).rounded()))
        }
    }

    /// Files of a folder in order of name; none where the folder does not exist.
    private static func files(in folder: URL, suffixes: [String]) throws -> [URL] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                .filter { name in suffixes.contains { name.hasSuffix($0) } }
                .map { folder.appendingPathComponent($0) }
        } catch {
            throw TrafficDataError.unreadable(file: folder.path, reason: error.localizedDescription)
        }
    }
}
