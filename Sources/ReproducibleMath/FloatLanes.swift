// `@_transparent` rather than `@inlinable`: these must be compiled into the caller, for the caller's
// instruction set, and leave no shared copy behind that the linker could pick for another CPU.

/// What the elementary functions need of a number: a `Float`, or sixteen of them side by side.
///
/// Every requirement is exact in IEEE 754 (or a bit operation), so one formula written against this
/// protocol gives the same bits in scalar code, in AVX2, in AVX-512 and in NEON.
public protocol FloatLanes {
    /// One truth value a lane, about numbers that are comparable.
    associatedtype Mask
    /// Reads from, or writes to, an address aligned to the lanes' size.
    static func load(_ address: UnsafePointer<Float>) -> Self
    func store(_ address: UnsafeMutablePointer<Float>)
    func isBelow(_ other: Self) -> Mask
    /// `other` in the lanes where `mask` is true, `self` elsewhere.
    func replaced(by other: Self, where mask: Mask) -> Self
    static func both(_ a: Mask, _ b: Mask) -> Mask
    static func either(_ a: Mask, _ b: Mask) -> Mask
    /// The smaller of two; `self` if they are equal or not comparable.
    func lower(_ other: Self) -> Self
    /// The larger of two; `self` if they are equal or not comparable.
    func higher(_ other: Self) -> Self
    func squareRoot() -> Self
    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func / (a: Self, b: Self) -> Self
    /// `self + a * b` with a single rounding.
    func addingProduct(_ a: Self, _ b: Self) -> Self
    static func constant(_ value: Float) -> Self
    /// `self` limited to `low ... high`; a NaN becomes `low`.
    func limited(_ low: Float, _ high: Float) -> Self
    /// 2 to the power `self`, which holds a whole number from -126 to 127.
    func powerOfTwo() -> Self
    /// Mantissa in √½ ..< √2 and binary exponent of a positive, normal number.
    func mantissaAndExponent() -> (mantissa: Self, exponent: Self)
    func magnitude() -> Self
    /// `self` where `condition`'s quadrant bit is 0, `other` where it is 1; see `sineAndCosine`.
    static func choose(_ zero: Self, _ one: Self, byBit bit: Int32, of quadrant: Self) -> Self
}

extension FloatLanes {
    @_transparent
    public func plus(_ value: Float) -> Self { self + .constant(value) }
    @_transparent
    public func times(_ value: Float) -> Self { self * .constant(value) }
}

extension Float: FloatLanes {
    @_transparent
    public static func load(_ address: UnsafePointer<Float>) -> Float { address.pointee }
    @_transparent
    public func store(_ address: UnsafeMutablePointer<Float>) { address.pointee = self }
    @_transparent
    public func isBelow(_ other: Float) -> Bool { self < other }
    @_transparent
    public func replaced(by other: Float, where mask: Bool) -> Float { mask ? other : self }
    @_transparent
    public static func both(_ a: Bool, _ b: Bool) -> Bool { a && b }
    @_transparent
    public static func either(_ a: Bool, _ b: Bool) -> Bool { a || b }
    @_transparent
    public func lower(_ other: Float) -> Float { other < self ? other : self }
    @_transparent
    public func higher(_ other: Float) -> Float { self < other ? other : self }
    @_transparent
    public func addingProduct(_ a: Float, _ b: Float) -> Float {
        var sum = self
        sum.addProduct(a, b)
        return sum
    }
    @_transparent
    public static func constant(_ value: Float) -> Float { value }
    @_transparent
    public func limited(_ low: Float, _ high: Float) -> Float {
        let raised = self > low ? self : low
        return raised < high ? raised : high
    }
    @_transparent
    public func powerOfTwo() -> Float {
        let whole = Int32(truncatingIfNeeded: (self + 12_582_912).bitPattern &- Float(12_582_912).bitPattern)
        return Float(bitPattern: UInt32(bitPattern: (whole &+ 127) &<< 23))
    }
    @_transparent
    public func mantissaAndExponent() -> (mantissa: Float, exponent: Float) {
        let shifted = Int32(bitPattern: bitPattern) &- 0x3f35_04f3
        let exponent = shifted &>> 23
        let mantissa = Float(bitPattern: UInt32(bitPattern: (shifted & 0x007f_ffff) &+ 0x3f35_04f3))
        return (mantissa, Float(exponent))
    }
    @_transparent
    public func magnitude() -> Float { Float(bitPattern: bitPattern & 0x7fff_ffff) }
    @_transparent
    public static func choose(_ zero: Float, _ one: Float, byBit bit: Int32, of quadrant: Float) -> Float {
        let whole = Int32(truncatingIfNeeded: (quadrant + 12_582_912).bitPattern &- Float(12_582_912).bitPattern)
        return whole & bit == 0 ? zero : one
    }
}

