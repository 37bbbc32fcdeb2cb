/// What a random number is for. Part of the random key, so that adding a use never shifts another.
public enum RandomPurpose: UInt32, Sendable, CaseIterable {
    case road = 1, traffic, driver, placement, inflow, motionToken, policy, training, evaluation
    case routeChoice, streetMotion, streetSteering
}

/// Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011). A number is a pure function of (seed, scenario, agent, step, purpose); there is
/// no state to share, so threads, batches and the order of work can't change it.
public struct CounterRandom: Sendable, Equatable {
    @usableFromInline let key: (UInt32, UInt32)
    @usableFromInline let scenario: UInt64

    /// - Parameters:
    ///   - seed: the campaign's seed, any value.
    ///   - scenario: scenario index, below 2^56.
    @inlinable
    public init(seed: UInt64, scenario: UInt64) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        self.scenario = scenario
    }

    public static func == (a: CounterRandom, b: CounterRandom) -> Bool {
        a.key == b.key && a.scenario == b.scenario
    }

    /// 128 random bits for (agent, step, purpose).
    @inlinable @inline(always)
    public func bits(agent: UInt32, step: UInt32, purpose: RandomPurpose) -> SIMD4<UInt32> {
        var c0 = UInt32(truncatingIfNeeded: scenario)
        var c1 = agent
        var c2 = step
        var c3 = purpose.rawValue | UInt32(truncatingIfNeeded: scenario >> 32) &<< 8
        var k0 = key.0, k1 = key.1
        for _ in 0..<10 {
            let p0 = UInt64(c0) &* 0xD251_1F53
            let p1 = UInt64(c2) &* 0xCD9E_8D57
            c0 = UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0
            c1 = UInt32(truncatingIfNeeded: p1)
            c2 = UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1
            c3 = UInt32(truncatingIfNeeded: p0)
            k0 = k0 &+ 0x9E37_79B9
            k1 = k1 &+ 0xBB67_AE85
        }
        return SIMD4(c0, c1, c2, c3)
    }

    /// Four numbers, uniform over (0, 1), both ends excluded.
    @inlinable @inline(always)
    public func uniforms(agent: UInt32, step: UInt32, purpose: RandomPurpose) -> SIMD4<Float> {
        let words = bits(agent: agent, step: step, purpose: purpose)
        return SIMD4<Float>(words &>> 9) * 1.192_092_9e-7 + 5.960_464_5e-8
    }

    /// Four independent standard normal numbers (Box–Muller).
    @inlinable
    public func normals(agent: UInt32, step: UInt32, purpose: RandomPurpose) -> SIMD4<Float> {
        let u = uniforms(agent: agent, step: step, purpose: purpose)
        let r0 = (-2 * Elementary.log(u.x)).squareRoot()
        let r1 = (-2 * Elementary.log(u.z)).squareRoot()
        let a0 = Elementary.sineAndCosine(6.283_185_3 * u.y)
        let a1 = Elementary.sineAndCosine(6.283_185_3 * u.w)
        return SIMD4(r0 * a0.cosine, r0 * a0.sine, r1 * a1.cosine, r1 * a1.sine)
    }
}
