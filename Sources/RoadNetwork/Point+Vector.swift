/// Plane vector arithmetic from exact operations only, so that it gives the same bits on every CPU.
extension Point {
    @inlinable public static func + (a: Point, b: Point) -> Point { Point(x: a.x + b.x, y: a.y + b.y) }
    @inlinable public static func - (a: Point, b: Point) -> Point { Point(x: a.x - b.x, y: a.y - b.y) }
    @inlinable public static func * (scale: Double, a: Point) -> Point {
        Point(x: scale * a.x, y: scale * a.y)
    }
    /// Scalar product.
    @inlinable public func along(_ other: Point) -> Double { x * other.x + y * other.y }
    /// The component of `other` to the left of this vector, times this vector's length.
    @inlinable public func across(_ other: Point) -> Double { x * other.y - y * other.x }
    @inlinable public var length: Double { (x * x + y * y).squareRoot() }
    /// Turned left by 90°.
    @inlinable public var leftward: Point { Point(x: -y, y: x) }
    /// Of length 1; `fallback` where there is no direction.
    @inlinable public func unit(or fallback: Point = Point(x: 1, y: 0)) -> Point {
        let size = length
        return size > 1e-9 ? Point(x: x / size, y: y / size) : fallback
    }
}
