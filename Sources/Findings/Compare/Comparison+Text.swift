import Metrics

extension Comparison {
    /// The comparison as plain text, 80 columns wide; only replay commands may be longer.
    public var text: String {
        var lines = [
            "LONGHAUL  B against A, on the same scenarios", String(repeating: "─", count: ReportText.width),
            ReportText.cut("A  \(a.driver)   \(folderA)"), ReportText.cut("B  \(b.driver)   \(folderB)"),
            ReportText.cut(
                "seed \(a.seed) · \(ReportText.whole(pairs)) scenarios · \(ReportText.number(egoKilometersA)) ego-km"
                    + " with A, \(ReportText.number(egoKilometersB)) with B"),
        ]
        if onlyInA + onlyInB > 0 {
            lines.append(
                "not compared: \(ReportText.whole(onlyInA)) scenarios that only A has,"
                    + " \(ReportText.whole(onlyInB)) that only B has")
        }
        lines += outcomeTable + metricTable
        lines += changeList("newly failing", "with new", count: newFailures, newlyFailing) { "\($0.b.story)" }
        lines += changeList("fixed", "no longer with", count: fixedFailures, nowFixed) { "\($0.a.story)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Outcomes that occur, A's down and B's across.
    var outcomeMatrix: (names: [String], counts: [[UInt64]]) {
        let known = ["completed"] + FailureKind.failures.map(\.rawValue)
        let names = known.filter { name in outcomes.contains { $0.a == name || $0.b == name } }
        let counts = names.map { a in
            names.map { b in outcomes.first { $0.a == a && $0.b == b }?.count ?? 0 }
        }
        return (names, counts)
    }

    private var outcomeTable: [String] {
        let (names, counts) = outcomeMatrix
        let width = max(10, (ReportText.width - 24) / max(1, names.count))
        let numbers = names.indices.map { "(\($0 + 1))" }
        var lines = ["", ReportText.row([("Outcome with A \\ with B", 24)] + numbers.map { ($0, width) })]
        for (index, name) in names.enumerated() {
            lines.append(
                ReportText.row(
                    [("  (\(index + 1)) \(name)", 24)] + counts[index].map { (ReportText.whole($0), width) }))
        }
        return lines
    }

    private var metricTable: [String] {
        let events = metrics.filter { ($0.countA ?? 0) + ($0.countB ?? 0) > 0 }
        let means = metrics.filter { $0.countA == nil }
        return table("Per million ego-km", events) + table("Mean over rollouts", means) + [
            "  Paired by scenario. p: exact McNemar test over scenarios with any such event.",
            "  Each line alone is right in 95 of 100 cases; of many lines one may be chance.",
        ]
    }

    private func table(_ title: String, _ metrics: [ComparedMetric]) -> [String] {
        let head = ReportText.row([
            (title, 24), ("A", 10), ("B", 10), ("B - A (95 %)", 21), ("p", 8), ("B is", 7),
        ])
        return ["", head] + metrics.map { metric in
            let name = metric.countA == nil ? "\(metric.name), \(metric.unit)" : metric.name
            return ReportText.row([
                (ReportText.cut("  " + name, 24), 24), (metric.a.map(ReportText.short) ?? "–", 10),
                (metric.b.map(ReportText.short) ?? "–", 10), (metric.difference.map(Self.text) ?? "–", 21),
                (metric.mcnemar.map { Self.pText($0.pValue) } ?? "", 8), (metric.verdict.word, 7),
            ])
        }
    }

    static func pText(_ value: Double) -> String {
        value < 1e-4 ? "<0.0001" : value < 0.01 ? String(format: "%.4f", value) : ReportText.number((value * 1e4).rounded() / 1e4)
    }

    static func text(_ estimate: Estimate) -> String {
        "\(signed(estimate.low)) … \(signed(estimate.high))"
    }

    static func signed(_ value: Double) -> String {
        (value < 0 ? "-" : value > 0 ? "+" : "") + ReportText.short(abs(value))
    }

    private func changeList(
        _ failing: String, _ having: String, count: UInt64, _ changes: [Change], story: (Change) -> String
    ) -> [String] {
        let scenarios = count == 1 ? "1 scenario" : "\(ReportText.whole(count)) scenarios"
        let what = event == .failures ? failing : "\(having) \(event.rawValue)"
        let worst = count > changes.count ? ", the worst \(changes.count)" : ""
        var lines = ["", "\(scenarios) \(what)" + (changes.isEmpty ? "" : worst)]
        for change in changes {
            lines.append(
                ReportText.cut("  scenario \(change.number), \(change.family.name): \(story(change))"))
            lines.append("    A: \(change.replayA)")
            lines.append("    B: \(change.replayB)")
        }
        return lines
    }
}

extension ComparedMetric.Verdict {
    /// Empty where nothing is shown.
    var word: String {
        switch self {
        case .better: "better"
        case .worse: "worse"
        case .undecided: ""
        }
    }
}
