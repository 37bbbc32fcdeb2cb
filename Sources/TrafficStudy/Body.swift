import ReproducibleMath
import WorldModel

/// A vehicle's box on the road, metres and radians.
struct Body {
    var s, d, heading, length, width: Float

    init(s: Float, d: Float, heading: Float, length: Float, width: Float) {
        self.s = s
        self.d = d
        self.heading = heading
        self.length = length
        self.width = width
    }

    init(_ agents: AgentArrays, _ slot: Int) {
        self.init(
            s: agents.s[slot], d: agents.d[slot], heading: agents.heading[slot], length: agents.length[slot],
            width: agents.width[slot])
    }

    /// Separating axes (Gottschalk, Lin & Manocha 1996): apart if some side's direction divides them.
    func overlaps(_ other: Body) -> Bool {
        if (other.s - s).magnitude > 0.5 * (length + other.length) + 2 { return false }
        return !isDivided(from: other) && !other.isDivided(from: self)
    }

    private func isDivided(from other: Body) -> Bool {
        let (sine, cosine) = Elementary.sineAndCosine(heading)
        let turned = Elementary.sineAndCosine(other.heading - heading)
        let dx = other.s - s, dy = other.d - d
        let along = 0.5 * (length + other.length * turned.cosine.magnitude + other.width * turned.sine.magnitude)
        let across = 0.5 * (width + other.length * turned.sine.magnitude + other.width * turned.cosine.magnitude)
        return (dx * cosine + dy * sine).magnitude > along || (dy * cosine - dx * sine).magnitude > across
    }
}
