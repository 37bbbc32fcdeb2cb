import Foundation
import RoadNetwork

/// What one agent does instead of driving: a path in the scene's frame, for "what if it did that?".
///
/// CSV with the header `time_s,x_m,y_m` or `time_s,x_m,y_m,heading_rad`: scene time, box centre, and the
/// direction of the box (else that of the motion). Rows lie 0.01 s apart or more. Straight between two rows, at up
/// to 150 m/s; from where the agent is to the first row; beyond the last row on as between the last two.
public struct EgoPlan: Sendable, Equatable {
    public struct Row: Sendable, Equatable {
        public var time: Double
        public var place: Point
        public var heading: Double?

        public init(time: Double, place: Point, heading: Double? = nil) {
            self.time = time
            self.place = place
            self.heading = heading
        }
    }

    /// The agent's number in the scene's file.
    public var agent: Int
    /// In order of time, at least one.
    public var rows: [Row]

    public init(agent: Int, rows: [Row]) {
        precondition(!rows.isEmpty)
        self.agent = agent
        self.rows = rows
    }

    private static let byteLimit = 16 << 20
    /// No plan is faster, m/s.
    static let fastest = 150.0
    /// Two rows are at least so far apart, seconds.
    private static let leastSpan = 0.01
    /// The most rows of a file.
    static let rowLimit = 100_000
    static let headers = ["time_s,x_m,y_m", "time_s,x_m,y_m,heading_rad"]

    /// Reads a plan file.
    /// - Throws: `EvaluationError.badPlan`, `.unreadableFolder` where it can't be read.
    public init(agent: Int, contentsOf url: URL) throws {
        guard let handle = try? FileHandle(forReadingFrom: url),
            let data = try? handle.read(upToCount: Self.byteLimit + 1) ?? Data(), data.count <= Self.byteLimit,
            let text = String(validating: data, as: UTF8.self)
        else {
            throw EvaluationError.badPlan(
                file: url.lastPathComponent, line: 1, expected: "a readable text file of at most 16 MiB")
        }
        try self.init(agent: agent, csv: text, file: url.lastPathComponent)
    }

    package init(agent: Int, csv: String, file: String) throws {
        let lines = csv.split(omittingEmptySubsequences: false) { $0.isNewline }
        func bad(_ line: Int, _ expected: String) -> EvaluationError {
            .badPlan(file: file, line: line, expected: expected)
        }
        guard let header = lines.first.map({ $0.filter { !$0.isWhitespace } }), Self.headers.contains(header) else {
            throw bad(1, "the header \(Self.headers[0]) or \(Self.headers[1])")
        }
        let columns = header.split(separator: ",").count
        var rows: [Row] = []
        for (index, line) in lines.enumerated().dropFirst() where !line.allSatisfy(\.isWhitespace) {
            let numbers = line.split(separator: ",", omittingEmptySubsequences: false).map {
                Double($0.trimmingCharacters(in: .whitespaces)) ?? .nan
            }
            guard numbers.count == columns, numbers.allSatisfy({ $0.magnitude <= 1e7 }) else {
                throw bad(index + 1, "\(columns) numbers of magnitude up to 1e7")
            }
            guard rows.count < Self.rowLimit else { throw bad(index + 1, "at most \(Self.rowLimit) rows") }
            let row = Row(
                time: numbers[0], place: Point(x: numbers[1], y: numbers[2]), heading: columns > 3 ? numbers[3] : nil)
            if let last = rows.last {
                guard row.time - last.time > Self.leastSpan - 1e-6 else {
                    throw bad(index + 1, "a time \(Self.leastSpan) s or more after the line before")
                }
                guard (row.place - last.place).length <= Self.fastest * (row.time - last.time) else {
                    throw bad(index + 1, "a place that is reached from the line before at up to \(Int(Self.fastest)) m/s")
                }
            }
            rows.append(row)
        }
        guard !rows.isEmpty else { throw bad(2, "at least one row") }
        self.init(agent: agent, rows: rows)
    }

    /// The plan per step of 0.1 s after `start`, as the agent at `now` follows it.
    /// - Throws: `EvaluationError.planOutOfReach` where its first row lies too far away.
    package func tracks(start: Double, steps: Int, now: FuturePose) throws -> [FuturePose] {
        let here = Row(time: start, place: Point(x: now.x, y: now.y), heading: now.heading)
        var path = rows.filter { $0.time > start + Self.leastSpan }
        path.insert(rows.last { $0.time <= start + Self.leastSpan } ?? here, at: 0)
        if path.count > 1 {
            let way = (path[1].place - path[0].place).length, span = max(path[1].time - path[0].time, 0.1)
            guard way <= Self.fastest * span else { throw EvaluationError.planOutOfReach(agent: agent, speed: way / span) }
        } else {
            // Everything lies in the past: on from there at the present speed.
            let ahead = Point(x: cos(now.heading), y: sin(now.heading))
            path.append(
                Row(time: path[0].time + 1, place: path[0].place + now.speed * ahead, heading: path[0].heading))
        }
        var heading = now.heading
        var after = 1
        return (1...max(steps, 1)).map { step in
            let time = start + 0.1 * Double(step)
            while after < path.count - 1, path[after].time < time - 1e-9 { after += 1 }
            let (from, to) = (path[after - 1], path[after])
            let span = to.time - from.time
            let share = (time - from.time) / span
            let motion = to.place - from.place
            if let a = from.heading, let b = to.heading, share <= 1 {
                heading = a + share * (b - a).remainder(dividingBy: 2 * .pi)
            } else if motion.length > 0.02 {
                heading = atan2(motion.y, motion.x)
            }
            let place = from.place + share * motion
            return FuturePose(x: place.x, y: place.y, heading: heading, speed: motion.length / span)
        }
    }
}
