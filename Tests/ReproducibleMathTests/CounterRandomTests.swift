import ReproducibleMath
import Testing

@Suite("Counter-based random numbers")
struct CounterRandomTests {
    /// Known answers of Philox4x32-10 from the Random123 distribution (kat_vectors), with the counter
    /// and key words placed where `CounterRandom` puts them.
    @Test("the generator is Philox4x32-10")
    func knownAnswer() {
        // Counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0.
        let random = CounterRandom(seed: 0x299f_31d0_a409_3822, scenario: 0x0003_7073_243f_6a88)
        // The fourth counter word is purpose | scenario's upper part << 8 = 0x0370_7344 needs purpose 0x44,
        // which no purpose has; so the round function is checked against an independent computation.
        let words = random.bits(agent: 0x85a3_08d3, step: 0x1319_8a2e, purpose: .road)
        #expect(words == philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7301], [0xa409_3822, 0x299f_31d0]))
        #expect(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0])
                == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
        #expect(philox([0, 0, 0, 0], [0, 0]) == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    }

    /// The definition of Salmon et al. 2011, written independently of the product.
    private func philox(_ counter: [UInt32], _ key: [UInt32]) -> SIMD4<UInt32> {
        var c = counter, k = key
        for _ in 0..<10 {
            let (high0, low0) = c[0].multipliedFullWidth(by: 0xD251_1F53)
            let (high1, low1) = c[2].multipliedFullWidth(by: 0xCD9E_8D57)
            c = [high1 ^ c[1] ^ k[0], low1, high0 ^ c[3] ^ k[1], low0]
            k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
        }
        return SIMD4(c[0], c[1], c[2], c[3])
    }

    @Test("every part of the key changes the number")
    func keyParts() {
        let base = CounterRandom(seed: 1, scenario: 1).bits(agent: 1, step: 1, purpose: .driver)
        #expect(CounterRandom(seed: 2, scenario: 1).bits(agent: 1, step: 1, purpose: .driver) != base)
        #expect(CounterRandom(seed: 1 << 40 | 1, scenario: 1).bits(agent: 1, step: 1, purpose: .driver) != base)
        #expect(CounterRandom(seed: 1, scenario: 2).bits(agent: 1, step: 1, purpose: .driver) != base)
        #expect(CounterRandom(seed: 1, scenario: 1 << 40 | 1).bits(agent: 1, step: 1, purpose: .driver) != base)
        #expect(CounterRandom(seed: 1, scenario: 1).bits(agent: 2, step: 1, purpose: .driver) != base)
        #expect(CounterRandom(seed: 1, scenario: 1).bits(agent: 1, step: 2, purpose: .driver) != base)
        #expect(CounterRandom(seed: 1, scenario: 1).bits(agent: 1, step: 1, purpose: .policy) != base)
    }

    @Test("uniform numbers lie strictly between 0 and 1, normal numbers have mean 0 and variance 1")
    func distributions() {
        let random = CounterRandom(seed: 3, scenario: 9)
        var sum = 0.0, squares = 0.0, uniformSum = 0.0
        let count = 100_000
        for step in 0..<UInt32(count) {
            let u = random.uniforms(agent: 0, step: step, purpose: .traffic)
            #expect(u.min() > 0 && u.max() < 1)
            uniformSum += Double(u.sum()) / 4
            let n = random.normals(agent: 0, step: step, purpose: .driver)
            for i in 0..<4 {
                sum += Double(n[i])
                squares += Double(n[i]) * Double(n[i])
            }
        }
        #expect(abs(uniformSum / Double(count) - 0.5) < 0.003)
        #expect(abs(sum / Double(4 * count)) < 0.007)
        #expect(abs(squares / Double(4 * count) - 1) < 0.015)
    }

    @Test("a digest changes with every bit of every lane")
    func digest() {
        var base = StateDigest()
        base.absorb(SIMD16<Float>(repeating: 1.5))
        for lane in 0..<16 {
            for bit in 0..<32 {
                var values = SIMD16<Float>(repeating: 1.5)
                values[lane] = Float(bitPattern: values[lane].bitPattern ^ 1 << UInt32(bit))
                var other = StateDigest()
                other.absorb(values)
                #expect(other.value != base.value)
            }
        }
    }
}
