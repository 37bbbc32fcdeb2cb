/// How near a vehicle may be put behind another.
enum SafeGap {
    /// Least gap, bumper to bumper, metres, from which a follower can still brake for its leader: 0.3 s of
    /// driving on, then both brake equally hard (6 m/s²).
    ///
    /// It bounds what the learned distributions propose. Recorded drivers keep more nearly always.
    static func between(follower: Float, leader: Float) -> Float {
        let braking = follower > leader ? (follower * follower - leader * leader) / 12 : 0
        return 1.5 + 0.3 * follower + braking
    }
}
