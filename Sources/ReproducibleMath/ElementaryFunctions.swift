/// Elementary functions from exact operations only, for everything that a rollout computes.
///
/// libm is not used in a rollout: its results differ between CPUs (glibc chooses other code with and
/// without FMA). These give the same bits everywhere and are accurate to about 2 units in the last
/// place over the ranges named. Polynomials: Cephes (S. Moshier, single precision).
public enum Elementary {
    /// e to the power `x`; `x` is limited to -87 ... 88. 
    @_transparent
    public static func exp<T: FloatLanes>(_ x: T) -> T {
        let limited = x.limited(-87, 88)
        let magic = T.constant(12_582_912)  // adding and subtracting 1.5 * 2^23 rounds to a whole number
        let n = (limited * T.constant(1.442_695_04)) + magic - magic
        let r = limited.addingProduct(n, T.constant(-0.693_359_375))
            .addingProduct(n, T.constant(2.121_944_4e-4))
        var p = T.constant(1.987_569_15e-4)
        p = T.constant(1.398_199_95e-3).addingProduct(p, r)
        p = T.constant(8.333_451_9e-3).addingProduct(p, r)
        p = T.constant(4.166_579_6e-2).addingProduct(p, r)
        p = T.constant(1.666_666_55e-1).addingProduct(p, r)
        p = T.constant(5.000_000_1e-1).addingProduct(p, r)
        let e = (r + T.constant(1)).addingProduct(p, r * r)
        return e * n.powerOfTwo()
    }

    /// Natural logarithm of a positive, normal `x`.
    @_transparent
    public static func log<T: FloatLanes>(_ x: T) -> T {
        let (mantissa, exponent) = x.mantissaAndExponent()
        let f = mantissa - T.constant(1)
        let z = f * f
        var p = T.constant(7.037_683_6e-2)
        p = T.constant(-1.151_461_03e-1).addingProduct(p, f)
        p = T.constant(1.167_699_87e-1).addingProduct(p, f)
        p = T.constant(-1.242_014_08e-1).addingProduct(p, f)
        p = T.constant(1.424_932_28e-1).addingProduct(p, f)
        p = T.constant(-1.666_805_77e-1).addingProduct(p, f)
        p = T.constant(2.000_071_48e-1).addingProduct(p, f)
        p = T.constant(-2.499_999_40e-1).addingProduct(p, f)
        p = T.constant(3.333_333_12e-1).addingProduct(p, f)
        var y = p * f * z
        y = y.addingProduct(exponent, T.constant(-2.121_944_4e-4))
        y = y.addingProduct(z, T.constant(-0.5))
        return (f + y).addingProduct(exponent, T.constant(0.693_359_375))
    }

    /// Sine and cosine of an angle in radians, |angle| up to about 8,000.
    @_transparent
    public static func sineAndCosine<T: FloatLanes>(_ angle: T) -> (sine: T, cosine: T) {
        let magic = T.constant(12_582_912)
        let quadrant = (angle * T.constant(0.636_619_77)) + magic - magic
        let r = angle.addingProduct(quadrant, T.constant(-1.570_312_5))
            .addingProduct(quadrant, T.constant(-4.837_512_97e-4))
            .addingProduct(quadrant, T.constant(-7.549_789_95e-8))
        let z = r * r
        var s = T.constant(-1.951_529_59e-4)
        s = T.constant(8.332_160_87e-3).addingProduct(s, z)
        s = T.constant(-1.666_665_46e-1).addingProduct(s, z)
        let sine = r.addingProduct(s * z, r)
        var c = T.constant(2.443_315_71e-5)
        c = T.constant(-1.388_731_63e-3).addingProduct(c, z)
        c = T.constant(4.166_664_57e-2).addingProduct(c, z)
        let cosine = T.constant(1).addingProduct(z, T.constant(-0.5)).addingProduct(c, z * z)
        let sineHere = T.choose(sine, cosine, byBit: 1, of: quadrant)
        let cosineHere = T.choose(cosine, sine, byBit: 1, of: quadrant)
        let zero = T.constant(0)
        return (
            T.choose(sineHere, zero - sineHere, byBit: 2, of: quadrant),
            T.choose(cosineHere, zero - cosineHere, byBit: 2, of: quadrant + T.constant(1))
        )
    }

    /// Hyperbolic tangent.
    @_transparent
    public static func tanh<T: FloatLanes>(_ x: T) -> T {
        let limited = x.limited(-9, 9)
        let e = exp(limited + limited)
        return (e - T.constant(1)) / (e + T.constant(1))
    }

    /// Arc tangent for |x| up to 1 (error below 2e-6 rad); steering and heading errors stay far inside.
    /// Abramowitz & Stegun 4.4.49.
    @_transparent
    public static func smallArcTangent<T: FloatLanes>(_ x: T) -> T {
        let z = x * x
        var p = T.constant(0.002_866_225_7)
        p = T.constant(-0.016_165_736_7).addingProduct(p, z)
        p = T.constant(0.042_909_613_8).addingProduct(p, z)
        p = T.constant(-0.075_289_640_0).addingProduct(p, z)
        p = T.constant(0.106_562_639_3).addingProduct(p, z)
        p = T.constant(-0.142_088_994_4).addingProduct(p, z)
        p = T.constant(0.199_935_508_5).addingProduct(p, z)
        p = T.constant(-0.333_331_452_8).addingProduct(p, z)
        return x.addingProduct(p * z, x)
    }
}
