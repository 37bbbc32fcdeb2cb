import Foundation

/// The report as text, 88 columns wide.
extension EvaluationReport {
    public var table: String {
        var lines = [
            "Closed-loop realism: \(rollouts) rollouts of \(Int(Evaluation.horizon)) s, every agent simulated",
            "\(split.rawValue) recordings, seed \(seed); 1 is perfect, the recording itself is the ceiling",
        ]
        var shown: [String] = []
        for road in roads.map(\.road) where !shown.contains(road) {
            shown.append(road)
            let scores = roads.filter { $0.road == road }
            guard let first = scores.first else { continue }
            let meaning = road == RoadScore.freeway ? ", mean of US-101 and I-24" : ""
            lines += ["", "\(road)\(meaning): \(first.scenes) scenes, \(first.agents) agents"]
            lines.append(
                Self.row(
                    "",
                    ["score", "95 % interval", "coarse", "speed", "accel", "turn", "near", "TTC", "edge"],
                    Self.likelihoodWidths))
            lines += scores.map(Self.likelihoodRow)
            lines.append("")
            lines.append(
                Self.row(
                    "", ["collided", "off road", "hard brake", "minADE", "RMSE after 1 to 5 s, m"],
                    Self.conductWidths))
            lines += scores.map(Self.conductRow)
        }
        lines += [
            "",
            "score: meta score with fine bins; coarse: with the challenge's published bins; then",
            "likelihoods of speed, acceleration, turn rate, distance to the nearest object, time to",
            "collision and distance to the road's edge. collided, off road: share of agent rollouts;",
            "hard brake: share of steps below -3 m/s2; RMSE: of the mean rollout.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static let titleWidth = 22
    private static let likelihoodWidths = [6, 15, 8, 7, 6, 6, 6, 6, 6]
    private static let conductWidths = [10, 10, 12, 9, 25]

    private static func likelihoodRow(_ score: RoadScore) -> String {
        let shown: [RealismComponent] = [
            .speed, .acceleration, .turnRate, .nearestObject, .timeToCollision, .roadEdge,
        ]
        let interval = "\(share(score.low, 3)) - \(share(score.high, 3))"
        return row(
            score.contender.title,
            [share(score.meta, 3), interval, share(score.metaPublished, 3)]
                + shown.map { share(score.components[$0.name] ?? 0, 2) }, likelihoodWidths)
    }

    private static func conductRow(_ score: RoadScore) -> String {
        let errors = score.rootMeanSquare.map { error in
            pad(error.map { String(format: "%.1f", $0) } ?? "-", 5)
        }
        return row(
            score.contender.title,
            [score.collisionShare, score.offRoadShare, score.hardBrakeShare].map {
                String(format: "%.2f %%", 100 * $0)
            }
                + [String(format: "%.2f m", score.minADE), errors.joined()], conductWidths)
    }

    /// Without the leading zero, as likelihoods are printed.
    private static func share(_ value: Double, _ decimals: Int) -> String {
        let text = String(format: "%.\(decimals)f", value)
        return text.hasPrefix("0.") ? String(text.dropFirst()) : text
    }

    private static func row(_ title: String, _ cells: [String], _ widths: [Int]) -> String {
        let left = "  " + title + String(repeating: " ", count: max(0, titleWidth - title.count - 2))
        return left + zip(cells, widths).map(pad).joined()
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
