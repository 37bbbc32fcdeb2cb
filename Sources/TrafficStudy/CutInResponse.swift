/// How one driver answers when somebody moves in before him with little room.
public struct CutInResponse: Sendable, Equatable, Codable {
    /// Gap over speed when the other came in, and how fast he was closing in on him, m/s.
    public var timeGap: Float
    public var closing: Float
    /// The hardest braking in the four seconds after, m/s², positive.
    public var braking: Float
    /// Smallest gap in that time, metres, and gap over speed at its end.
    public var smallestGap: Float
    public var timeGapAfter: Float

    /// Seconds that are watched.
    static let watched: Float = 4
    /// Counted are cut-ins with less than this left, seconds of driving.
    static let nearest: Float = 1.5

    /// Watches one follower.
    struct Watch {
        private var running: (response: CutInResponse, leader: Int, steps: Int)?

        /// - Parameter cutsIn: whether the leader came in from beside at this step.
        mutating func see(_ sight: BrakeResponse.Sight?, cutsIn: Bool) -> CutInResponse? {
            guard let sight else {
                running = nil
                return nil
            }
            if cutsIn && sight.speed > 3 && sight.gap > -1 && sight.gap < Self.nearest(sight.speed) {
                running = (
                    CutInResponse(
                        timeGap: sight.gap / sight.speed, closing: sight.closing, braking: 0,
                        smallestGap: sight.gap, timeGapAfter: 0), sight.leader, 0
                )
                return nil
            }
            guard let (begun, leader, before) = running else { return nil }
            guard leader == sight.leader else {
                running = nil
                return nil
            }
            var response = begun
            let steps = before + 1
            response.braking = max(response.braking, -sight.acceleration)
            response.smallestGap = min(response.smallestGap, sight.gap)
            running = (response, leader, steps)
            if Float(steps) * 0.1 < CutInResponse.watched { return nil }
            running = nil
            response.timeGapAfter = sight.gap / max(sight.speed, 1)
            return response
        }

        private static func nearest(_ speed: Float) -> Float { CutInResponse.nearest * speed }
    }
}
