import Foundation
import Metrics
import RoadNetwork

/// Reads the original NGSIM trajectories: text of 18 columns divided by white space, plain or gzip
/// (Federal Highway Administration, "NGSIM Interstate 80 / US-101 Data Dictionary").
///
/// Feet and tenths of a second. `Local_Y` runs along the road to the vehicle's front, `Local_X` from the
/// road's left edge to its middle. In the recording x runs along the road and y to the left. Lanes 1 (the
/// left one) to 6 are laid out 12 ft wide and straight; ramps (7, 8) have no lane of their own.
public enum NGSIMFile {
    /// - Parameter source: which road the file is from; the format does not say.
    /// - Throws: `TrafficDataError`.
    public static func read(_ url: URL, source: RecordingSource) throws -> Recording {
        try read(DataFile.read(url), file: url.lastPathComponent, source: source)
    }

    /// - Parameters:
    ///   - data: the file's contents, plain or gzip.
    ///   - file: its name, for errors and as the recording's name.
    public static func read(_ data: Data, file: String, source: RecordingSource) throws -> Recording {
        var table = NGSIMTable(file: file)
        try DataFile.inflated(data, file: file).withUnsafeBytes { bytes in
            for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
                try table.add(line: line, number: number + 1)
            }
        }
        return try table.recording(source: source)
    }
}

/// The columns that are read.
private enum NGSIMColumn: Int {
    case vehicle = 0
    case frame = 1
    case localX = 4
    case localY = 5
    case length = 8
    case width = 9
    case speed = 11
    case lane = 13

    static let count = 18

    var name: String {
        switch self {
        case .vehicle: "Vehicle_ID"
        case .frame: "Frame_ID"
        case .localX: "Local_X"
        case .localY: "Local_Y"
        case .length: "v_Length"
        case .width: "v_Width"
        case .speed: "v_Vel"
        case .lane: "Lane_ID"
        }
    }
}

/// An NGSIM file while it is being read.
private struct NGSIMTable {
    private static let metersPerFoot = 0.3048
    private static let secondsPerFrame = 0.1
    private static let laneFeet = 12.0
    private static let throughLanes = 6

    let file: String
    private var tracks: [RecordedTrack] = []
    private var trackOfVehicle: [Int: Int] = [:]
    private var laneCount = 1

    init(file: String) { self.file = file }

    mutating func add(line: Slice<UnsafeRawBufferPointer>, number: Int) throws {
        let fields = line.split {
            $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r")
        }
        if fields.isEmpty { return }
        func wrong(_ expected: String) -> TrafficDataError {
            .malformed(file: file, place: "line \(number)", expected: expected)
        }
        guard fields.count == NGSIMColumn.count else {
            throw wrong("\(NGSIMColumn.count) columns divided by white space, found \(fields.count)")
        }
        func value(_ column: NGSIMColumn, _ range: ClosedRange<Double>) throws -> Double {
            let text = String(decoding: fields[column.rawValue], as: UTF8.self)
            guard let value = Double(text), range.contains(value) else {
                throw wrong(
                    "a number from \(range.lowerBound) to \(range.upperBound) in column "
                        + "\(column.rawValue + 1) (\(column.name))")
            }
            return value
        }
        let length = try value(.length, 0.7...196) * Self.metersPerFoot
        let width = try value(.width, 0.7...32) * Self.metersPerFoot
        let state = RecordedState(
            time: try value(.frame, 0...1e7).rounded() * Self.secondsPerFrame,
            position: Point(
                x: try value(.localY, -1e6...1e6) * Self.metersPerFoot - 0.5 * length,
                y: try -value(.localX, -1e6...1e6) * Self.metersPerFoot),
            speed: try value(.speed, 0...300) * Self.metersPerFoot)
        let lane = Int(try value(.lane, 0...100))
        if lane <= Self.throughLanes { laneCount = max(laneCount, lane) }
        let vehicle = Int(try value(.vehicle, 0...1e9))
        if let track = trackOfVehicle[vehicle] {
            tracks[track].states.append(state)
            return
        }
        guard tracks.count < RecordingLimits.tracks else {
            throw wrong("at most \(RecordingLimits.tracks) vehicles")
        }
        trackOfVehicle[vehicle] = tracks.count
        tracks.append(
            RecordedTrack(
                id: vehicle, kind: .ofBox(length: length, width: width), length: length, width: width,
                states: [state]))
    }

    func recording(source: RecordingSource) throws -> Recording {
        guard !tracks.isEmpty else {
            throw TrafficDataError.malformed(
                file: file, place: "the whole file", expected: "at least one row")
        }
        let inOrder = try tracks.map { track in
            var track = track
            track.states.sort { $0.time < $1.time }
            guard zip(track.states, track.states.dropFirst()).allSatisfy({ $0.time < $1.time }) else {
                throw TrafficDataError.malformed(
                    file: file, place: "vehicle \(track.id)",
                    expected: "each Frame_ID once; cut the file by period")
            }
            return track
        }
        let xs = inOrder.flatMap { $0.states.map(\.position.x) }
        let (start, end) = ((xs.min() ?? 0) - 20, (xs.max() ?? 0) + 20)
        let width = Self.laneFeet * Self.metersPerFoot
        let lanes = LaneGraph.straightLanes(count: laneCount) { lane in
            let (left, right) = (-Double(lane) * width, -Double(lane + 1) * width)
            return (
                left: [Point(x: start, y: left), Point(x: end, y: left)],
                right: [Point(x: start, y: right), Point(x: end, y: right)]
            )
        }
        return Recording(
            name: String(file.prefix { $0 != "." }), source: source, lanes: lanes, tracks: inOrder)
    }
}
