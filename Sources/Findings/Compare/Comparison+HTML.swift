import Metrics
import TextEscaping

extension Comparison {
    /// The comparison as one self-contained page.
    public var html: String {
        var page = Page(title: "\(b.driver) against \(a.driver) · Longhaul comparison")
        page.add("<h1>B against A, on the same scenarios</h1>")
        page.add("<p><b class=better>A</b> \(a.driver.escapedForHTML) · \(folderA.escapedForHTML)<br>")
        page.add("<b class=worse>B</b> \(b.driver.escapedForHTML) · \(folderB.escapedForHTML)</p>")
        page.paragraph(
            "seed \(a.seed) · \(ReportText.whole(pairs)) scenarios in both · \(ReportText.number(egoKilometersA))"
                + " ego-km with A, \(ReportText.number(egoKilometersB)) with B · \(ReportText.whole(onlyInA)) only in"
                + " A, \(ReportText.whole(onlyInB)) only in B")
        addOutcomes(to: &page)
        addMetrics(to: &page)
        let names = event == .failures
            ? ("Newly failing with B", "Fixed with B") : ("New \(event.rawValue) with B", "No \(event.rawValue) any more")
        add(names.0, newFailures, newlyFailing, to: &page) { $0.b.story }
        add(names.1, fixedFailures, nowFixed, to: &page) { $0.a.story }
        return page.html
    }

    private func addOutcomes(to page: inout Page) {
        page.heading("Outcomes, A's down and B's across")
        let (names, counts) = outcomeMatrix
        page.table([""] + names, zip(names, counts).map { [$0] + $1.map(ReportText.whole) })
    }

    private func addMetrics(to page: inout Page) {
        page.heading("Per million ego-km")
        page.paragraph("Each policy's rate with its exact 95 % Poisson interval, and how often it happened.")
        let events = metrics.filter { ($0.countA ?? 0) + ($0.countB ?? 0) > 0 }
        page.add(RateStrips(strips: events.flatMap(strips)).html)
        page.heading("Paired differences")
        page.paragraph(
            "B less A with its 95 % interval, scenario by scenario; p is the exact McNemar test over scenarios with"
                + " the event at all. Of many lines one may be chance.")
        page.table(
            ["", "A", "B", "B - A", "95 % interval", "only A", "only B", "p", "B is"],
            metrics.map { metric in
                let test = metric.mcnemar
                return [
                    metric.countA == nil ? "\(metric.name), \(metric.unit)" : metric.name,
                    metric.a.map(ReportText.number) ?? "–", metric.b.map(ReportText.number) ?? "–",
                    metric.difference.map { Self.signed($0.value) } ?? "–",
                    metric.difference.map(Self.text) ?? "–", test.map { ReportText.whole($0.onlyA) } ?? "",
                    test.map { ReportText.whole($0.onlyB) } ?? "", test.map { Self.pText($0.pValue) } ?? "",
                    metric.verdict.word,
                ]
            })
    }

    private func strips(_ metric: ComparedMetric) -> [RateStrips.Strip] {
        let a = EventRate(
            name: "", count: metric.countA ?? 0, exposure: .egoKilometers, kilometers: egoKilometersA)
        let b = EventRate(
            name: "", count: metric.countB ?? 0, exposure: .egoKilometers, kilometers: egoKilometersB)
        return [
            .init(name: metric.name, count: a.count, rate: a.rate),
            .init(name: "with B", level: 1, count: b.count, rate: b.rate, isSecond: true),
        ]
    }

    private func add(
        _ title: String, _ count: UInt64, _ changes: [Change], to page: inout Page, story: (Change) -> String
    ) {
        page.heading("\(title): \(ReportText.whole(count))")
        if count > changes.count { page.paragraph("The worst \(changes.count):") }
        for change in changes {
            page.paragraph("Scenario \(change.number), \(change.family.name): \(story(change))")
            page.add(Page.command(change.replayA) + Page.command(change.replayB))
        }
    }
}
