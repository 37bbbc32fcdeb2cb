import ReproducibleMath
import RoadNetwork

/// Whom a driver looks at, in this order in every table of neighbours.
public enum Neighbour: Int, CaseIterable, Sendable {
    case leader = 0, secondLeader, follower, leftLeader, leftFollower, rightLeader, rightFollower
    case leftSecondLeader, rightSecondLeader
    /// The guard's concern alone, whatever lane they are in: who leaves the least room ahead in the driver's own
    /// track, and who, of those that are nobody else in the table, comes nearest on either side.
    case blocker, leftThreat, rightThreat
    public static let count = 12
    /// How many the network sees: all but the last three.
    public static let perceived = 9
}

/// Finds every agent's lane and neighbours in one sweep along the road. O(n) plus an insertion sort of
/// positions that were nearly sorted before.
///
/// An agent belongs to the lane whose centre is nearest. An agent whose body reaches more than 0.3 m
/// into the next lane is seen by the drivers of that lane too; one of these who is still alongside is not
/// taken for the leader if there is another one ahead.
public enum Surroundings {
    /// The most lanes a corridor may have.
    public static let maximumLanes = 16

    /// - Parameters:
    ///   - order: `count` slot numbers, kept from call to call; sorted by `s` on return.
    ///   - lanes: receives each slot's lane.
    ///   - neighbours: receives `[slot * Neighbour.count + neighbour]`: a slot, or -1.
    ///   - besides: receives the lane beside its own that a slot's body reaches into, or -1.
    ///   - track: scratch memory for at least `count` agents, with which threats are found sixteen drivers at a
    ///     time; without it one by one, with the same result.
    @inlinable @inline(always)
    public static func find(
        agents: AgentArrays, count: Int, corridor: CorridorView, order: UnsafeMutablePointer<Int32>,
        lanes: UnsafeMutablePointer<Int32>, besides: UnsafeMutablePointer<Int32>,
        neighbours: UnsafeMutablePointer<Int32>, track: TrackColumns? = nil
    ) {
        sort(order, count: count, by: agents.s)
        // A lane more on either side than there are, so that "left of lane 0" needs no special case.
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3 * (maximumLanes + 2)) { memory in
            let lastSeen = memory.baseAddress.unsafelyUnwrapped
            let secondSeen = lastSeen + (maximumLanes &+ 2)
            let thirdSeen = secondSeen + (maximumLanes &+ 2)
            for i in 0..<3 * (maximumLanes + 2) { lastSeen[i] = -1 }
            for i in 0..<count {  // forward: whoever was seen last is behind
                let slot = Int(order[i])
                if agents.present[slot] == 0 { continue }
                let (lane, also) = laneOf(agents.d[slot], agents.sweptWidth(slot), agents.s[slot], corridor)
                lanes[slot] = Int32(truncatingIfNeeded: lane)
                besides[slot] = Int32(truncatingIfNeeded: also)
                let row = neighbours + slot &* Neighbour.count
                row[Neighbour.follower.rawValue] = lastSeen[lane &+ 1]
                row[Neighbour.leftFollower.rawValue] = lastSeen[lane]
                row[Neighbour.rightFollower.rawValue] = lastSeen[lane &+ 2]
                lastSeen[lane &+ 1] = Int32(truncatingIfNeeded: slot)
                if also >= 0 { lastSeen[also &+ 1] = Int32(truncatingIfNeeded: slot) }
            }
            for i in 0..<(maximumLanes + 2) { lastSeen[i] = -1 }
            var i = count &- 1
            while i >= 0 {  // backward: whoever was seen last is ahead
                let slot = Int(order[i])
                i = i &- 1
                if agents.present[slot] == 0 { continue }
                let lane = Int(lanes[slot]), also = Int(besides[slot])
                let row = neighbours + slot &* Neighbour.count
                enterLeaders(
                    lastSeen[lane &+ 1], secondSeen[lane &+ 1], thirdSeen[lane &+ 1], to: row, slot: slot, lane: lane,
                    agents: agents, lanes: lanes)
                row[Neighbour.leftLeader.rawValue] = lastSeen[lane]
                row[Neighbour.leftSecondLeader.rawValue] = secondSeen[lane]
                row[Neighbour.rightLeader.rawValue] = lastSeen[lane &+ 2]
                row[Neighbour.rightSecondLeader.rawValue] = secondSeen[lane &+ 2]
                thirdSeen[lane &+ 1] = secondSeen[lane &+ 1]
                secondSeen[lane &+ 1] = lastSeen[lane &+ 1]
                lastSeen[lane &+ 1] = Int32(truncatingIfNeeded: slot)
                if track == nil {
                    Threats.find(slot, at: i &+ 1, agents: agents, order: order, count: count, row: row)
                }
                if also >= 0 {
                    thirdSeen[also &+ 1] = secondSeen[also &+ 1]
                    secondSeen[also &+ 1] = lastSeen[also &+ 1]
                    lastSeen[also &+ 1] = Int32(truncatingIfNeeded: slot)
                }
            }
        }
        if var track {
            track.fill(agents, order: order, count: count)
            Threats.find(track, neighbours: neighbours)
        }
    }

    /// Finds one agent's lane and neighbours, as `find` would, but for the guard's own, which only decisions need.
    /// `order` is sorted by `s` already.
    @inlinable @inline(always)
    public static func find(
        slot: Int, agents: AgentArrays, count: Int, corridor: CorridorView, order: UnsafePointer<Int32>,
        lanes: UnsafeMutablePointer<Int32>, besides: UnsafeMutablePointer<Int32>,
        neighbours: UnsafeMutablePointer<Int32>
    ) {
        let (lane, also) = laneOf(agents.d[slot], agents.sweptWidth(slot), agents.s[slot], corridor)
        lanes[slot] = Int32(truncatingIfNeeded: lane)
        besides[slot] = Int32(truncatingIfNeeded: also)
        let row = neighbours + slot &* Neighbour.count
        for neighbour in 0..<Neighbour.count { row[neighbour] = -1 }
        var place = 0
        while Int(order[place]) != slot { place = place &+ 1 }
        // Lanes that don't exist hold nobody: they are complete from the start.
        let hasLeft = lane > 0, hasRight = lane &+ 1 < Int(corridor.laneCount)
        var missing = 3 &+ (hasLeft ? 2 : 0) &+ (hasRight ? 2 : 0)
        var third: Int32 = -1
        var i = place &+ 1
        while i < count && missing > 0 {
            let other = order[i]
            i = i &+ 1
            if agents.present[Int(other)] == 0 { continue }
            let seen = laneOf(agents.d[Int(other)], agents.sweptWidth(Int(other)), agents.s[Int(other)], corridor)
            if seen.lane == lane || seen.also == lane {
                // Read later, for its lane.
                lanes[Int(other)] = Int32(truncatingIfNeeded: seen.lane)
                let entered = enter(other, row, Neighbour.leader.rawValue, Neighbour.secondLeader.rawValue)
                if entered == 0 && third < 0 {
                    third = other
                    missing = missing &- 1
                }
                missing = missing &- entered
            }
            if hasLeft && (seen.lane == lane &- 1 || seen.also == lane &- 1) {
                missing = missing
                    &- enter(other, row, Neighbour.leftLeader.rawValue, Neighbour.leftSecondLeader.rawValue)
            }
            if hasRight && (seen.lane == lane &+ 1 || seen.also == lane &+ 1) {
                missing = missing
                    &- enter(other, row, Neighbour.rightLeader.rawValue, Neighbour.rightSecondLeader.rawValue)
            }
        }
        enterLeaders(
            row[Neighbour.leader.rawValue], row[Neighbour.secondLeader.rawValue], third, to: row, slot: slot, lane: lane,
            agents: agents, lanes: lanes)
        missing = 1 &+ (hasLeft ? 1 : 0) &+ (hasRight ? 1 : 0)
        i = place &- 1
        while i >= 0 && missing > 0 {
            let other = order[i]
            i = i &- 1
            if agents.present[Int(other)] == 0 { continue }
            let seen = laneOf(agents.d[Int(other)], agents.sweptWidth(Int(other)), agents.s[Int(other)], corridor)
            if seen.lane == lane || seen.also == lane {
                missing = missing &- enter(other, row, Neighbour.follower.rawValue)
            }
            if hasLeft && (seen.lane == lane &- 1 || seen.also == lane &- 1) {
                missing = missing &- enter(other, row, Neighbour.leftFollower.rawValue)
            }
            if hasRight && (seen.lane == lane &+ 1 || seen.also == lane &+ 1) {
                missing = missing &- enter(other, row, Neighbour.rightFollower.rawValue)
            }
        }
    }

    /// Of the three nearest ahead, fills in leader and second leader: whoever only reaches into the lane and
    /// is alongside comes behind those who are ahead.
    @inlinable @inline(always)
    static func enterLeaders(
        _ first: Int32, _ second: Int32, _ third: Int32, to row: UnsafeMutablePointer<Int32>, slot: Int, lane: Int,
        agents: AgentArrays, lanes: UnsafePointer<Int32>
    ) {
        func isAlongside(_ other: Int32) -> Bool {
            let other = Int(other)
            return Int(lanes[other]) != lane
                && agents.s[other] - agents.s[slot] < 0.5 * (agents.length[other] + agents.length[slot])
        }
        var leader = first, next = second
        if second >= 0 && isAlongside(first) {
            leader = second
            next = first
            if third >= 0 && isAlongside(second) { leader = third }
        }
        row[Neighbour.leader.rawValue] = leader
        row[Neighbour.secondLeader.rawValue] = next
    }

    /// Puts a slot into the first of two places that is free. Returns 1 if there was one.
    @inlinable @inline(always)
    static func enter(_ slot: Int32, _ row: UnsafeMutablePointer<Int32>, _ first: Int, _ second: Int) -> Int {
        if row[first] < 0 {
            row[first] = slot
            return 1
        }
        return enter(slot, row, second)
    }

    @inlinable @inline(always)
    static func enter(_ slot: Int32, _ row: UnsafeMutablePointer<Int32>, _ place: Int) -> Int {
        if row[place] >= 0 { return 0 }
        row[place] = slot
        return 1
    }

    /// Insertion sort by position, ties by slot number: the order never depends on what it was before.
    @inlinable @inline(always)
    public static func sort(_ order: UnsafeMutablePointer<Int32>, count: Int, by s: UnsafeMutablePointer<Float>) {
        var i = 1
        while i < count {
            let slot = order[i]
            let position = s[Int(slot)]
            var j = i &- 1
            while j >= 0 {
                let before = order[j]
                let ahead = s[Int(before)]
                if ahead < position || (ahead == position && before < slot) { break }
                order[j &+ 1] = before
                j = j &- 1
            }
            order[j &+ 1] = slot
            i = i &+ 1
        }
    }

    /// The lane whose centre is nearest, and the lane beside it that the body reaches into, or -1.
    ///
    /// - Parameter width: as the body lies across the road, `AgentArrays.sweptWidth`.
    @inlinable @inline(always)
    public static func laneOf(_ d: Float, _ width: Float, _ s: Float, _ corridor: CorridorView)
        -> (lane: Int, also: Int)
    {
        let sample = corridor.sample(at: s)
        var lane = 0
        var best = Float.infinity
        for candidate in 0..<Int(corridor.laneCount) where corridor.width(lane: candidate, sample: sample) > 0 {
            let distance = (d - corridor.centre(lane: candidate, sample: sample)).magnitude()
            if distance < best {
                best = distance
                lane = candidate
            }
        }
        let offset = d - corridor.centre(lane: lane, sample: sample)
        let reach = offset.magnitude() + 0.5 * width - 0.5 * corridor.width(lane: lane, sample: sample)
        if reach <= 0.3 { return (lane, -1) }
        let beside = offset > 0 ? lane &- 1 : lane &+ 1
        if beside < 0 || beside >= Int(corridor.laneCount) || corridor.width(lane: beside, sample: sample) <= 0 {
            return (lane, -1)
        }
        return (lane, beside)
    }
}
