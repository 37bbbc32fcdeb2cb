import Metrics
import ReproducibleMath
import RoadNetwork

/// Draws freeway corridors: straights, clothoid transitions and arcs, two to six parallel lanes.
struct RoadDraw {
    let random: CounterRandom

    /// Distance between samples of a generated corridor, metres.
    static let spacing: Float = 25
    /// Tightest arc, metres; faster roads bend less (RAA 2008 and AASHTO 2018 allow less than this).
    static let smallestRadius: Float = 600
    /// Lateral acceleration that the tightest arc costs at the speed level, m/s².
    static let lateralAtSpeedLevel: Float = 1.2
    /// Share of roads with 2, 3, 4, 5 and 6 lanes. Jams get fewer lanes, so that the same number of
    /// agents fills a longer window.
    static let laneShares: [TrafficFamily: [Float]] = [
        .freeFlow: [0.15, 0.25, 0.3, 0.2, 0.1], .busy: [0.15, 0.3, 0.3, 0.15, 0.1],
        .dense: [0.25, 0.35, 0.25, 0.1, 0.05], .jam: [0.35, 0.35, 0.2, 0.06, 0.04],
    ]

    /// - Parameters:
    ///   - behind: how far the corridor reaches before `s` = 0, metres.
    ///   - ahead: how far it reaches from `s` = 0 on, metres.
    func corridor(family: TrafficFamily, behind: Float, ahead: Float) -> Corridor {
        let draw = random.uniforms(agent: 0, step: 0, purpose: .road)
        let laneCount = 2 + pick(Self.laneShares[family] ?? [1], at: draw.x)
        let laneWidth = 3.4 + 0.35 * draw.y
        let speedLevel = 22 + 12 * draw.z
        let sampleCount = Int((behind + ahead) / Self.spacing) + 2
        let curvature = curvature(sampleCount: sampleCount, speedLevel: speedLevel)
        var centres: [Float] = []
        centres.reserveCapacity(laneCount * sampleCount)
        for lane in 0..<laneCount {
            let centre = (0.5 * Float(laneCount - 1) - Float(lane)) * laneWidth
            centres.append(contentsOf: repeatElement(centre, count: sampleCount))
        }
        let (points, headings) = referenceLine(curvature: curvature)
        return Corridor(
            start: -behind, spacing: Self.spacing, curvature: curvature, laneCount: laneCount,
            laneCentre: centres, laneWidth: [Float](repeating: laneWidth, count: laneCount * sampleCount),
            speedLevel: speedLevel, points: points, headings: headings)
    }

    /// Curvature per sample, 1/m: straight, clothoid in, arc, clothoid out, and again.
    private func curvature(sampleCount: Int, speedLevel: Float) -> [Float] {
        let bySpeed = speedLevel * speedLevel / Self.lateralAtSpeedLevel
        let sharpest = 1 / (bySpeed > Self.smallestRadius ? bySpeed : Self.smallestRadius)
        var profile: [Float] = []
        profile.reserveCapacity(sampleCount)
        var element: UInt32 = 1
        while profile.count < sampleCount {
            let lengths = random.uniforms(agent: 0, step: element, purpose: .road)
            let shape = random.uniforms(agent: 1, step: element, purpose: .road)
            element += 1
            let arc = (0.15 + 0.85 * shape.x) * sharpest * (shape.y < 0.5 ? -1 : 1)
            let transition = samples(80 + 140 * lengths.y)
            append(0, count: samples(150 + 850 * lengths.x), to: &profile)
            let ramp = (1...transition).map { arc * Float($0) / Float(transition + 1) }
            profile += ramp
            append(arc, count: samples(150 + 550 * lengths.z), to: &profile)
            profile += ramp.reversed()
        }
        profile.removeLast(profile.count - sampleCount)
        return profile
    }

    private func samples(_ metres: Float) -> Int { Int(metres / Self.spacing) + 1 }

    private func append(_ value: Float, count: Int, to profile: inout [Float]) {
        profile.append(contentsOf: repeatElement(value, count: count))
    }

    /// Integrates the reference line, for display only: each stretch runs along its mean heading.
    private func referenceLine(curvature: [Float]) -> (points: [Point], headings: [Double]) {
        var points = [Point(x: 0, y: 0)]
        var headings = [0.0]
        points.reserveCapacity(curvature.count)
        headings.reserveCapacity(curvature.count)
        var heading: Float = 0
        for sample in 1..<curvature.count {
            let turn = 0.5 * Self.spacing * (curvature[sample - 1] + curvature[sample])
            let along = Elementary.sineAndCosine(heading + 0.5 * turn)
            let last = points[sample - 1]
            points.append(
                Point(
                    x: last.x + Double(Self.spacing * along.cosine),
                    y: last.y + Double(Self.spacing * along.sine)))
            heading += turn
            headings.append(Double(heading))
        }
        return (points, headings)
    }

    /// The index whose share of the whole contains `uniform`.
    private func pick(_ shares: [Float], at uniform: Float) -> Int {
        var passed: Float = 0
        for (index, share) in shares.enumerated() {
            passed += share
            if uniform < passed { return index }
        }
        return shares.count - 1
    }
}
