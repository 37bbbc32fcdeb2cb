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
            evaluateThree(weight, layer.bias + block, layer.inputs, input, output + block &* 32, isHidden)
            evaluateThree(
                weight + 3, layer.bias + block + 3, layer.inputs, input, output + (block &+ 3) &* 32, isHidden)
            evaluateTwo(
                weight + 6, layer.bias + block + 6, layer.inputs, input, output + (block &+ 6) &* 32, isHidden)
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

/// Three outputs of 32 agents: twelve accumulators, three weights and one vector of inputs fill sixteen
/// registers of eight lanes. Twelve sums under way keep two multiply-adders of latency four busy; eight hardly do.
@inline(__always)
func evaluateThree(
    _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>, _ inputs: Int,
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ isHidden: Bool
) {
    var a0 = SIMD8<Float>(repeating: bias[0]), b0 = a0, c0 = a0, d0 = a0
    var a1 = SIMD8<Float>(repeating: bias[1]), b1 = a1, c1 = a1, d1 = a1
    var a2 = SIMD8<Float>(repeating: bias[2]), b2 = a2, c2 = a2, d2 = a2
    var w = weight
    var x = input
    for _ in 0..<inputs {
        let w0 = SIMD8<Float>(repeating: w[0]), w1 = SIMD8<Float>(repeating: w[1])
        let w2 = SIMD8<Float>(repeating: w[2])
        let xa = loadEight(x)
        a0 = a0.addingProduct(xa, w0); a1 = a1.addingProduct(xa, w1); a2 = a2.addingProduct(xa, w2)
        let xb = loadEight(x + 8)
        b0 = b0.addingProduct(xb, w0); b1 = b1.addingProduct(xb, w1); b2 = b2.addingProduct(xb, w2)
        let xc = loadEight(x + 16)
        c0 = c0.addingProduct(xc, w0); c1 = c1.addingProduct(xc, w1); c2 = c2.addingProduct(xc, w2)
        let xd = loadEight(x + 24)
        d0 = d0.addingProduct(xd, w0); d1 = d1.addingProduct(xd, w1); d2 = d2.addingProduct(xd, w2)
        w += 8
        x += 32
    }
    finishRow(a0, b0, c0, d0, isHidden, output)
    finishRow(a1, b1, c1, d1, isHidden, output + 32)
    finishRow(a2, b2, c2, d2, isHidden, output + 64)
}

/// Two outputs of 32 agents: what is left of eight after twice three.
@inline(__always)
func evaluateTwo(
    _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>, _ inputs: Int,
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ isHidden: Bool
) {
    var a0 = SIMD8<Float>(repeating: bias[0]), b0 = a0, c0 = a0, d0 = a0
    var a1 = SIMD8<Float>(repeating: bias[1]), b1 = a1, c1 = a1, d1 = a1
    var w = weight
    var x = input
    for _ in 0..<inputs {
        let w0 = SIMD8<Float>(repeating: w[0]), w1 = SIMD8<Float>(repeating: w[1])
        let xa = loadEight(x), xb = loadEight(x + 8)
        a0 = a0.addingProduct(xa, w0); a1 = a1.addingProduct(xa, w1)
        b0 = b0.addingProduct(xb, w0); b1 = b1.addingProduct(xb, w1)
        let xc = loadEight(x + 16), xd = loadEight(x + 24)
        c0 = c0.addingProduct(xc, w0); c1 = c1.addingProduct(xc, w1)
        d0 = d0.addingProduct(xd, w0); d1 = d1.addingProduct(xd, w1)
        w += 8
        x += 32
    }
    finishRow(a0, b0, c0, d0, isHidden, output)
    finishRow(a1, b1, c1, d1, isHidden, output + 32)
}

@inline(__always)
func loadEight(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(pointer).load(as: SIMD8<Float>.self)
}

@inline(__always)
func finishRow(
    _ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>, _ d: SIMD8<Float>, _ isHidden: Bool,
    _ output: UnsafeMutablePointer<Float>
) {
    finish(SIMD16(lowHalf: a, highHalf: b), isHidden, output)
    finish(SIMD16(lowHalf: c, highHalf: d), isHidden, output + 16)
}
