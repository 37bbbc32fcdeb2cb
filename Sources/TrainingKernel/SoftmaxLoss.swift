// Hot code: no allocation, reference counting, locks or throwing in this file.
import ReproducibleMath

/// Cross-entropy of a softmax over `count` logits against class `target`, in nats.
///
/// The logits are overwritten by the loss's gradient, times `scale`. `count` is a multiple of 16;
/// `logits` is aligned to 64 bytes.
@inline(never)
public func softmaxLoss(
    _ logits: UnsafeMutablePointer<Float>, count: Int, target: Int, scale: Float
) -> Float {
    var highestLanes = SIMD16<Float>(repeating: -Float.greatestFiniteMagnitude)
    for start in stride(from: 0, to: count, by: 16) {
        let value = load(logits + start)
        highestLanes.replace(with: value, where: value .> highestLanes)
    }
    let highest = highestLanes.max()
    let chosen = logits[target] - highest
    var sums = SIMD16<Float>(repeating: 0)
    for start in stride(from: 0, to: count, by: 16) {
        let weight = Elementary.exp(load(logits + start) - highest)
        sums += weight
        store(weight, logits + start)
    }
    var sum: Float = 0
    for lane in 0..<16 { sum += sums[lane] }
    let factor = SIMD16<Float>(repeating: scale / sum)
    for start in stride(from: 0, to: count, by: 16) {
        store(load(logits + start) * factor, logits + start)
    }
    logits[target] -= scale
    return Elementary.log(sum) - chosen
}
