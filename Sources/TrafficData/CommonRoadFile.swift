import Foundation
import Metrics
import RoadNetwork

/// Reads CommonRoad scenarios, versions 2018b and 2020a, plain or gzip.
///
/// Format: "XML Format for CommonRoad", Technical University of Munich. Read are the lanelets (bounds,
/// neighbours of the same direction, predecessors, successors, speed limits) and the dynamic obstacles
/// with a rectangular shape (initial state and trajectory). Static obstacles, pedestrians, signals and
/// planning problems are passed over.
public enum CommonRoadFile {
    /// - Throws: `TrafficDataError`.
    public static func read(_ url: URL) throws -> Recording {
        let file = url.lastPathComponent
        return try read(DataFile.read(url), file: file)
    }

    /// - Parameters:
    ///   - data: the file's contents, plain or gzip.
    ///   - file: its name, for errors.
    public static func read(_ data: Data, file: String) throws -> Recording {
        let scenario = CommonRoadScenario(file: file)
        try XMLSectionReader.read(
            DataFile.inflated(data, file: file), file: file, onRoot: scenario.begin, onSection: scenario.add)
        return try scenario.recording()
    }
}

/// A CommonRoad file while it is being read.
private final class CommonRoadScenario {
    private let file: String
    private var name = ""
    private var timeStep = 0.1
    private var lanelets = CommonRoadLanelets()
    private var tracks: [RecordedTrack] = []
    private var obstacleIDs: Set<Int> = []

    init(file: String) { self.file = file }

    func begin(_ root: XMLSection) throws {
        guard root.name == "commonRoad" else {
            throw root.malformed(in: file, expected: "a <commonRoad> element, found <\(root.name)>")
        }
        let version = root.attributes["commonRoadVersion"] ?? "none"
        guard ["2018b", "2020a"].contains(version) else {
            throw root.malformed(in: file, expected: "commonRoadVersion 2018b or 2020a, found \(version)")
        }
        guard let step = root.attributes["timeStepSize"].flatMap(Double.init), step >= 0.01, step <= 1 else {
            throw root.malformed(in: file, expected: "a timeStepSize from 0.01 to 1 s")
        }
        timeStep = step
        name = root.attributes["benchmarkID"] ?? ""
        if name.isEmpty { name = String(file.prefix { $0 != "." }) }
    }

    func add(_ section: XMLSection) throws {
        switch section.name {
        case "lanelet": try lanelets.add(section, file: file)
        case "trafficSign": lanelets.addSign(section)
        case "dynamicObstacle": try addObstacle(section)
        case "obstacle" where section.child("role")?.trimmedText == "dynamic": try addObstacle(section)
        default: break
        }
    }

    func recording() throws -> Recording {
        Recording(
            name: name, source: RecordingSource(commonRoadName: name), lanes: try lanelets.graph(file: file),
            tracks: tracks)
    }

    private func addObstacle(_ section: XMLSection) throws {
        if ["pedestrian", "bicycle"].contains(section.child("type")?.trimmedText ?? "") { return }
        guard let id = section.attributes["id"].flatMap(Int.init), obstacleIDs.insert(id).inserted else {
            throw section.malformed(in: file, expected: "an obstacle id, a whole number used once")
        }
        guard tracks.count < RecordingLimits.tracks else {
            throw section.malformed(in: file, expected: "at most \(RecordingLimits.tracks) obstacles")
        }
        guard let rectangle = section.child("shape")?.child("rectangle"),
            let length = rectangle.child("length")?.number, RecordingLimits.length.contains(length),
            let width = rectangle.child("width")?.number, RecordingLimits.width.contains(width)
        else {
            throw section.malformed(
                in: file, expected: "a rectangle 0.2 to 60 m long, 0.2 to 10 m wide as obstacle \(id)'s shape"
            )
        }
        guard let first = section.child("initialState") else {
            throw section.malformed(in: file, expected: "an <initialState> in obstacle \(id)")
        }
        var states = [try state(first)]
        for next in section.child("trajectory")?.children("state") ?? [] {
            let later = try state(next)
            guard later.time > states[states.count - 1].time else {
                throw next.malformed(in: file, expected: "a time after the state before, in obstacle \(id)")
            }
            states.append(later)
        }
        tracks.append(
            RecordedTrack(
                id: id, kind: .ofBox(length: length, width: width), length: length, width: width,
                states: states))
    }

    private func state(_ section: XMLSection) throws -> RecordedState {
        guard let position = section.child("position")?.child("point")?.point else {
            throw section.malformed(in: file, expected: "a position with a point, x and y in metres")
        }
        guard let step = section.child("time")?.child("exact")?.number, step >= 0, step <= 1e6 else {
            throw section.malformed(in: file, expected: "a time with an exact step from 0 to 1,000,000")
        }
        let speed = section.child("velocity")?.child("exact")?.number
        guard RecordingLimits.speed.contains(speed ?? 0) else {
            throw section.malformed(in: file, expected: "a velocity from -200 to 200 m/s")
        }
        return RecordedState(
            time: step * timeStep, position: position,
            heading: section.child("orientation")?.child("exact")?.number, speed: speed)
    }
}

extension XMLSection {
    func malformed(in file: String, expected: String) -> TrafficDataError {
        .malformed(file: file, place: "line \(line), <\(name)>", expected: expected)
    }

    /// The children `x` and `y`.
    var point: Point? {
        guard let x = child("x")?.number, let y = child("y")?.number,
            abs(x) <= RecordingLimits.coordinate, abs(y) <= RecordingLimits.coordinate
        else { return nil }
        return Point(x: x, y: y)
    }
}

extension RecordingSource {
    /// From a CommonRoad benchmark's name, such as `USA_US101-4_2_T-1`.
    package init(commonRoadName name: String) {
        self =
            if name.hasPrefix("USA_US101-") { .us101 } else if name.hasPrefix("USA_Lanker-") {
                .lankershim
            } else if name.hasPrefix("USA_Peach-") { .peachtree } else { .other }
    }
}
