import ReproducibleMath

/// Who endangers a driver most, seen by where the bodies are and not by lanes: lanes hide a standing truck
/// behind a car that only reaches into the lane, or a fast follower behind somebody alongside.
@usableFromInline
enum Threats {
    /// How far ahead in one's own track: so many metres and seconds.
    @_transparent @usableFromInline static var aheadMeters: Float { 30 }
    @_transparent @usableFromInline static var aheadSeconds: Float { 2 }
    /// How far to either side of one's place along the road, centre to centre, metres.
    @_transparent @usableFromInline static var besideMeters: Float { 40 }
    /// Bodies farther apart than this across the road are no threat within a second, metres.
    @_transparent @usableFromInline static var besideClearance: Float { 3 }
    /// Into the future, motion across the road, seconds.
    @_transparent @usableFromInline static var driftSeconds: Float { 0.6 }

    /// Fills in `blocker`, `leftThreat` and `rightThreat` of a row whose other places are filled in.
    ///
    /// - Parameter place: where in `order`, sorted by `s`, the slot stands.
    @inlinable @inline(always)
    static func find(
        _ slot: Int, at place: Int, agents: AgentArrays, order: UnsafePointer<Int32>, count: Int,
        row: UnsafeMutablePointer<Int32>
    ) {
        let s = agents.s[slot], d = agents.d[slot], length = agents.length[slot], v = agents.speed[slot]
        let drift = agents.lateralSpeed[slot], swept = agents.sweptWidth(slot)
        let trackMargin = GuardConstants.trackMargin(speed: v)
        var blocker: Int32 = -1, left: Int32 = -1, right: Int32 = -1
        var leastRoom = Float.infinity, leastLeft = Float.infinity, leastRight = Float.infinity
        func look(_ other: Int, _ along: Float, isAhead: Bool) {
            let across = agents.d[other] - d
            let halfWidths = 0.5 * (swept + agents.sweptWidth(other))
            let clearance = across.magnitude() - halfWidths
            if clearance > besideClearance { return }
            let gap = along - 0.5 * (length + agents.length[other])
            let speed = agents.speed[other]
            if isAhead {
                let later = across + driftSeconds * (agents.lateralSpeed[other] - drift)
                if clearance.lower(later.magnitude() - halfWidths) < trackMargin {
                    let room = gap + speed * speed * (0.5 / GuardConstants.leaderBraking)
                    if room < leastRoom {
                        leastRoom = room
                        blocker = Int32(truncatingIfNeeded: other)
                    }
                }
            }
            if along > besideMeters { return }
            let closing = isAhead ? v - speed : speed - v
            let nearest = gap - GuardConstants.horizon * closing.higher(0)
            if nearest > 2 { return }
            if across > 0 ? nearest >= leastLeft : nearest >= leastRight { return }
            for known in 0..<Neighbour.perceived where Int(row[known]) == other { return }
            if across > 0 {
                leastLeft = nearest
                left = Int32(truncatingIfNeeded: other)
            } else {
                leastRight = nearest
                right = Int32(truncatingIfNeeded: other)
            }
        }
        let farthest = aheadMeters + aheadSeconds * v
        var i = place &+ 1
        while i < count {
            let other = Int(order[i])
            i = i &+ 1
            let along = agents.s[other] - s
            if along > farthest { break }
            if agents.present[other] != 0 { look(other, along, isAhead: true) }
        }
        i = place &- 1
        while i >= 0 {
            let other = Int(order[i])
            i = i &- 1
            let along = s - agents.s[other]
            if along > besideMeters { break }
            if agents.present[other] != 0 { look(other, along, isAhead: false) }
        }
        row[Neighbour.blocker.rawValue] = blocker
        row[Neighbour.leftThreat.rawValue] = left
        row[Neighbour.rightThreat.rawValue] = right
    }
}
