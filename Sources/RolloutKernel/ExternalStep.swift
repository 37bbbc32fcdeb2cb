// Hot code: no allocation, reference counting, locks or throwing in this file.
import CLonghaulPolicy
import Metrics
import Policies
import ReproducibleMath
import RolloutState
import RoadNetwork
import WorldModel

/// Executes one step of 0.1 s in the scenes whose egos a policy in another process has just answered for.
///
/// The same as a step of `advance`, scene by scene. An action that is no number, or impossible, ends its rollout.
///
/// - Parameters:
///   - scenes: the scene of each action, as `observeEgos` gave them.
///   - trace: per scene and step of its rollout, `[(scene * steps + step) * 2]`: receives a running digest of the
///     actions and then one of the states, because a rollout may have to be taken back. The batch's own step
///     digests are not written.
@inline(never)
public func advanceExternally(
    _ pointer: UnsafeMutablePointer<RolloutBatch>, substep: Int, count: Int, scenes: UnsafePointer<Int32>,
    actions: UnsafePointer<longhaul_action>, trace: UnsafeMutablePointer<UInt32>, steps: Int,
    _ observe: ((Int) -> Void)?
) {
    let batch = pointer.pointee
    for entry in 0..<count {
        let scene = Int(scenes[entry])
        let state = batch.scenes + scene
        let (action, isPossible) = command(actions + entry, speed: batch.agents.speed[scene &* batch.stride])
        let step = Int(state.pointee.step)
        let traced = trace + 2 &* (scene &* steps &+ step)
        traced[0] = absorbed(action, into: step == 0 ? 0 : traced[-2])
        guard isPossible else {
            state.pointee.record.outcome = .policyBadAction
            state.pointee.isActive = false
            continue
        }
        plan(action, batch, scene: scene, slot: 0, substep: substep)
        move(batch, scene: scene, substep: substep)
        state.pointee.step &+= 1
        lookAroundForEgo(batch, scene: scene)
        noteCollisions(batch, scene: scene)
        noteMetrics(batch, scene: scene, isLastSubstep: substep == MotionVocabulary.stepsPerToken - 1)
        // Before the measured steps the rollout's own digest takes nothing in.
        let digest = state.pointee.step > state.pointee.measuredFrom
            ? state.pointee.digest : absorbed(batch, scene: scene, into: StateDigest())
        traced[1] = UInt32(truncatingIfNeeded: digest.value &>> 32)
        observe?(scene)
    }
}

/// A running digest of actions, with one more.
@inline(__always)
func absorbed(_ action: PolicyAction, into digest: UInt32) -> UInt32 {
    var mixed = (digest ^ action.acceleration.bitPattern) &* 0x9E37_79B1
    mixed = ((mixed &>> 15) ^ mixed ^ action.curvature.bitPattern) &* 0x9E37_79B1
    return (mixed &>> 15) ^ mixed
}

/// What an action of the ABI asks for, and whether it is possible at all.
@inline(__always)
func command(_ action: UnsafePointer<longhaul_action>, speed: Float) -> (action: PolicyAction, isPossible: Bool) {
    var asked = PolicyAction(acceleration: action.pointee.acceleration, curvature: action.pointee.curvature)
    var isPossible = true
    if action.pointee.kind == 1 {
        (asked, isPossible) = pursuit(action, speed: speed)
    } else if action.pointee.kind != 0 {
        isPossible = false
    }
    // Comparisons with what is no number are false.
    isPossible = isPossible && asked.acceleration.magnitude() <= 30 && asked.curvature.magnitude() <= 1
    return (asked, isPossible)
}

/// Follows a trajectory: the acceleration that covers its length up to half a second, and the curvature of the
/// circle through where it is after a second (pure pursuit: Coulter 1992).
@inline(__always)
func pursuit(_ action: UnsafePointer<longhaul_action>, speed: Float) -> (PolicyAction, Bool) {
    let count = Int(action.pointee.points)
    guard count >= 1 && count <= 20 else { return (PolicyAction(acceleration: 0, curvature: 0), false) }
    let points = longhaul_points(action).unsafelyUnwrapped
    let timed = count < 5 ? count : 5
    var length: Float = 0, x: Float = 0, y: Float = 0
    var isPossible = true
    for point in 0..<count {
        let nextX = points[2 &* point], nextY = points[2 &* point &+ 1]
        if !(nextX.magnitude() <= 200 && nextY.magnitude() <= 200) { isPossible = false }
        if point < timed {
            let dx = nextX - x, dy = nextY - y
            length += (dx * dx + dy * dy).squareRoot()
        }
        (x, y) = (nextX, nextY)
    }
    let aim = 2 &* ((count < 10 ? count : 10) &- 1)
    let aimX = points[aim], aimY = points[aim &+ 1]
    let square = aimX * aimX + aimY * aimY
    let time = Float(timed) * MotionVocabulary.stepSeconds
    return (
        PolicyAction(
            acceleration: 2 * (length - speed * time) / (time * time),
            curvature: square > 0.25 ? (2 * aimY / square).limited(-1, 1) : 0), isPossible
    )
}
