import ReproducibleMath

/// `Threats.find` for a whole scene, sixteen drivers side by side: each is compared with whoever is one place ahead
/// of him, then two, and so on. The same arithmetic in the same order, so the same bits.
///
/// Vectors are compared with vectors whose type is spelled out: what the compiler makes of a comparison with a lone
/// number goes lane by lane.
extension Threats {
    /// - Parameter neighbours: rows as `Surroundings.find` fills them, complete but for the three threats.
    @inlinable @inline(always)
    static func find(_ track: TrackColumns, neighbours: UnsafeMutablePointer<Int32>) {
        var start = 0
        while start < track.count {
            let last = track.count < start &+ 16 ? track.count : start &+ 16
            for place in start..<last {
                let row = neighbours + Int(track.slot[place]) &* Neighbour.count
                row[Neighbour.blocker.rawValue] = -1
                row[Neighbour.leftThreat.rawValue] = -1
                row[Neighbour.rightThreat.rawValue] = -1
            }
            for lane in 0..<16 {
                (track.tile + 16)[lane] = .infinity
                (track.tile + 32)[lane] = .infinity
            }
            lookAhead(track, start, last, neighbours)
            lookBehind(track, start, last, neighbours)
            start = start &+ 16
        }
    }

    @inlinable @inline(always)
    static func lookAhead(
        _ track: TrackColumns, _ start: Int, _ last: Int, _ neighbours: UnsafeMutablePointer<Int32>
    ) {
        // How many places ahead anybody here looks.
        var reach = 0, reachBeside = 0
        for place in start..<last {
            let s = track.s[place], farthest = aheadMeters + aheadSeconds * track.speed[place]
            while track.s[place &+ reach &+ 1] - s <= farthest { reach = reach &+ 1 }
            while track.s[place &+ reachBeside &+ 1] - s <= besideMeters { reachBeside = reachBeside &+ 1 }
        }
        if reach == 0 { return }
        let own = Sixteen(track, start)
        let farthest = own.speed.times(aheadSeconds).plus(aheadMeters)
        let trackMargin = GuardConstants.trackMargin(speed: own.speed)
        let none = SIMD16<Float>(repeating: .infinity)
        var leastRoom = none, blocker = SIMD16<Float>(repeating: -1)
        for ahead in 1...reach {
            let other = Sixteen(track, start &+ ahead)
            let along = other.s - own.s
            let (across, halfWidths, clearance, gap) = own.apart(other, along)
            let later = across + (other.lateralSpeed - own.lateralSpeed).times(driftSeconds)
            let nearestAcross = clearance.lower(later.magnitude() - halfWidths)
            var room = gap + (other.speed * other.speed).times(0.5 / GuardConstants.leaderBraking)
            room.replace(with: none, where: along .> farthest)
            room.replace(with: none, where: clearance .> SIMD16<Float>(repeating: besideClearance))
            room.replace(with: none, where: nearestAcross .>= trackMargin)
            let isLess = room .< leastRoom
            leastRoom.replace(with: room, where: isLess)
            blocker.replace(with: SIMD16<Float>(repeating: Float(ahead)), where: isLess)
            if ahead > reachBeside { continue }
            let closing = own.speed - other.speed
            var nearest = gap - closing.higher(.constant(0)).times(GuardConstants.horizon)
            nearest.replace(with: none, where: along .> farthest)
            noteBeside(track, nearest, along, clearance, start, last, ahead, neighbours)
        }
        for place in start..<last {
            let ahead = Int(blocker[place &- start])
            if ahead < 0 { continue }
            let row = neighbours + Int(track.slot[place]) &* Neighbour.count
            row[Neighbour.blocker.rawValue] = track.slot[place &+ ahead]
        }
    }

    @inlinable @inline(always)
    static func lookBehind(
        _ track: TrackColumns, _ start: Int, _ last: Int, _ neighbours: UnsafeMutablePointer<Int32>
    ) {
        var reach = 0
        for place in start..<last {
            let s = track.s[place]
            while s - track.s[place &- reach &- 1] <= besideMeters { reach = reach &+ 1 }
        }
        if reach == 0 { return }
        let own = Sixteen(track, start)
        for behind in 1...reach {
            let other = Sixteen(track, start &- behind)
            let along = own.s - other.s
            let (_, _, clearance, gap) = own.apart(other, along)
            let closing = other.speed - own.speed
            let nearest = gap - closing.higher(.constant(0)).times(GuardConstants.horizon)
            noteBeside(track, nearest, along, clearance, start, last, 0 &- behind, neighbours)
        }
    }

    /// Enters those who come near and are in nobody's table yet: few, so one by one.
    @inlinable @inline(always)
    static func noteBeside(
        _ track: TrackColumns, _ nearest: SIMD16<Float>, _ along: SIMD16<Float>, _ clearance: SIMD16<Float>,
        _ start: Int, _ last: Int, _ distance: Int, _ neighbours: UnsafeMutablePointer<Int32>
    ) {
        let none = SIMD16<Float>(repeating: .infinity)
        var candidates = nearest
        candidates.replace(with: none, where: along .> SIMD16<Float>(repeating: besideMeters))
        candidates.replace(with: none, where: clearance .> SIMD16<Float>(repeating: besideClearance))
        candidates.store(track.tile)
        for place in start..<last {
            let lane = place &- start
            let nearest = track.tile[lane]
            if !(nearest <= 2) { continue }
            let other = place &+ distance
            let isLeft = track.d[other] - track.d[place] > 0
            let least = track.tile + (isLeft ? 16 : 32) + lane
            if nearest >= least.pointee { continue }
            let row = neighbours + Int(track.slot[place]) &* Neighbour.count
            var isKnown = false
            for known in 0..<Neighbour.perceived where row[known] == track.slot[other] { isKnown = true }
            if isKnown { continue }
            least.pointee = nearest
            row[(isLeft ? Neighbour.leftThreat : Neighbour.rightThreat).rawValue] = track.slot[other]
        }
    }

    /// Sixteen agents in places that follow each other.
    @usableFromInline
    struct Sixteen {
        @usableFromInline let s: SIMD16<Float>
        @usableFromInline let d: SIMD16<Float>
        @usableFromInline let length: SIMD16<Float>
        @usableFromInline let width: SIMD16<Float>
        @usableFromInline let speed: SIMD16<Float>
        @usableFromInline let lateralSpeed: SIMD16<Float>

        @inlinable @inline(always)
        init(_ track: TrackColumns, _ place: Int) {
            s = track.sixteen(track.s, from: place)
            d = track.sixteen(track.d, from: place)
            length = track.sixteen(track.length, from: place)
            width = track.sixteen(track.width, from: place)
            speed = track.sixteen(track.speed, from: place)
            lateralSpeed = track.sixteen(track.lateralSpeed, from: place)
        }

        @inlinable @inline(always)
        func apart(_ other: Self, _ along: SIMD16<Float>)
            -> (across: SIMD16<Float>, halfWidths: SIMD16<Float>, clearance: SIMD16<Float>, gap: SIMD16<Float>)
        {
            let across = other.d - d
            let halfWidths = (width + other.width).times(0.5)
            return (
                across, halfWidths, across.magnitude() - halfWidths,
                along - (length + other.length).times(0.5)
            )
        }
    }
}
