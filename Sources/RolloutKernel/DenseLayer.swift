// Hot code: no allocation, reference counting, locks or throwing in this file.
import RolloutState

/// Loads sixteen floats from a pointer that is aligned to 64 bytes.
@inline(__always)
func load(_ pointer: UnsafePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(pointer).load(as: SIMD16<Float>.self)
}

@inline(__always)
func load(_ pointer: UnsafeMutablePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(pointer).load(as: SIMD16<Float>.self)
}

@inline(__always)
func store(_ value: SIMD16<Float>, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD16<Float>.self)
}

/// One dense layer for a tile of 32 agents: `output = weight · input + bias`, rectified if `isHidden`.
///
/// Agents lie across the vector lanes, so a sum runs over the inputs in their order whatever the
/// vector width: the same bits on every instruction set.
@inline(__always)
func evaluate(
    _ layer: PackedNetwork.Layer, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    isHidden: Bool
) {
    var block = 0
    while block < layer.outputs {
        let weight = layer.weight + block &* layer.inputs
        #if LONGHAUL_WIDE_VECTORS
            evaluateEight(weight, layer.bias + block, layer.inputs, input, output + block &* 32, isHidden)
        #else
            for half in 0..<2 {
                for column in 0..<2 {
                    evaluateFour(
                        weight + half &* 4, layer.bias + block + half &* 4, layer.inputs,
                        input + column &* 16, output + (block &+ half &* 4) &* 32 + column &* 16, isHidden)
                }
            }
        #endif
        block = block &+ 8
    }
}

@inline(__always)
func finish(_ sum: SIMD16<Float>, _ isHidden: Bool, _ output: UnsafeMutablePointer<Float>) {
    let zero = SIMD16<Float>(repeating: 0)
    store(isHidden ? zero.replacing(with: sum, where: sum .> zero) : sum, output)
}

/// Eight outputs of 32 agents: sixteen accumulators of sixteen lanes, for machines with 32 wide registers.
@inline(__always)
func evaluateEight(
    _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>, _ inputs: Int,
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ isHidden: Bool
) {
    var a0 = SIMD16<Float>(repeating: bias[0]), b0 = a0
    var a1 = SIMD16<Float>(repeating: bias[1]), b1 = a1
    var a2 = SIMD16<Float>(repeating: bias[2]), b2 = a2
    var a3 = SIMD16<Float>(repeating: bias[3]), b3 = a3
    var a4 = SIMD16<Float>(repeating: bias[4]), b4 = a4
    var a5 = SIMD16<Float>(repeating: bias[5]), b5 = a5
    var a6 = SIMD16<Float>(repeating: bias[6]), b6 = a6
    var a7 = SIMD16<Float>(repeating: bias[7]), b7 = a7
    var w = weight
    var x = input
    for _ in 0..<inputs {
        let x0 = load(x), x1 = load(x + 16)
        let w0 = SIMD16<Float>(repeating: w[0])
        a0 = a0.addingProduct(x0, w0); b0 = b0.addingProduct(x1, w0)
        let w1 = SIMD16<Float>(repeating: w[1])
        a1 = a1.addingProduct(x0, w1); b1 = b1.addingProduct(x1, w1)
        let w2 = SIMD16<Float>(repeating: w[2])
        a2 = a2.addingProduct(x0, w2); b2 = b2.addingProduct(x1, w2)
        let w3 = SIMD16<Float>(repeating: w[3])
        a3 = a3.addingProduct(x0, w3); b3 = b3.addingProduct(x1, w3)
        let w4 = SIMD16<Float>(repeating: w[4])
        a4 = a4.addingProduct(x0, w4); b4 = b4.addingProduct(x1, w4)
        let w5 = SIMD16<Float>(repeating: w[5])
        a5 = a5.addingProduct(x0, w5); b5 = b5.addingProduct(x1, w5)
        let w6 = SIMD16<Float>(repeating: w[6])
        a6 = a6.addingProduct(x0, w6); b6 = b6.addingProduct(x1, w6)
        let w7 = SIMD16<Float>(repeating: w[7])
        a7 = a7.addingProduct(x0, w7); b7 = b7.addingProduct(x1, w7)
        w += 8
        x += 32
    }
    finish(a0, isHidden, output); finish(b0, isHidden, output + 16)
    finish(a1, isHidden, output + 32); finish(b1, isHidden, output + 48)
    finish(a2, isHidden, output + 64); finish(b2, isHidden, output + 80)
    finish(a3, isHidden, output + 96); finish(b3, isHidden, output + 112)
    finish(a4, isHidden, output + 128); finish(b4, isHidden, output + 144)
    finish(a5, isHidden, output + 160); finish(b5, isHidden, output + 176)
    finish(a6, isHidden, output + 192); finish(b6, isHidden, output + 208)
    finish(a7, isHidden, output + 224); finish(b7, isHidden, output + 240)
}

/// Four outputs of 16 agents, for machines with 16 narrower registers.
@inline(__always)
func evaluateFour(
    _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>, _ inputs: Int,
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ isHidden: Bool
) {
    var a0 = SIMD16<Float>(repeating: bias[0])
    var a1 = SIMD16<Float>(repeating: bias[1])
    var a2 = SIMD16<Float>(repeating: bias[2])
    var a3 = SIMD16<Float>(repeating: bias[3])
    var w = weight
    var x = input
    for _ in 0..<inputs {
        let x0 = load(x)
        a0 = a0.addingProduct(x0, SIMD16<Float>(repeating: w[0]))
        a1 = a1.addingProduct(x0, SIMD16<Float>(repeating: w[1]))
        a2 = a2.addingProduct(x0, SIMD16<Float>(repeating: w[2]))
        a3 = a3.addingProduct(x0, SIMD16<Float>(repeating: w[3]))
        w += 8
        x += 32
    }
    finish(a0, isHidden, output)
    finish(a1, isHidden, output + 32)
    finish(a2, isHidden, output + 64)
    finish(a3, isHidden, output + 96)
}
