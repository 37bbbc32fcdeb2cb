import ReproducibleMath
import RoadNetwork
import WorldModel

/// MOBIL: Kesting, Treiber & Helbing, "General lane-changing model MOBIL for car-following models",
/// Transportation Research Record 1999 (2007). Hot code: no allocation, no class, no libm.
extension IdmMobil {
    /// Below this speed nobody changes lanes, m/s.
    @inlinable @inline(always)
    public static var slowestChange: Float { 2 }
    /// What an unsafe or impossible change is worth.
    @inlinable @inline(always)
    static var never: Float { -1000 }

    /// Keeps the target lane, begins a lane change, or gives one up.
    @inlinable @inline(always)
    static func chooseLane(
        driver: DriverView, agents: AgentArrays, corridor: CorridorView, row: UnsafePointer<Int32>,
        memory: inout PolicyMemory, parameters: PolicyParameters
    ) {
        memory.secondsSinceChange = (memory.secondsSinceChange + stepSeconds).limited(0, 1000)
        let sample = corridor.sample(at: driver.s)
        if memory.targetLane < 0 { memory.targetLane = Int32(driver.lane) }
        let aside = Int(memory.targetLane) &- driver.lane
        if aside != 0 {
            // Under way to the next lane; anywhere else only if something pushed the vehicle there.
            let goesOn = (aside == 1 || aside == -1) && memory.changeProgress < 1
                && memory.targetLane < corridor.laneCount
                && corridor.width(lane: Int(memory.targetLane), sample: sample) > 0
                && !isBlocked(left: aside < 0, driver: driver, agents: agents, row: row)
            if !goesOn { begin(lane: driver.lane, driver: driver, corridor: corridor, memory: &memory) }
            return
        }
        if !parameters.changesLanes || memory.changeProgress < 1 || driver.speed < slowestChange { return }
        let mustLeave = driver.distanceToEnd(ofLane: driver.lane, corridor: corridor)
            < IntelligentDriver.freeGap
        if memory.secondsSinceChange < parameters.changeInterval && !mustLeave { return }

        let left = worth(
            left: true, driver: driver, agents: agents, corridor: corridor, row: row, parameters: parameters)
        let right = worth(
            left: false, driver: driver, agents: agents, corridor: corridor, row: row, parameters: parameters)
        let better = left >= right ? left : right
        if better <= parameters.changeThreshold { return }
        let lane = driver.lane &+ (left >= right ? -1 : 1)
        begin(lane: lane, driver: driver, corridor: corridor, memory: &memory)
    }

    @inlinable @inline(always)
    static func begin(lane: Int, driver: DriverView, corridor: CorridorView, memory: inout PolicyMemory) {
        memory.targetLane = Int32(lane)
        memory.secondsSinceChange = 0
        memory.changeProgress = 0
        memory.changeOffset = driver.d - corridor.centre(lane: lane, sample: corridor.sample(at: driver.s))
    }

    /// Whether a lane change under way must be given up: somebody is, or will soon be, alongside.
    @inlinable @inline(always)
    static func isBlocked(
        left: Bool, driver: DriverView, agents: AgentArrays, row: UnsafePointer<Int32>
    ) -> Bool {
        let ahead = Int(row[left ? Neighbour.leftLeader.rawValue : Neighbour.rightLeader.rawValue])
        let rear = Int(row[left ? Neighbour.leftFollower.rawValue : Neighbour.rightFollower.rawValue])
        if ahead >= 0 {
            let closing = driver.speed - agents.speed[ahead]
            let gap = DriverView.gap(driver.slot, ahead, agents: agents)
            if gap < 1 + (closing > 0 ? 0.5 * closing : 0) { return true }
        }
        if rear >= 0 {
            let closing = agents.speed[rear] - driver.speed
            let gap = DriverView.gap(driver.slot, rear, agents: agents)
            if gap < 1 + (closing > 0 ? closing : 0) { return true }
        }
        return false
    }

    /// MOBIL's gain from changing to the next lane, m/s²; `never` where that is impossible or unsafe.
    @inlinable @inline(always)
    static func worth(
        left: Bool, driver: DriverView, agents: AgentArrays, corridor: CorridorView,
        row: UnsafePointer<Int32>, parameters: PolicyParameters
    ) -> Float {
        let lane = left ? driver.lane &- 1 : driver.lane &+ 1
        if lane < 0 || lane >= Int(corridor.laneCount) { return never }
        if corridor.width(lane: lane, sample: corridor.sample(at: driver.s)) <= 0 { return never }
        if driver.distanceToEnd(ofLane: lane, corridor: corridor) < IntelligentDriver.freeGap { return never }
        let me = driver.slot
        let leader = Int(row[Neighbour.leader.rawValue])
        let follower = Int(row[Neighbour.follower.rawValue])
        let newLeader = Int(row[left ? Neighbour.leftLeader.rawValue : Neighbour.rightLeader.rawValue])
        let newFollower = Int(row[left ? Neighbour.leftFollower.rawValue : Neighbour.rightFollower.rawValue])

        let mineThen = plain(me, behind: newLeader, driver: driver, agents: agents, parameters: parameters)
        if newLeader >= 0 {
            let gap = DriverView.gap(me, newLeader, agents: agents)
            if gap < parameters.minimumGap + 0.3 * driver.speed { return never }
            if mineThen < -parameters.comfortableBraking { return never }
        }
        var othersGain: Float = 0
        if newFollower >= 0 {
            let gap = DriverView.gap(me, newFollower, agents: agents)
            if gap < parameters.minimumGap + 0.5 * agents.speed[newFollower] { return never }
            let theirs = plain(
                newFollower, behind: me, driver: driver, agents: agents, parameters: parameters)
            if theirs < -parameters.safeBraking { return never }
            othersGain = theirs
            othersGain -= plain(
                newFollower, behind: newLeader, driver: driver, agents: agents, parameters: parameters)
        }
        if follower >= 0 {
            othersGain += plain(
                follower, behind: leader, driver: driver, agents: agents, parameters: parameters)
            othersGain -= plain(
                follower, behind: me, driver: driver, agents: agents, parameters: parameters)
        }
        let end = driver.distanceToEnd(ofLane: driver.lane, corridor: corridor)
        var mineNow = plain(me, behind: leader, driver: driver, agents: agents, parameters: parameters)
        if end < IntelligentDriver.freeGap {
            let toEnd = IntelligentDriver.acceleration(
                speed: driver.speed, desiredSpeed: driver.desiredSpeed, gap: end, leaderSpeed: 0,
                timeHeadway: driver.timeHeadway, parameters: parameters)
            // Leaving a lane that ends is worth it even before the end makes itself felt.
            mineNow = (toEnd < mineNow ? toEnd : mineNow) - 1
        }
        return mineThen - mineNow + parameters.politeness * othersGain
    }

    /// A vehicle's acceleration behind another, m/s²; behind -1: on an empty road. Others are taken to
    /// wish for the same speed as the driver who judges them.
    @inlinable @inline(always)
    static func plain(
        _ rear: Int, behind front: Int, driver: DriverView, agents: AgentArrays, parameters: PolicyParameters
    ) -> Float {
        if front < 0 {
            return IntelligentDriver.free(
                speed: agents.speed[rear], desiredSpeed: driver.desiredSpeed, parameters: parameters)
        }
        return IntelligentDriver.acceleration(
            speed: agents.speed[rear], desiredSpeed: driver.desiredSpeed,
            gap: DriverView.gap(rear, front, agents: agents), leaderSpeed: agents.speed[front],
            timeHeadway: driver.timeHeadway, parameters: parameters)
    }
}
