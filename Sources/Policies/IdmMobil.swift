import ReproducibleMath
import RoadNetwork
import WorldModel

/// A careful rule-based driver: the Intelligent Driver Model along the road, MOBIL for lane changes, and
/// a smooth steering law. Serves as a policy under test and as a baseline for learned traffic.
///
/// Hot code: no allocation, no class, no libm; called once per driven agent and step of 0.1 s.
public enum IdmMobil {
    /// Duration of a step, seconds.
    @inlinable @inline(always)
    public static var stepSeconds: Float { MotionVocabulary.stepSeconds }

    /// - Parameters:
    ///   - slot: the driven agent.
    ///   - lanes, neighbours: as `Surroundings.find` wrote them for the present state.
    ///   - memory: the driver's own; updated.
    @inlinable @inline(always)
    public static func act(
        slot: Int, agents: AgentArrays, corridor: CorridorView, lanes: UnsafePointer<Int32>,
        neighbours: UnsafePointer<Int32>, memory: inout PolicyMemory, parameters: PolicyParameters
    ) -> PolicyAction {
        let driver = DriverView(
            slot: slot, agents: agents, corridor: corridor, lanes: lanes, parameters: parameters)
        let row = neighbours + slot &* Neighbour.count
        chooseLane(
            driver: driver, agents: agents, corridor: corridor, row: row, memory: &memory,
            parameters: parameters)
        let acceleration = follow(
            driver: driver, agents: agents, corridor: corridor, row: row,
            targetLane: Int(memory.targetLane), parameters: parameters)
        let curvature = steer(
            driver: driver, heading: agents.heading[slot], corridor: corridor, memory: &memory,
            parameters: parameters)
        return PolicyAction(acceleration: acceleration, curvature: curvature)
    }

    /// Acceleration that respects everybody ahead in the lane, in the lane changed to, and whoever comes
    /// or reaches into the way from beside, m/s².
    @inlinable @inline(always)
    static func follow(
        driver: DriverView, agents: AgentArrays, corridor: CorridorView, row: UnsafePointer<Int32>,
        targetLane: Int, parameters: PolicyParameters
    ) -> Float {
        var lowest = IntelligentDriver.free(
            speed: driver.speed, desiredSpeed: driver.desiredSpeed, parameters: parameters)
        let end = driver.distanceToEnd(ofLane: targetLane, corridor: corridor)
        if end < IntelligentDriver.freeGap {
            let toEnd = IntelligentDriver.acceleration(
                speed: driver.speed, desiredSpeed: driver.desiredSpeed,
                gap: end - 0.5 * agents.length[driver.slot], leaderSpeed: 0,
                timeHeadway: driver.timeHeadway, parameters: parameters)
            lowest = toEnd < lowest ? toEnd : lowest
        }
        // The second leader counts by himself where the first is only a guest from the next lane. Left and
        // right count where the driver changes to their lane; otherwise only if they come into his way.
        for place in 0..<4 {
            let neighbour = place == 0 ? Neighbour.leader.rawValue
                : place == 1 ? Neighbour.secondLeader.rawValue
                : place == 2 ? Neighbour.leftLeader.rawValue : Neighbour.rightLeader.rawValue
            let other = Int(row[neighbour])
            if other < 0 { continue }
            let inLane = place < 2 || (place == 2 ? targetLane < driver.lane : targetLane > driver.lane)
            let wanted = behind(
                other, inLane: inLane, driver: driver, agents: agents, parameters: parameters)
            lowest = wanted < lowest ? wanted : lowest
        }
        return lowest
    }

    /// Acceleration behind one vehicle ahead, m/s².
    @inlinable @inline(always)
    static func behind(
        _ other: Int, inLane: Bool, driver: DriverView, agents: AgentArrays, parameters: PolicyParameters
    ) -> Float {
        let clearance = driver.clearance(to: other, agents: agents)
        if !inLane && clearance > 0.2 { return parameters.maximumAcceleration }
        let wanted = IntelligentDriver.enhanced(
            speed: driver.speed, desiredSpeed: driver.desiredSpeed,
            gap: DriverView.gap(driver.slot, other, agents: agents), leaderSpeed: agents.speed[other],
            leaderAcceleration: agents.recentAcceleration[other], timeHeadway: driver.timeHeadway,
            parameters: parameters)
        // Bodies that pass each other need no emergency: drop back gently.
        if clearance > 0 { return wanted.limited(-parameters.comfortableBraking, 100) }
        return wanted
    }

    /// Curvature along the lane or along the smooth path of a lane change, 1/m.
    ///
    /// The path is the fifth-degree polynomial of least jerk (Takahashi et al. 1989), paced by time, or
    /// by distance when slow.
    @inlinable @inline(always)
    static func steer(
        driver: DriverView, heading: Float, corridor: CorridorView, memory: inout PolicyMemory,
        parameters: PolicyParameters
    ) -> Float {
        let sample = corridor.sample(at: driver.s)
        let centre = corridor.centre(lane: Int(memory.targetLane), sample: sample)
        let pace = driver.speed > Steering.slowSpeed ? driver.speed : Steering.slowSpeed
        let length = pace * parameters.changeSeconds
        let x = memory.changeProgress, rest = 1 - memory.changeProgress
        let from = memory.changeOffset
        let done = x * x * x * (10 + x * (6 * x - 15))
        let slope = -30 * from * x * x * rest * rest / length
        let bend = -60 * from * x * rest * (rest - x) / (length * length)
        let curvature = Steering.curvature(
            error: centre + from * (1 - done) - driver.d, slope: slope, bend: bend, heading: heading,
            road: Steering.roadCurvature(corridor, s: driver.s, d: driver.d), speed: driver.speed)
        memory.changeProgress = (x + stepSeconds * driver.speed / length).limited(0, 1)
        return curvature
    }
}
