import TrafficData

/// What an evaluation found.
public struct EvaluationReport: Sendable, Codable {
    public var split: DataSplit
    public var rollouts: Int
    public var seed: UInt64
    /// By road, then by contender in the order asked for; freeways first.
    public var roads: [RoadScore]
    /// Every scene's score, by contender.
    public var scenes: [SceneResult]

    public struct SceneResult: Sendable, Codable {
        public var contender: Contender
        public var score: SceneScore
    }

    /// - Parameter scenes: `[scene][contender]`; not every contender can drive everywhere.
    init(scenes: [[SceneResult]], options: Evaluation.Options) {
        split = options.split
        rollouts = options.rollouts
        seed = options.seed
        self.scenes = scenes.flatMap { $0 }
        var roads: [RoadScore] = []
        var freeways: [RoadScore] = []
        for contender in options.contenders {
            var samples: [RecordingSource: [Double]] = [:]
            var byRoad: [RecordingSource: RoadScore] = [:]
            for road in RecordingSource.allCases {
                let scores = self.scenes.filter { $0.contender == contender }.map(\.score)
                    .filter { $0.source == road && $0.agents > 0 }
                guard !scores.isEmpty else { continue }
                let drawn = RoadScore.bootstrap(scores, road: road, seed: options.seed)
                samples[road] = drawn
                byRoad[road] = RoadScore(road: road, contender: contender, scores: scores, samples: drawn)
            }
            roads += RecordingSource.allCases.compactMap { byRoad[$0] }
            if let a = byRoad[.us101], let b = byRoad[.i24], let drawnA = samples[.us101],
                let drawnB = samples[.i24]
            {
                freeways.append(
                    RoadScore(freeways: a, b, samples: zip(drawnA, drawnB).map { 0.5 * ($0 + $1) }))
            }
        }
        let names = RecordingSource.allCases.map(\.rawValue)
        self.roads = freeways + names.flatMap { name in roads.filter { $0.road == name } }
    }

    /// The score of one contender on one road (or `RoadScore.freeway`).
    public func score(_ contender: Contender, on road: String) -> RoadScore? {
        roads.first { $0.contender == contender && $0.road == road }
    }
}
