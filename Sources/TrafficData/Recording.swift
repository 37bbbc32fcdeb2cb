import Metrics
import RoadNetwork

/// Recorded driving as a file holds it, in metres and seconds: lanes and trajectories in the file's own
/// plane frame.
public struct Recording: Sendable, Equatable {
    public var name: String
    public var source: RecordingSource
    public var lanes: LaneGraph
    public var tracks: [RecordedTrack]

    public init(name: String, source: RecordingSource, lanes: LaneGraph, tracks: [RecordedTrack]) {
        self.name = name
        self.source = source
        self.lanes = lanes
        self.tracks = tracks
    }
}

/// One recorded vehicle: a box and where it was.
public struct RecordedTrack: Sendable, Equatable {
    /// The vehicle's number in its file.
    public var id: Int
    public var kind: AgentKind
    /// Metres.
    public var length: Double
    public var width: Double
    /// In order of time, at least one.
    public var states: [RecordedState]

    public init(id: Int, kind: AgentKind, length: Double, width: Double, states: [RecordedState]) {
        self.id = id
        self.kind = kind
        self.length = length
        self.width = width
        self.states = states
    }
}

/// A recorded vehicle at one moment.
public struct RecordedState: Sendable, Equatable {
    /// Seconds of scene time.
    public var time: Double
    /// Centre of the box, metres.
    public var position: Point
    /// Direction of travel in the file's frame, radians, where the file has one.
    public var heading: Double?
    /// m/s, where the file has it.
    public var speed: Double?

    public init(time: Double, position: Point, heading: Double? = nil, speed: Double? = nil) {
        self.time = time
        self.position = position
        self.heading = heading
        self.speed = speed
    }
}

extension AgentKind {
    /// What a box of this size is. The recordings disagree on classes (CommonRoad calls everybody a car),
    /// so size decides for all of them: NGSIM's motorcycles are under 3 m long and 1.4 m wide, its
    /// shortest trucks 7.5 m long.
    static func ofBox(length: Double, width: Double) -> AgentKind {
        if length < 3, width < 1.4 { return .motorcycle }
        return length >= 7.5 ? .truck : .car
    }
}

/// What a file may ask for; beyond it, it is refused.
enum RecordingLimits {
    static let lanes = 100_000
    static let tracks = 100_000
    /// The longest and widest vehicle, metres.
    static let length = 0.2...60.0
    static let width = 0.2...10.0
    /// m/s.
    static let speed = -200.0...200.0
    /// The farthest that a coordinate may be from the origin, metres: beyond it, half a millimetre is
    /// lost in 64-bit arithmetic on squares.
    static let coordinate = 1e7
}
