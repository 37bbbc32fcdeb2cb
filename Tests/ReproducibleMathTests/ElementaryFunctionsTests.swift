import Foundation
import ReproducibleMath
import Testing

/// Distance in units in the last place of the exact value.
private func ulps(_ value: Float, _ exact: Double) -> Double {
    abs(Double(value) - exact) / Double(Float(exact).ulp)
}

@Suite("Elementary functions")
struct ElementaryFunctionsTests {
    private static let count = 200_000

    private func sweep(_ low: Float, _ high: Float) -> some Sequence<Float> {
        (0...Self.count).lazy.map { low + (high - low) * Float($0) / Float(Self.count) }
    }

    @Test("exp is within 2 ulp of the exact value")
    func expAccuracy() {
        let worst = sweep(-80, 80).map { ulps(Elementary.exp($0), Foundation.exp(Double($0))) }.max() ?? .infinity
        #expect(worst < 2)
    }

    @Test("log is within 2 ulp of the exact value")
    func logAccuracy() {
        let worst = sweep(-60, 60).map { power -> Double in
            let x = Float(Foundation.exp(Double(power)))
            return ulps(Elementary.log(x), Foundation.log(Double(x)))
        }.max() ?? .infinity
        #expect(worst < 2)
        #expect(Elementary.log(Float(1)) == 0)
    }

    @Test("sine and cosine are within 2e-7 of the exact values")
    func sineAccuracy() {
        for angle in sweep(-100, 100) {
            let (sine, cosine) = Elementary.sineAndCosine(angle)
            #expect(abs(Double(sine) - Foundation.sin(Double(angle))) < 2e-7)
            #expect(abs(Double(cosine) - Foundation.cos(Double(angle))) < 2e-7)
        }
    }

    @Test("tanh and the small arc tangent are accurate where they are used")
    func otherAccuracy() {
        for x in sweep(-1, 1) {
            #expect(abs(Double(Elementary.tanh(8 * x)) - Foundation.tanh(Double(8 * x))) < 5e-7)
            #expect(abs(Double(Elementary.smallArcTangent(x)) - Foundation.atan(Double(x))) < 2e-6)
        }
    }

    @Test("sixteen lanes give the bits of sixteen scalars")
    func lanesEqualScalars() {
        var lanes = SIMD16<Float>()
        for start in stride(from: Float(-90), to: 90, by: 0.37) {
            for i in 0..<16 { lanes[i] = start + Float(i) * 0.021 }
            let exps = Elementary.exp(lanes), sines = Elementary.sineAndCosine(lanes)
            let tanhs = Elementary.tanh(lanes), logs = Elementary.log(lanes * lanes + 1e-3)
            let arcs = Elementary.smallArcTangent(lanes * 0.01)
            for i in 0..<16 {
                #expect(exps[i].bitPattern == Elementary.exp(lanes[i]).bitPattern)
                #expect(sines.sine[i].bitPattern == Elementary.sineAndCosine(lanes[i]).sine.bitPattern)
                #expect(sines.cosine[i].bitPattern == Elementary.sineAndCosine(lanes[i]).cosine.bitPattern)
                #expect(tanhs[i].bitPattern == Elementary.tanh(lanes[i]).bitPattern)
                #expect(logs[i].bitPattern == Elementary.log(lanes[i] * lanes[i] + 1e-3).bitPattern)
                #expect(arcs[i].bitPattern == Elementary.smallArcTangent(lanes[i] * 0.01).bitPattern)
            }
        }
    }

    @Test("limits hold for infinities and for NaN")
    func limits() {
        #expect(Float.nan.limited(-1, 1) == -1)
        #expect(Float.infinity.limited(-1, 1) == 1)
        #expect(SIMD16<Float>(repeating: .nan).limited(-1, 1) == SIMD16<Float>(repeating: -1))
        #expect(Elementary.exp(Float.infinity).isFinite)
    }
}
