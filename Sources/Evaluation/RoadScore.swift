import ReproducibleMath
import TrafficData

/// One contender's score on one road, or on freeways: the mean of US-101 and I-24.
public struct RoadScore: Sendable, Codable, Equatable {
    /// Where, as in `RecordingSource`, or `RoadScore.freeway`.
    public var road: String
    public var contender: Contender
    public var scenes: Int
    /// Judged agents; scenes are weighted by them.
    public var agents: Int
    /// Meta scores with the finer bins (the headline) and with the published ones.
    public var meta: Double
    public var metaPublished: Double
    /// 95 % of bootstrap samples of the scenes have a headline score between these.
    public var low: Double
    public var high: Double
    /// Likelihoods by component name.
    public var components: [String: Double]
    public var componentsPublished: [String: Double]
    /// Shares of agent rollouts and of agent steps.
    public var collisionShare: Double
    public var offRoadShare: Double
    public var hardBrakeShare: Double
    /// Metres.
    public var minADE: Double
    /// Root mean square error of the mean rollout after 1, 2, 3, 4 and 5 s, metres; nil where no agent
    /// was recorded so long.
    public var rootMeanSquare: [Double?]

    public static let freeway = "freeway"
    static let bootstrapSamples = 1000

    init(road: RecordingSource, contender: Contender, scores: [SceneScore], samples: [Double]) {
        let agents = scores.reduce(0) { $0 + $1.agents }
        func mean(_ value: (SceneScore) -> Double) -> Double { RoadScore.mean(scores, value) }
        func components(_ likelihoods: (SceneScore) -> [Double]) -> [String: Double] {
            Dictionary(
                uniqueKeysWithValues: RealismComponent.allCases.map { component in
                    (component.name, mean { likelihoods($0)[component.rawValue] })
                })
        }
        var conduct = Conduct()
        for score in scores { conduct += score.conduct }
        self.road = road.rawValue
        self.contender = contender
        self.scenes = scores.count
        self.agents = agents
        meta = mean { $0.meta(.fine) }
        metaPublished = mean { $0.meta(.published) }
        (low, high) = Self.interval(samples)
        self.components = components(\.fine)
        componentsPublished = components(\.published)
        collisionShare = conduct.collisionShare
        offRoadShare = conduct.offRoadShare
        hardBrakeShare = conduct.hardBrakeShare
        minADE = conduct.minADE
        rootMeanSquare = conduct.rootMeanSquare
    }

    /// The mean of two roads, each counting half.
    init(freeways a: RoadScore, _ b: RoadScore, samples: [Double]) {
        func mean(_ value: (RoadScore) -> Double) -> Double { 0.5 * (value(a) + value(b)) }
        road = Self.freeway
        contender = a.contender
        scenes = a.scenes + b.scenes
        agents = a.agents + b.agents
        meta = mean(\.meta)
        metaPublished = mean(\.metaPublished)
        (low, high) = Self.interval(samples)
        components = a.components.merging(b.components) { 0.5 * ($0 + $1) }
        componentsPublished = a.componentsPublished.merging(b.componentsPublished) { 0.5 * ($0 + $1) }
        collisionShare = mean(\.collisionShare)
        offRoadShare = mean(\.offRoadShare)
        hardBrakeShare = mean(\.hardBrakeShare)
        minADE = mean(\.minADE)
        rootMeanSquare = zip(a.rootMeanSquare, b.rootMeanSquare).map { first, second in
            guard let first, let second else { return nil }
            return 0.5 * (first + second)
        }
    }

    /// Headline scores of scenes drawn with replacement. The draws depend on seed and road only, so that
    /// contenders are compared on the same scenes.
    static func bootstrap(_ scores: [SceneScore], road: RecordingSource, seed: UInt64) -> [Double] {
        let number = RecordingSource.allCases.firstIndex(of: road) ?? 0
        let random = CounterRandom(seed: seed, scenario: UInt64(number))
        return (0..<UInt32(bootstrapSamples)).map { sample in
            let drawn = scores.indices.map { draw in
                let words = random.bits(agent: UInt32(draw), step: sample, purpose: .evaluation)
                return scores[Int((UInt64(words.x) * UInt64(scores.count)) >> 32)]
            }
            return mean(drawn) { $0.meta(.fine) }
        }
    }

    /// Weighted by agents.
    private static func mean(_ scores: [SceneScore], _ value: (SceneScore) -> Double) -> Double {
        let agents = scores.reduce(0) { $0 + $1.agents }
        guard agents > 0 else { return 0 }
        return scores.reduce(0) { $0 + Double($1.agents) * value($1) } / Double(agents)
    }

    private static func interval(_ samples: [Double]) -> (low: Double, high: Double) {
        let sorted = samples.sorted()
        guard !sorted.isEmpty else { return (0, 0) }
        return (sorted[sorted.count * 25 / 1000], sorted[min(sorted.count - 1, sorted.count * 975 / 1000)])
    }
}
