import Metrics
import TextEscaping

extension CampaignReport {
    /// The report as one self-contained page.
    public var html: String {
        var page = Page(title: "\(subject.name) · Longhaul report")
        page.add("<h1>\(subject.name.escapedForHTML)</h1>")
        page.paragraph(
            "policy \(subject.driver) · seed \(subject.seed) · campaign \(subject.identity.prefix(16)) · world model"
                + " \(subject.worldModel.prefix(16))")
        page.add(facts)
        addRates(to: &page)
        addParts(to: &page)
        page.heading("Distributions over rollouts")
        page.add("<p>Lines: 5th, 50th and 95th percentile. The outermost bars hold what lies beyond.</p>")
        page.add("<div class=charts>\(distributions.map { Histogram(distribution: $0).html }.joined())</div>")
        page.table(["percentile"] + Distribution.percents.map { "\(Int($0)) %" }, percentileRows)
        addDemonstration(to: &page)
        addWorst(to: &page)
        if !attention.isEmpty {
            page.heading("Attention")
            for message in attention { page.paragraph(message) }
        }
        return page.html
    }

    private var facts: String {
        var facts = [
            (ReportText.number(egoKilometers), "ego-km"), (ReportText.number(agentKilometers), "agent-km"),
            (ReportText.whole(rollouts), "rollouts"), (ReportText.number(simulatedHours), "simulated hours"),
        ]
        if let perDay = egoKilometersPerDay { facts.append((ReportText.number(perDay), "ego-km per day")) }
        if activeSeconds > 0 { facts.append((ReportText.duration(activeSeconds), "of work")) }
        let cells = facts.map { "<div class=fact><b>\($0.0.escapedForHTML)</b><span>\($0.1)</span></div>" }
        return "<div class=facts>\(cells.joined())</div>"
    }

    private func addRates(to page: inout Page) {
        page.heading("Per million ego-km: the policy under test")
        page.paragraph("Rate with its exact 95 % Poisson interval, and how often it happened. Logarithmic axis.")
        page.add(Self.strips(events.filter { !$0.isWorldModelFault && ($0.level < 2 || $0.count > 0) }))
        page.heading("Per million agent-km: faults of the world model, never the policy's")
        page.add(Self.strips(events.filter(\.isWorldModelFault)))
        let clustered = events.filter { ($0.clustering ?? 0) > 1.5 }.map { event in
            "\(event.name) (\(ReportText.number((event.clustering ?? 1).squareRoot())) times)"
        }
        if !clustered.isEmpty {
            page.paragraph(
                "These come in clusters, several in one rollout, so their interval, which takes events for"
                    + " independent, is too narrow: " + clustered.joined(separator: ", ") + ".")
        }
    }

    private static func strips(_ events: [ReportedEvent]) -> String {
        RateStrips(
            strips: events.map {
                .init(
                    name: $0.name, level: $0.level, count: $0.count, rate: $0.rate,
                    isSecond: $0.isWorldModelFault)
            }
        ).html
    }

    private func addParts(to page: inout Page) {
        for (title, parts) in [("traffic", families), ("vehicles per km and lane", densities)] {
            page.heading("By \(title)")
            let driven = parts.filter { $0.rollouts > 0 }
            for event in [CountedEvent.failures, .collisions, .nearMisses, .hardBrakes] {
                let name = events.first { $0.key == event.rawValue }?.name ?? event.rawValue
                page.add("<h3>\(name.escapedForHTML) per million ego-km</h3>")
                page.add(
                    RateStrips(
                        strips: driven.map {
                            let part = $0.event(event)
                            return .init(name: $0.name, count: part?.count ?? 0, rate: part?.rate)
                        }
                    ).html)
            }
            page.table(
                ["", "rollouts", "ego-km", "agent-km"],
                driven.map {
                    [
                        $0.name, ReportText.whole($0.rollouts), ReportText.number($0.egoKilometers),
                        ReportText.number($0.agentKilometers),
                    ]
                })
        }
    }

    private var percentileRows: [[String]] {
        distributions.map { distribution in
            ["\(distribution.name), \(distribution.unit)"]
                + distribution.percentiles.map { ReportText.number($0.value) }
        }
    }

    private func addDemonstration(to page: inout Page) {
        page.heading("How much farther to show that \(demonstration.name) are rare")
        page.paragraph(
            "Kilometres to go until fewer than so many per million ego-km are shown with 95 % confidence, the rule"
                + " of Kalra & Paddock, Driving to Safety (RAND, 2016).")
        page.table(
            ["fewer than", "if none happens any more", "at the present rate"],
            demonstration.limits.map { limit in
                let present = limit.kilometersAtThisRate.map { "\(ReportText.number($0)) km" }
                return [
                    "\(ReportText.number(limit.limit)) per million km",
                    limit.isShown ? "shown" : "\(ReportText.number(limit.kilometersIfNoMoreEvents)) km",
                    limit.isShown ? "shown" : present ?? "never: the rate is higher",
                ]
            })
    }

    private func addWorst(to page: inout Page) {
        guard !worst.isEmpty else { return }
        page.heading("Worst rollouts")
        for rollout in worst {
            let incident = rollout.incident
            let listed = rollout.number.map { " (\($0) of the seed)" } ?? ""
            page.paragraph("Scenario \(incident.scenario)\(listed), \(incident.family.name): \(incident.story)")
            page.add(Page.command(rollout.replayCommand))
        }
    }
}
