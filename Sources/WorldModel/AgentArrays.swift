import ReproducibleMath

/// The state of all agents of a scene or a batch of scenes, one array per quantity (SI units, road
/// coordinates of a `Corridor`). Plain pointers: the owner allocates `capacity` values of each.
public struct AgentArrays {
    public let capacity: Int
    /// Metres along the reference line, box centre.
    public var s: UnsafeMutablePointer<Float>
    /// Metres to the left of the reference line, box centre.
    public var d: UnsafeMutablePointer<Float>
    /// Heading relative to the reference line, radians, positive to the left.
    public var heading: UnsafeMutablePointer<Float>
    /// Speed along the heading, m/s, never negative.
    public var speed: UnsafeMutablePointer<Float>
    /// Speed across the reference line, m/s, positive to the left.
    public var lateralSpeed: UnsafeMutablePointer<Float>
    /// Acceleration during the last step, m/s².
    public var acceleration: UnsafeMutablePointer<Float>
    /// Change of `lateralSpeed` during the last step, m/s².
    public var lateralAcceleration: UnsafeMutablePointer<Float>
    /// Mean acceleration over the last decision interval (0.5 s) and the one before it, m/s².
    public var recentAcceleration: UnsafeMutablePointer<Float>
    public var olderAcceleration: UnsafeMutablePointer<Float>
    /// Lateral speed one decision interval ago, m/s.
    public var olderLateralSpeed: UnsafeMutablePointer<Float>
    public var length: UnsafeMutablePointer<Float>
    public var width: UnsafeMutablePointer<Float>
    /// 0 car, 1 truck, 2 motorcycle (`Metrics.AgentKind`), as a number.
    public var kind: UnsafeMutablePointer<Float>
    /// The driver's lasting traits, standard normal: how much headway and how much speed he wants. 
    public var headwayTrait: UnsafeMutablePointer<Float>
    public var speedTrait: UnsafeMutablePointer<Float>
    /// 1 where the traits are known, 0 where not (then the traits are 0).
    public var traitsKnown: UnsafeMutablePointer<Float>
    /// 1 for an agent, 0 for an empty slot.
    public var present: UnsafeMutablePointer<Float>
    /// Number of the driver in his rollout, the random key's agent; never used twice in a rollout.
    public var identity: UnsafeMutablePointer<UInt32>

    /// How many `Float` arrays there are; `identity` comes on top.
    public static let floatArrayCount = 17

    /// Lays the arrays out in `storage`, which holds `(floatArrayCount + 1) * capacity` 4-byte values
    /// and is aligned to 64 bytes. `capacity` is a multiple of 16.
    public init(storage: UnsafeMutableRawPointer, capacity: Int) {
        precondition(capacity % 16 == 0)
        self.capacity = capacity
        func array(_ index: Int) -> UnsafeMutablePointer<Float> {
            (storage + index * capacity * 4).bindMemory(to: Float.self, capacity: capacity)
        }
        s = array(0); d = array(1); heading = array(2); speed = array(3); lateralSpeed = array(4)
        acceleration = array(5); recentAcceleration = array(6); olderAcceleration = array(7)
        olderLateralSpeed = array(8); length = array(9); width = array(10); kind = array(11)
        headwayTrait = array(12); speedTrait = array(13); traitsKnown = array(14); present = array(15)
        lateralAcceleration = array(16)
        identity = (storage + Self.floatArrayCount * capacity * 4)
            .bindMemory(to: UInt32.self, capacity: capacity)
    }

    /// The same arrays from slot `first` on: one scene of a batch.
    @inlinable @inline(always)
    public func from(_ first: Int) -> AgentArrays {
        var view = self
        view.s += first; view.d += first; view.heading += first; view.speed += first
        view.lateralSpeed += first; view.acceleration += first; view.recentAcceleration += first
        view.olderAcceleration += first; view.olderLateralSpeed += first; view.length += first
        view.width += first; view.kind += first; view.headwayTrait += first; view.speedTrait += first
        view.traitsKnown += first; view.present += first; view.lateralAcceleration += first
        view.identity += first
        return view
    }

    /// How wide a body lies across the road, metres: its width, and what its heading adds.
    @inlinable @inline(always)
    public func sweptWidth(_ slot: Int) -> Float {
        width[slot] + length[slot] * heading[slot].magnitude()
    }
}
