/// How drivers on streets differ from their lane's centre line. Set by hand while looking at the training scenes
/// alone (`DataSplit`); no search was made for the best values.
enum StreetLateral {
    /// How far a driver wanders, metres per square root of metres driven.
    static let wandering = 0.08
    /// The same in bends and turns: recorded turns lie up to 3 m beside their lanelet's centre.
    static let turning = 0.3
    /// How much drivers differ in wandering: standard deviation of its logarithm.
    static let spread: Float = 0.5
    /// How much of a driver's own bend at the start is believed.
    static let bend = 0.5
    /// A driver comes back to the middle of its lane over this way, metres.
    static let memory = 80.0
    /// Lane changes begun per metre, where a lane is free.
    static let changesPerMetre = 0.0015
    /// Sideways speed of a lane change, m/s.
    static let changeSpeed = 1.1
    /// Bodies reach over the edge of the road by up to this, metres.
    static let edgeSlack = 0.2
}
