import ReproducibleMath

/// Stands for the traffic beyond the simulated window, for those who have nobody before them in it.
/// Hot code: no allocation, no class, no libm.
///
/// A simulated jam ends at the window's edge. Its first drivers would see an empty road, speed up, and the
/// jam would dissolve from its head within a minute. Real jams go on, so the first driver of a lane gets
/// along no faster than the lane's traffic does.
public enum TrafficAhead {
    /// How quickly a driver gives in to the traffic ahead, 1/s.
    @inlinable @inline(always)
    public static var urgency: Float { 0.5 }

    /// The acceleration left to a driver with nobody ahead of him in the window, m/s².
    ///
    /// - Parameters:
    ///   - acceleration: what he wants.
    ///   - laneSpeed: mean speed of his lane's traffic, m/s.
    @inlinable @inline(always)
    public static func limited(acceleration: Float, speed: Float, laneSpeed: Float) -> Float {
        let highest = (urgency * (laneSpeed - speed)).limited(-2, 2)
        return acceleration < highest ? acceleration : highest
    }
}
