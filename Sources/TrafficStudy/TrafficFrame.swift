/// Everybody on a stretch of road at one moment: what traffic is measured from, recorded or simulated.
public struct TrafficFrame: Sendable {
    public struct Vehicle: Sendable {
        /// The same number at another moment means the same vehicle.
        public var id: Int
        /// 0 is the leftmost.
        public var lane: Int
        /// Middle of the body, metres along the road.
        public var s: Float
        /// From the middle of his lane to the left, as a share of the lane's width.
        public var offset: Float
        public var speed: Float
        public var length: Float

        public init(id: Int, lane: Int, s: Float, offset: Float = 0, speed: Float, length: Float) {
            self.id = id
            self.lane = lane
            self.s = s
            self.offset = offset
            self.speed = speed
            self.length = length
        }
    }

    public var laneCount: Int
    /// Within these positions everybody is seen.
    public var seen: ClosedRange<Float>
    public var vehicles: [Vehicle]

    /// Seconds from frame to frame.
    public static let interval = 0.5

    public init(laneCount: Int, seen: ClosedRange<Float>, vehicles: [Vehicle]) {
        self.laneCount = laneCount
        self.seen = seen
        self.vehicles = vehicles
    }
}
