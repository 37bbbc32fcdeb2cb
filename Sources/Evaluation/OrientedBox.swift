/// A vehicle's outline in the plane: a rectangle, its centre, and the direction of its length. Metres.
public struct OrientedBox: Sendable, Equatable {
    public var x: Double
    public var y: Double
    /// Cosine and sine of the heading.
    public var cosine: Double
    public var sine: Double
    public var halfLength: Double
    public var halfWidth: Double

    public init(pose: Pose, length: Double, width: Double) {
        x = pose.x
        y = pose.y
        cosine = pose.cosine
        sine = pose.sine
        halfLength = 0.5 * length
        halfWidth = 0.5 * width
    }

    /// Half the diagonal: nothing of the box is farther from its centre.
    var radius: Double { (halfLength * halfLength + halfWidth * halfWidth).squareRoot() }

    /// Distance between two outlines, metres; where they overlap, minus the shortest way to separate them.
    public func signedDistance(to other: OrientedBox) -> Double {
        let dx = other.x - x
        let dy = other.y - y
        let cosineBetween = abs(cosine * other.cosine + sine * other.sine)
        let sineBetween = abs(cosine * other.sine - sine * other.cosine)
        // Separating axes: the directions of both boxes' sides (Gottschalk et al., "OBBTree", 1996).
        let gaps: InlineArray<4, Double> = [
            abs(dx * cosine + dy * sine) - halfLength - other.halfLength * cosineBetween
                - other.halfWidth * sineBetween,
            abs(dy * cosine - dx * sine) - halfWidth - other.halfLength * sineBetween
                - other.halfWidth * cosineBetween,
            abs(dx * other.cosine + dy * other.sine) - other.halfLength - halfLength * cosineBetween
                - halfWidth * sineBetween,
            abs(dy * other.cosine - dx * other.sine) - other.halfWidth - halfLength * sineBetween
                - halfWidth * cosineBetween,
        ]
        let largest = max(max(gaps[0], gaps[1]), max(gaps[2], gaps[3]))
        if largest <= 0 { return largest }
        return min(nearestCorner(of: other), other.nearestCorner(of: self)).squareRoot()
    }

    /// Square of the distance from this box to the nearest of `other`'s corners.
    private func nearestCorner(of other: OrientedBox) -> Double {
        var nearest = Double.infinity
        for index in 0..<4 {
            let along = index & 1 == 0 ? other.halfLength : -other.halfLength
            let across = index & 2 == 0 ? other.halfWidth : -other.halfWidth
            let dx = other.x + along * other.cosine - across * other.sine - x
            let dy = other.y + along * other.sine + across * other.cosine - y
            let ahead = max(0, abs(dx * cosine + dy * sine) - halfLength)
            let beside = max(0, abs(dy * cosine - dx * sine) - halfWidth)
            nearest = min(nearest, ahead * ahead + beside * beside)
        }
        return nearest
    }
}
