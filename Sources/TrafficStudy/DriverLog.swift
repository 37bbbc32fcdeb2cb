/// Collects what each driver keeps doing, second by second: his headway while he follows, and how much faster
/// he is than those around him.
struct DriverLog {
    private(set) var headways: [Int: DriverPersistence.Series] = [:]
    private(set) var speeds: [Int: DriverPersistence.Series] = [:]
    private var second = 0
    private var firstSeen: [Int: Int] = [:]

    /// Followed is somebody within this many seconds, at more than 3 m/s.
    static let longestHeadway: Float = 5
    /// "Around" is within this many metres along the road, all lanes.
    static let around: Float = 100

    /// Frames come a second apart.
    mutating func add(_ now: TrafficFrame) {
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
        _ table: inout [Int: DriverPersistence.Series], _ vehicle: TrafficFrame.Vehicle, _ value: Float
    ) {
        var series = table[vehicle.id] ?? DriverPersistence.Series(speeds: [], values: [])
        let missing = second - (firstSeen[vehicle.id] ?? second) - series.values.count
        if missing > 0 {
            series.speeds += repeatElement(nil, count: missing)
            series.values += repeatElement(nil, count: missing)
        }
        series.speeds.append(vehicle.speed)
        series.values.append(value)
        table[vehicle.id] = series
    }
}
