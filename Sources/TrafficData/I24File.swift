import Foundation
import Metrics
import RoadNetwork

/// Reads I-24 MOTION trajectories (JSON, plain or gzip; Gloudemans et al., "I-24 MOTION: An instrument
/// for freeway traffic science", Transportation Research C 155, 2023).
///
/// The file is one list of vehicles for both carriageways, in feet: x along the road at the *back* of the
/// vehicle, y across at its middle. `direction` is 1 for traffic towards +x, on y from 0 to 48 ft, and -1
/// for traffic towards -x, on y from 72 to 120 ft; lanes are 12 ft wide, the fast ones in the middle.
public enum I24File {
    static let metersPerFoot = 0.3048
    private static let laneFeet = 12.0
    private static let laneCount = 4
    /// A carriageway with fewer vehicles than this was hardly seen by the cameras and is left out.
    public static let fewestVehicles = 30

    /// One recording per carriageway; its name ends in `+1` or `-1`, the direction.
    /// - Throws: `TrafficDataError`.
    public static func read(_ url: URL) throws -> [Recording] {
        try read(DataFile.read(url), file: url.lastPathComponent)
    }

    /// - Parameters:
    ///   - data: the file's contents, plain or gzip.
    ///   - file: its name, for errors and as the recordings' name.
    ///   - fewestVehicles: carriageways with fewer are left out.
    public static func read(
        _ data: Data, file: String, fewestVehicles: Int = fewestVehicles
    ) throws -> [Recording] {
        let vehicles: [Vehicle]
        do {
            vehicles = try JSONDecoder().decode([Vehicle].self, from: DataFile.inflated(data, file: file))
        } catch let error as DecodingError {
            throw error.asTrafficDataError(file: file)
        }
        guard vehicles.count <= RecordingLimits.tracks else {
            throw TrafficDataError.malformed(
                file: file, place: "the list", expected: "at most \(RecordingLimits.tracks) vehicles")
        }
        let name = String(file.prefix { $0 != "." })
        let tracks = try vehicles.enumerated().map { (try $1.track(number: $0, file: file), $1.direction) }
        return [1, -1].compactMap { direction in
            let side = tracks.filter { $0.1 == direction }.map(\.0)
            guard side.count >= max(1, fewestVehicles) else { return nil }
            return Recording(
                name: "\(name)\(direction > 0 ? "+1" : "-1")", source: .i24,
                lanes: lanes(direction: direction, tracks: side), tracks: side)
        }
    }

    /// Four straight lanes over the length that the tracks cover, leftmost first.
    private static func lanes(direction: Int, tracks: [RecordedTrack]) -> LaneGraph {
        let xs = tracks.flatMap { $0.states.map(\.position.x) }
        let (low, high) = ((xs.min() ?? 0) - 20, (xs.max() ?? 0) + 20)
        let width = laneFeet * metersPerFoot
        // Towards +x the left lane is the one with the largest y, towards -x that with the smallest.
        return LaneGraph.straightLanes(count: laneCount) { lane in
            let middle = direction > 0 ? 4 * width : 6 * width
            let outwards = direction > 0 ? -width : width
            let (from, to) = direction > 0 ? (low, high) : (high, low)
            let (left, right) = (middle + outwards * Double(lane), middle + outwards * Double(lane + 1))
            return (
                left: [Point(x: from, y: left), Point(x: to, y: left)],
                right: [Point(x: from, y: right), Point(x: to, y: right)]
            )
        }
    }
}

/// One element of the file's list.
private struct Vehicle: Decodable {
    var timestamp: [Double]
    var x: [Double]
    var y: [Double]
    var length: Double
    var width: Double
    var direction: Int

    private enum CodingKeys: String, CodingKey {
        case timestamp, length, width, direction
        case x = "x_position"
        case y = "y_position"
    }

    /// In metres, box centre.
    func track(number: Int, file: String) throws -> RecordedTrack {
        func wrong(_ expected: String) -> TrafficDataError {
            .malformed(file: file, place: "vehicle \(number)", expected: expected)
        }
        guard direction == 1 || direction == -1 else { throw wrong("a direction of 1 or -1") }
        guard !timestamp.isEmpty, timestamp.count == x.count, timestamp.count == y.count
        else {
            throw wrong("as many timestamps as x and y positions, at least one")
        }
        let (length, width) = (length * I24File.metersPerFoot, width * I24File.metersPerFoot)
        guard RecordingLimits.length.contains(length), RecordingLimits.width.contains(width) else {
            throw wrong("a length of 0.7 to 196 ft and a width of 0.7 to 32 ft")
        }
        guard zip(timestamp, timestamp.dropFirst()).allSatisfy({ $0 < $1 }), abs(timestamp[0]) < 1e11 else {
            throw wrong("timestamps that increase, in seconds")
        }
        let states = try timestamp.indices.map { i in
            let x = self.x[i] * I24File.metersPerFoot + Double(direction) * 0.5 * length
            let y = self.y[i] * I24File.metersPerFoot
            guard abs(x) <= RecordingLimits.coordinate, abs(y) <= RecordingLimits.coordinate else {
                throw wrong("positions within \(Int(RecordingLimits.coordinate)) m")
            }
            return RecordedState(time: timestamp[i], position: Point(x: x, y: y))
        }
        return RecordedTrack(
            id: number, kind: .ofBox(length: length, width: width), length: length, width: width,
            states: states)
    }
}

extension DecodingError {
    /// Names the element by its path in the file.
    func asTrafficDataError(file: String) -> TrafficDataError {
        func error(_ context: Context, _ expected: String) -> TrafficDataError {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
            let place = path.isEmpty ? "the whole file" : path.joined(separator: " ")
            return .malformed(file: file, place: place, expected: expected)
        }
        return switch self {
        case .typeMismatch(let type, let context): error(context, "\(type)")
        case .valueNotFound(let type, let context): error(context, "\(type), found null")
        case .keyNotFound(let key, let context): error(context, "a key \"\(key.stringValue)\"")
        case .dataCorrupted(let context): error(context, "JSON")
        @unknown default: .malformed(file: file, place: "the whole file", expected: "JSON")
        }
    }
}

extension LaneGraph {
    /// Lanes side by side, each the neighbour of the next.
    /// - Parameter bounds: left and right bound of a lane; 0 is the leftmost.
    static func straightLanes(count: Int, bounds: (Int) -> (left: [Point], right: [Point])) -> LaneGraph {
        LaneGraph(
            lanes: (0..<count).map { lane in
                let (left, right) = bounds(lane)
                return Lane(
                    sourceID: lane, leftBound: left, rightBound: right,
                    leftNeighbour: lane > 0 ? lane - 1 : nil,
                    rightNeighbour: lane < count - 1 ? lane + 1 : nil)
            })
    }
}
