/// How one driver answers when the one ahead brakes: follows a pair step by step.
///
/// Accelerations are speed differences over half a second. The leader begins to brake when his falls below
/// −1.5 m/s² after a second of no less than −0.7; the follower answers when his falls below −0.7. Counted are
/// followers within 2.5 s and 50 m who were not braking yet.
public struct BrakeResponse: Sendable, Equatable, Codable {
    /// From the leader's onset to the follower's, seconds; nil: no answer within `longest`.
    public var reaction: Float?
    /// The hardest braking of the leader and of the follower from the onset on, m/s², positive.
    public var leaderBraking: Float
    public var followerBraking: Float
    /// Gap over speed at the onset, and the smallest gap that was left, metres.
    public var timeGap: Float
    public var smallestGap: Float

    /// Seconds after the onset in which an answer counts.
    static let longest: Float = 4

    /// What is seen of a pair at one step of 0.1 s.
    struct Sight {
        /// Who leads.
        var leader: Int
        var gap: Float
        var speed: Float
        /// How much faster than the leader, m/s.
        var closing: Float
        var acceleration: Float
        var leaderAcceleration: Float
    }

    /// Watches one follower.
    struct Watch {
        private var leader = -1
        /// Steps that leader and follower have been calm.
        private var calm = 0
        private var running: (response: BrakeResponse, steps: Int)?

        /// - Parameter sight: nil where nobody is followed.
        /// - Returns: a response that is complete.
        mutating func see(_ sight: Sight?) -> BrakeResponse? {
            guard let sight, sight.leader == leader || running == nil else {
                // Another leader: what was begun tells nothing.
                self = Watch()
                leader = sight?.leader ?? -1
                return nil
            }
            if sight.leader != leader { self = Watch() }
            leader = sight.leader
            if var (response, steps) = running {
                steps += 1
                response.leaderBraking = max(response.leaderBraking, -sight.leaderAcceleration)
                response.followerBraking = max(response.followerBraking, -sight.acceleration)
                response.smallestGap = min(response.smallestGap, sight.gap)
                if response.reaction == nil && sight.acceleration < -0.7 { response.reaction = 0.1 * Float(steps) }
                running = (response, steps)
                if Float(steps) * 0.1 < BrakeResponse.longest { return nil }
                running = nil
                calm = 0
                return response
            }
            if sight.leaderAcceleration < -1.5 && calm >= 10 && sight.speed > 3 && sight.gap > 0
                && sight.gap < min(50, 2.5 * sight.speed)
            {
                running = (
                    BrakeResponse(
                        reaction: nil, leaderBraking: -sight.leaderAcceleration,
                        followerBraking: max(0, -sight.acceleration), timeGap: sight.gap / sight.speed,
                        smallestGap: sight.gap), 0
                )
            }
            // Between calm and braking the count stays: an onset takes some steps.
            if sight.leaderAcceleration > -0.7 && sight.acceleration > -0.5 { calm += 1 }
            if sight.acceleration <= -0.7 { calm = 0 }
            return nil
        }
    }
}
