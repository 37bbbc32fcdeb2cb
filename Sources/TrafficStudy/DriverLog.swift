/// Collects what each driver keeps doing, second by second: his headway while he follows, and how much faster
/// he is than those around him.
///
/// The longer one looks at a driver, the more he varies, and the longest tracks that were recorded last a minute: whoever
/// is there for longer counts as another driver from then on.
package struct DriverLog {
    /// A driver, and how many whole minutes he has been there.
    package struct Watched: Hashable, Comparable {
        package var id: Int
        package var minute: Int

        package static func < (a: Watched, b: Watched) -> Bool { (a.id, a.minute) < (b.id, b.minute) }
    }

    package private(set) var headways: [Watched: DriverPersistence.Series] = [:]
    package private(set) var speeds: [Watched: DriverPersistence.Series] = [:]
    private var second = 0
    private var firstSeen: [Int: Int] = [:]

    /// The longest that a driver is watched, seconds.
    static let longestWatch = 60

    package init() {}

    /// Followed is somebody within this many seconds, at more than 3 m/s.
    static let longestHeadway: Float = 5
    /// "Around" is within this many metres along the road, all lanes.
    static let around: Float = 100

    /// Frames come a second apart.
    package mutating func add(_ now: TrafficFrame) {
        var ahead = [TrafficFrame.Vehicle?](repeating: nil, count: now.laneCount)
        for vehicle in now.vehicles.sorted(by: { ($0.s, $0.id) > ($1.s, $1.id) })
        where ahead.indices.contains(vehicle.lane) {
            let leader = ahead[vehicle.lane]
            ahead[vehicle.lane] = vehicle
            guard now.seen.contains(vehicle.s) else { continue }
            if firstSeen[vehicle.id] == nil { firstSeen[vehicle.id] = second }
            if let leader, vehicle.speed > 3 {
                let headway = (leader.s - vehicle.s + 0.5 * (leader.length - vehicle.length)) / vehicle.speed
                if headway < Self.longestHeadway && headway > 0.2 { note(&headways, vehicle, headway) }
            }
            let others = now.vehicles.filter { $0.id != vehicle.id && ($0.s - vehicle.s).magnitude < Self.around }
            if others.count >= 3 && vehicle.speed > 3 {
                let mean = others.reduce(0) { $0 + $1.speed } / Float(others.count)
                note(&speeds, vehicle, vehicle.speed - mean)
            }
        }
        second += 1
    }

    private func note(
        _ table: inout [Watched: DriverPersistence.Series], _ vehicle: TrafficFrame.Vehicle, _ value: Float
    ) {
        let age = second - (firstSeen[vehicle.id] ?? second)
        let watched = Watched(id: vehicle.id, minute: age / Self.longestWatch)
        var series = table[watched] ?? DriverPersistence.Series(speeds: [], values: [])
        let missing = age % Self.longestWatch - series.values.count
        if missing > 0 {
            series.speeds += repeatElement(nil, count: missing)
            series.values += repeatElement(nil, count: missing)
        }
        series.speeds.append(vehicle.speed)
        series.values.append(value)
        table[watched] = series
    }
}
