import Foundation
import TrafficData

/// Recorded tracks of single vehicles, without their surroundings: what the folder `tracks` of the recordings
/// holds. They last longer than the scenes do.
struct SingleTracks {
    /// NGSIM vehicles on 640 m of US-101, each with the distance to whoever leads.
    var us101 = Behaviour(brakes: [], cutIns: [])
    var us101Wave: WaveSpeed?
    /// NGSIM leaders and followers on I-80.
    var i80 = Behaviour(brakes: [], cutIns: [])

    /// - Returns: nil where the folder has no such files.
    /// - Throws: `TrafficDataError`.
    init?(folder: URL) throws {
        let us101File = folder.appendingPathComponent("tracks/us101_single_vehicles.csv.gz")
        let i80File = folder.appendingPathComponent("tracks/i80_car_following_pairs.csv.gz")
        guard FileManager.default.fileExists(atPath: us101File.path),
            FileManager.default.fileExists(atPath: i80File.path)
        else { return nil }
        try readUS101(us101File)
        try readI80(i80File)
    }

    private mutating func readUS101(_ file: URL) throws {
        let table = try TrackTable(
            file, key: "vehicle", columns: ["global_time_ms", "along_m", "speed_mps", "space_headway_m"])
        let begin = table.tracks.flatMap { $0.map { $0[0] } }.min() ?? 0
        let end = table.tracks.flatMap { $0.map { $0[0] } }.max() ?? 0
        var field = SpeedField(meters: 700, seconds: (end - begin) / 1000, isRing: false)
        var log = BehaviourLog()
        for track in table.tracks {
            for row in track {
                field.add(meters: row[1], seconds: (row[0] - begin) / 1000, speed: row[2])
            }
            log.add(headways: [.init(everySecondOf: track.map { ($0[2], $0[3]) })])
        }
        us101 = log.summary
        us101Wave = WaveSpeed(field)
    }

    private mutating func readI80(_ file: URL) throws {
        let table = try TrackTable(
            file, key: "pair_id",
            columns: ["v_vel", "space_headway", "preceding_vel", "preceding_length"])
        var log = BehaviourLog()
        for track in table.tracks {
            log.add(headways: [.init(everySecondOf: track.map { ($0[0], $0[1]) })])
            log.add(brakes: Self.brakes(track))
        }
        i80 = log.summary
    }

    /// NGSIM's speeds are noisy: a mean over 1.1 s comes first.
    private static func brakes(_ track: [[Double]]) -> [BrakeResponse] {
        let own = smoothed(track.map { $0[0] }), leaders = smoothed(track.map { $0[2] })
        var watch = BrakeResponse.Watch()
        guard track.count > 5 else { return [] }
        return (5..<track.count).compactMap { (frame: Int) -> BrakeResponse? in
            let gap = track[frame][1] - track[frame][3]
            let acceleration = 2 * (own[frame] - own[frame - 5])
            let leaderAcceleration = 2 * (leaders[frame] - leaders[frame - 5])
            let sight = BrakeResponse.Sight(
                leader: 0, gap: Float(gap), speed: Float(own[frame]),
                closing: Float(own[frame] - leaders[frame]), acceleration: Float(acceleration),
                leaderAcceleration: Float(leaderAcceleration))
            return watch.see(sight)
        }
    }

    private static func smoothed(_ values: [Double]) -> [Double] {
        values.indices.map { index in
            let around = values[max(0, index - 5)...min(values.count - 1, index + 5)]
            return around.reduce(0, +) / Double(around.count)
        }
    }
}

extension DriverPersistence.Series {
    /// Every tenth of speeds and distances to the leader, front to front.
    fileprivate init(everySecondOf samples: [(speed: Double, distance: Double)]) {
        self.init(speeds: [], values: [])
        for (speed, distance) in samples.enumerated().filter({ $0.offset % 10 == 0 }).map(\.element) {
            let headway = distance / max(speed, 0.1)
            let isFollowing = speed > 3 && distance > 0 && headway > 0.2 && headway < Double(DriverLog.longestHeadway)
            speeds.append(isFollowing ? Float(speed) : nil)
            values.append(isFollowing ? Float(headway) : nil)
        }
    }
}

/// A CSV file of tracks, rows of each in order of time.
struct TrackTable {
    /// Per track, per row, the columns that were asked for.
    var tracks: [[[Double]]] = []

    /// - Throws: `TrafficDataError`.
    init(_ url: URL, key: String, columns: [String]) throws {
        let file = url.lastPathComponent
        let text = try DataFile.read(url)
        var places: [Int] = []
        var keyPlace = 0
        var trackOfKey: [String: Int] = [:]
        for (number, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() {
            let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces) }
            if number == 0 {
                places = try columns.map { try Self.place($0, fields, file) }
                keyPlace = try Self.place(key, fields, file)
                continue
            }
            guard fields.count > max(keyPlace, places.max() ?? 0) else {
                throw TrafficDataError.malformed(
                    file: file, place: "line \(number + 1)", expected: "as many columns as the header")
            }
            let track = trackOfKey[fields[keyPlace]] ?? tracks.count
            if track == tracks.count {
                trackOfKey[fields[keyPlace]] = track
                tracks.append([])
            }
            // A missing number (nobody leads) reads as 0.
            tracks[track].append(places.map { Double(fields[$0]) ?? 0 })
        }
    }

    private static func place(_ name: String, _ header: [String], _ file: String) throws -> Int {
        guard let place = header.firstIndex(of: name) else {
            throw TrafficDataError.malformed(file: file, place: "its header", expected: "a column \(name)")
        }
        return place
    }
}
