/// A road network: lanes with geometry, their neighbours to either side and their successors.
///
/// Lengths in metres, angles in radians, in one right-handed plane frame. A freeway is the simple case,
/// in which every lane has neighbours and one successor; intersections use the same type.
public struct LaneGraph: Sendable, Equatable {
    /// Index into `lanes`.
    public typealias LaneID = Int

    public struct Lane: Sendable, Equatable {
        /// The lane's name in its source (lanelet id), or its number.
        public var sourceID: Int
        /// Left and right bound in driving direction, metres.
        public var leftBound: [Point]
        public var rightBound: [Point]
        public var successors: [LaneID]
        public var predecessors: [LaneID]
        /// Neighbours with the same driving direction.
        public var leftNeighbour: LaneID?
        public var rightNeighbour: LaneID?
        /// Speed limit in m/s where the source has one.
        public var speedLimit: Double?

        public init(
            sourceID: Int, leftBound: [Point], rightBound: [Point], successors: [LaneID] = [],
            predecessors: [LaneID] = [], leftNeighbour: LaneID? = nil, rightNeighbour: LaneID? = nil,
            speedLimit: Double? = nil
        ) {
            self.sourceID = sourceID
            self.leftBound = leftBound
            self.rightBound = rightBound
            self.successors = successors
            self.predecessors = predecessors
            self.leftNeighbour = leftNeighbour
            self.rightNeighbour = rightNeighbour
            self.speedLimit = speedLimit
        }
    }

    public var lanes: [Lane]

    public init(lanes: [Lane]) { self.lanes = lanes }
}

/// A point or vector in the plane, metres.
public struct Point: Sendable, Equatable, Hashable {
    public var x: Double
    public var y: Double
    @inlinable public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}