extension SIMD16: FloatLanes where Scalar == Float {
    @_transparent
    public static func load(_ address: UnsafePointer<Float>) -> Self {
        UnsafeRawPointer(address).load(as: Self.self)
    }
    @_transparent
    public func store(_ address: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(address).storeBytes(of: self, as: Self.self)
    }
    // A mask is a number above 0 where it is true. The compiler keeps truth values that are combined with each
    // other in bytes, and packing and unpacking them costs more than what they decide on. With gradual underflow
    // a difference has the sign that the comparison asks for.
    @_transparent
    public func isBelow(_ other: Self) -> Self { other - self }
    @_transparent
    public func replaced(by other: Self, where mask: Self) -> Self {
        replacing(with: other, where: mask .> Self(repeating: 0))
    }
    @_transparent
    public static func both(_ a: Self, _ b: Self) -> Self { a.lower(b) }
    @_transparent
    public static func either(_ a: Self, _ b: Self) -> Self { a.higher(b) }
    @_transparent
    public func lower(_ other: Self) -> Self { replacing(with: other, where: other .< self) }
    @_transparent
    public func higher(_ other: Self) -> Self { replacing(with: other, where: self .< other) }
    @_transparent
    public static func constant(_ value: Float) -> Self { Self(repeating: value) }
    @_transparent
    public func limited(_ low: Float, _ high: Float) -> Self {
        let lowest = Self(repeating: low), highest = Self(repeating: high)
        let raised = lowest.replacing(with: self, where: self .> lowest)
        return highest.replacing(with: raised, where: raised .< highest)
    }
    @_transparent
    public func wholeNumbers() -> SIMD16<Int32> {
        let shifted = self + Self(repeating: 12_582_912)
        return unsafeBitCast(shifted, to: SIMD16<Int32>.self)
            &- SIMD16<Int32>(repeating: Int32(bitPattern: Float(12_582_912).bitPattern))
    }
    @_transparent
    public func powerOfTwo() -> Self {
        unsafeBitCast((wholeNumbers() &+ 127) &<< 23, to: Self.self)
    }
    @_transparent
    public func mantissaAndExponent() -> (mantissa: Self, exponent: Self) {
        let shifted = unsafeBitCast(self, to: SIMD16<Int32>.self) &- 0x3f35_04f3
        let exponent = shifted &>> 23
        let mantissa = unsafeBitCast((shifted & 0x007f_ffff) &+ 0x3f35_04f3, to: Self.self)
        return (mantissa, Self(exponent))
    }
    @_transparent
    public func magnitude() -> Self {
        unsafeBitCast(unsafeBitCast(self, to: SIMD16<UInt32>.self) & 0x7fff_ffff, to: Self.self)
    }
    @_transparent
    public static func choose(_ zero: Self, _ one: Self, byBit bit: Int32, of quadrant: Self) -> Self {
        // The bit becomes a sign: comparisons of whole numbers are compiled lane by lane.
        let sign = quadrant.wholeNumbers() &<< Int32(31 &- bit.trailingZeroBitCount)
        let signed = unsafeBitCast((sign & Int32.min) | 0x3f80_0000, to: Self.self)
        return zero.replacing(with: one, where: signed .< Self(repeating: 0))
    }
}
