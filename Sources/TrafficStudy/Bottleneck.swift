/// Traffic around a vehicle that stands in its lane: who comes up behind it, who of these gets past, and whether those
/// in the other lanes drive on.
package struct Bottleneck {
    /// So far behind the obstacle traffic is watched, metres.
    static let reach: Float = 100
    /// Who is so far beyond the obstacle is past it, metres between the middles.
    static let beyond: Float = 5
    /// Slower than this stands, m/s.
    static let standing: Float = 1

    private var behind: Set<UInt32> = []
    private var past: Set<UInt32> = []
    private var passersSteps = 0
    private var standingSteps = 0

    package init() {}

    /// One vehicle at one step.
    ///
    /// - Parameters:
    ///   - vehicle: its number, the same from step to step.
    ///   - ahead: metres from the obstacle's middle to its own along the road.
    ///   - isInLane: whether it is in the obstacle's lane.
    ///   - speed: m/s.
    package mutating func add(vehicle: UInt32, ahead: Float, isInLane: Bool, speed: Float) {
        if ahead > Self.beyond, behind.contains(vehicle) { past.insert(vehicle) }
        guard ahead <= 0, ahead > -Self.reach else { return }
        if isInLane {
            behind.insert(vehicle)
        } else {
            passersSteps += 1
            if speed < Self.standing { standingSteps += 1 }
        }
    }

    /// Vehicles that have been behind the obstacle in its lane, and those of them that have got past.
    package var cameUp: Int { behind.count }
    package var gotPast: Int { past.count }
    /// Steps of vehicles behind the obstacle in other lanes, and those of them in which they stood.
    package var steps: (all: Int, standing: Int) { (passersSteps, standingSteps) }
}
