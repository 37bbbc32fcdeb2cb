/// Finds moments in which drivers react to others, in frames 0.1 s apart, recorded or simulated.
package struct ReactionLog {
    /// A response and whose it was.
    package struct Event<Response> {
        package var follower: Int
        package var leader: Int
        package var response: Response
    }

    private struct Driver {
        var speeds: [Float] = []
        var lane: Int
        var seen: Int
        var leader = -1
        var brake = BrakeResponse.Watch()
        var cutIn = CutInResponse.Watch()

        /// Over the last half second; nil until that is known.
        var acceleration: Float? {
            speeds.count < 6 ? nil : (speeds[speeds.count - 1] - speeds[speeds.count - 6]) * 2
        }
    }

    package private(set) var brakes: [Event<BrakeResponse>] = []
    package private(set) var cutIns: [Event<CutInResponse>] = []
    private var drivers: [Int: Driver] = [:]
    private var frame = 0

    package init() {}

    package mutating func add(_ now: TrafficFrame) {
        frame += 1
        var lanesBefore: [Int: Int] = [:]
        for vehicle in now.vehicles {
            var driver = drivers[vehicle.id] ?? Driver(lane: vehicle.lane, seen: frame - 1)
            if driver.seen != frame - 1 { driver = Driver(lane: vehicle.lane, seen: frame - 1) }
            lanesBefore[vehicle.id] = driver.lane
            driver.lane = vehicle.lane
            driver.seen = frame
            driver.speeds.append(vehicle.speed)
            if driver.speeds.count > 6 { driver.speeds.removeFirst() }
            drivers[vehicle.id] = driver
        }
        var ahead = [TrafficFrame.Vehicle?](repeating: nil, count: now.laneCount)
        for vehicle in now.vehicles.sorted(by: { ($0.s, $0.id) > ($1.s, $1.id) })
        where ahead.indices.contains(vehicle.lane) {
            let leader = ahead[vehicle.lane]
            ahead[vehicle.lane] = vehicle
            look(vehicle, leader, lanesBefore)
        }
        if frame % 50 == 0 { drivers = drivers.filter { $0.value.seen == frame } }
    }

    private mutating func look(
        _ vehicle: TrafficFrame.Vehicle, _ leader: TrafficFrame.Vehicle?, _ lanesBefore: [Int: Int]
    ) {
        guard var driver = drivers[vehicle.id] else { return }
        defer { drivers[vehicle.id] = driver }
        var sight: BrakeResponse.Sight?
        var cutsIn = false
        if let leader, leader.s - vehicle.s < TrafficMeter.farthestLeader, let own = driver.acceleration,
            let others = drivers[leader.id]?.acceleration
        {
            sight = BrakeResponse.Sight(
                leader: leader.id, gap: leader.s - vehicle.s - 0.5 * (leader.length + vehicle.length),
                speed: vehicle.speed, closing: vehicle.speed - leader.speed, acceleration: own,
                leaderAcceleration: others)
            cutsIn = driver.leader != leader.id && lanesBefore[vehicle.id] == vehicle.lane
                && lanesBefore[leader.id] != leader.lane
        }
        driver.leader = leader?.id ?? -1
        if let response = driver.brake.see(sight) {
            brakes.append(Event(follower: vehicle.id, leader: driver.leader, response: response))
        }
        if let response = driver.cutIn.see(sight, cutsIn: cutsIn) {
            cutIns.append(Event(follower: vehicle.id, leader: driver.leader, response: response))
        }
    }
}
