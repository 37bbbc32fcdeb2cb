/// One agent's state at a moment: how scenes begin, and how newcomers enter. Units as in `AgentArrays`.
public struct InitialAgent: Sendable, Equatable {
    public var s: Float = 0
    public var d: Float = 0
    public var heading: Float = 0
    public var speed: Float = 0
    public var lateralSpeed: Float = 0
    public var acceleration: Float = 0
    public var lateralAcceleration: Float = 0
    public var recentAcceleration: Float = 0
    public var olderAcceleration: Float = 0
    public var olderLateralSpeed: Float = 0
    public var length: Float = 4.7
    public var width: Float = 1.9
    /// 0 car, 1 truck, 2 motorcycle.
    public var kind: Float = 0
    public var headwayTrait: Float = 0
    public var speedTrait: Float = 0
    public var traitsKnown: Float = 0

    public init() {}
}

extension AgentArrays {
    /// Puts an agent into a slot.
    @inlinable
    public func set(_ agent: InitialAgent, slot: Int, identity number: UInt32) {
        s[slot] = agent.s
        d[slot] = agent.d
        heading[slot] = agent.heading
        speed[slot] = agent.speed
        lateralSpeed[slot] = agent.lateralSpeed
        acceleration[slot] = agent.acceleration
        lateralAcceleration[slot] = agent.lateralAcceleration
        recentAcceleration[slot] = agent.recentAcceleration
        olderAcceleration[slot] = agent.olderAcceleration
        olderLateralSpeed[slot] = agent.olderLateralSpeed
        length[slot] = agent.length
        width[slot] = agent.width
        kind[slot] = agent.kind
        headwayTrait[slot] = agent.headwayTrait
        speedTrait[slot] = agent.speedTrait
        traitsKnown[slot] = agent.traitsKnown
        present[slot] = 1
        identity[slot] = number
    }
}
