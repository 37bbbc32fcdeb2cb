import Metrics
import RoadNetwork

/// A recording in road coordinates, smoothed, 10 frames a second: what training and evaluation read.
public struct RoadRecording: Sendable {
    public var name: String
    public var source: RecordingSource
    public var corridor: Corridor
    /// Scene time of frame 0, seconds.
    public var firstTime: Double
    public var frameCount: Int
    public var tracks: [RoadTrack]

    public init(
        name: String, source: RecordingSource, corridor: Corridor, firstTime: Double, frameCount: Int,
        tracks: [RoadTrack]
    ) {
        self.name = name
        self.source = source
        self.corridor = corridor
        self.firstTime = firstTime
        self.frameCount = frameCount
        self.tracks = tracks
    }
}

/// Where a recording comes from.
public enum RecordingSource: String, Sendable, CaseIterable, Codable {
    case us101 = "US-101"
    case i24 = "I-24"
    case lankershim = "Lankershim"
    case peachtree = "Peachtree"
    case i80 = "I-80"
    case other

    /// Whether its makers smoothed the trajectories.
    public var isSmoothed: Bool { self == .i24 }
    /// Whether it was recorded by the NGSIM programme, whose positions all err alike.
    public var isNGSIM: Bool { [.us101, .i80, .lankershim, .peachtree].contains(self) }

    /// The speed that free traffic has there, m/s: the posted limit.
    public var speedLevel: Double {
        switch self {
        case .us101, .i80, .other: 29.1  // 65 mph
        case .i24: 31.3  // 70 mph
        case .lankershim, .peachtree: 15.6  // 35 mph
        }
    }
}

/// One recorded vehicle, one value per frame from `firstFrame` on, without holes. Units and frame as in
/// `WorldModel.AgentArrays`.
public struct RoadTrack: Sendable {
    /// The vehicle's number in its file.
    public var id: Int
    public var kind: AgentKind
    public var length: Float
    public var width: Float
    public var firstFrame: Int
    public var s: [Float]
    public var d: [Float]
    public var heading: [Float]
    public var speed: [Float]
    public var lateralSpeed: [Float]
    public var acceleration: [Float]
    /// What was recorded, before any smoothing: box centre in road coordinates; NaN for a frame that the
    /// recording misses. For whoever may read only the past (see `RoadRecording.stateFromPast`).
    public var recordedS: [Float]
    public var recordedD: [Float]
    /// Speed as the file gives it, m/s; NaN where it gives none.
    public var recordedSpeed: [Float]
    /// Speed across the road by the file's speed and heading, m/s; NaN where it gives none.
    public var recordedLateralSpeed: [Float]

    /// - Parameters:
    ///   - recordedS: empty for a track that was never recorded (a simulated one): then `s` stands for it.
    public init(
        id: Int, kind: AgentKind, length: Float, width: Float, firstFrame: Int, s: [Float], d: [Float],
        heading: [Float], speed: [Float], lateralSpeed: [Float], acceleration: [Float],
        recordedS: [Float] = [], recordedD: [Float] = [], recordedSpeed: [Float] = [],
        recordedLateralSpeed: [Float] = []
    ) {
        self.id = id
        self.kind = kind
        self.length = length
        self.width = width
        self.firstFrame = firstFrame
        self.s = s
        self.d = d
        self.heading = heading
        self.speed = speed
        self.lateralSpeed = lateralSpeed
        self.acceleration = acceleration
        self.recordedS = recordedS.isEmpty ? s : recordedS
        self.recordedD = recordedD.isEmpty ? d : recordedD
        self.recordedSpeed = recordedSpeed.isEmpty ? speed : recordedSpeed
        self.recordedLateralSpeed = recordedLateralSpeed.isEmpty ? lateralSpeed : recordedLateralSpeed
    }

    public var frameCount: Int { s.count }
    /// The recording's frames that this track covers.
    public var frames: Range<Int> { firstFrame..<firstFrame + frameCount }
}
