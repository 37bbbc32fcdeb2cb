// Hot code: no allocation, reference counting, locks or throwing in this file.
import ReproducibleMath
import RolloutState

/// Draws one profile for each of sixteen agents from a softmax over `count` logits.
///
/// A profile whose result `base + change` lies outside `low ... high` is barred: its logit falls by
/// 1,000 per unit that it lies outside, so that where every profile is barred the mildest remains.
/// - Parameters:
///   - logits: `[profile * 32]`, overwritten.
///   - uniform: in (0, 1).
/// - Returns: the profile's index, 1 where the likeliest profile was barred, and how far the drawn profile
///   lies above `high` (or, negative, below `low`), where every profile is barred.
@inline(__always)
func sampleProfiles(
    _ logits: UnsafeMutablePointer<Float>, count: Int, change: UnsafePointer<Float>, base: SIMD16<Float>,
    low: SIMD16<Float>, high: SIMD16<Float>, uniform: SIMD16<Float>, inverseTemperature: Float
) -> (index: SIMD16<Int32>, barred: SIMD16<Int32>, excess: SIMD16<Float>) {
    let zero = SIMD16<Float>(repeating: 0)
    var highest = SIMD16<Float>(repeating: -Float.greatestFiniteMagnitude)
    var likeliest = highest
    var likeliestViolation = zero
    for k in 0..<count {
        let row = logits + k &* 32
        let logit = load(row) * inverseTemperature
        let value = base + change[k]
        let above = value - high, below = low - value
        var violation = above.replacing(with: below, where: below .> above)
        violation = zero.replacing(with: violation, where: violation .> zero)
        let isLikelier = logit .> likeliest
        likeliest.replace(with: logit, where: isLikelier)
        likeliestViolation.replace(with: violation, where: isLikelier)
        let allowed = logit - violation * 1000
        highest.replace(with: allowed, where: allowed .> highest)
        store(allowed, row)
    }
    var sum = zero
    for k in 0..<count {
        let row = logits + k &* 32
        let weight = Elementary.exp(load(row) - highest)
        sum += weight
        store(weight, row)
    }
    let target = uniform * sum
    var reached = zero
    var index = SIMD16<Int32>(repeating: 0)
    let one = SIMD16<Int32>(repeating: 1), none = SIMD16<Int32>(repeating: 0)
    for k in 0..<count &- 1 {
        reached += load(logits + k &* 32)
        index = index &+ none.replacing(with: one, where: reached .<= target)
    }
    let barred = none.replacing(with: one, where: likeliestViolation .> zero)
    var drawn = base
    for lane in 0..<16 { drawn[lane] += change[Int(index[lane])] }
    var excess = drawn - high
    excess = zero.replacing(with: excess, where: excess .> zero)
    excess.replace(with: drawn - low, where: drawn .< low)
    return (index, barred, excess)
}
