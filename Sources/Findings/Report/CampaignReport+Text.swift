import Foundation
import Metrics

extension CampaignReport {
    /// The report as plain text, 80 columns wide; only replay commands may be longer, since they must stay
    /// whole.
    public var text: String {
        var lines = heading
        lines += eventTable("The policy under test", events.filter { !$0.isWorldModelFault })
        lines += eventTable("World-model faults (never the policy's)", events.filter(\.isWorldModelFault))
        lines += clusteringNote
        lines += partTable("By traffic", families)
        lines += partTable("By vehicles per km and lane", densities)
        lines += distributionTable
        lines += demonstrationTable
        lines += worstList
        if !attention.isEmpty {
            lines += ["", "Attention"] + attention.flatMap { ReportText.wrapped($0, indent: "  ") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var heading: [String] {
        let rule = String(repeating: "─", count: ReportText.width)
        var lines = [
            ReportText.spread("LONGHAUL  \(subject.name)", "policy \(subject.driver)"),
            rule,
            ReportText.cut(
                "seed \(subject.seed) · campaign \(subject.identity.prefix(16))"
                    + " · world model \(subject.worldModel.prefix(16))"),
            "",
            row("ego-km", egoKilometers, egoKilometersPerDay),
            row("agent-km", agentKilometers, agentKilometersPerDay),
        ]
        let hours = ReportText.number(simulatedHours)
        let time = activeSeconds > 0 ? ", \(ReportText.duration(activeSeconds)) of work" : ""
        lines.append("  \(ReportText.whole(rollouts)) rollouts, \(hours) simulated hours\(time)")
        return lines
    }

    private func row(_ unit: String, _ kilometers: Double, _ perDay: Double?) -> String {
        let total = ReportText.row([("", 0), (ReportText.number(kilometers), 18)]) + " " + unit
        guard let perDay else { return total }
        return ReportText.row([(total, 29), (ReportText.number(perDay), 22)]) + " \(unit) per day"
    }

    /// Parts of the second level are shown only where something was counted.
    private func eventTable(_ title: String, _ events: [ReportedEvent]) -> [String] {
        guard let exposure = events.first?.exposure else { return [] }
        let head = ReportText.row([(title, 40), ("per million \(exposure.rawValue)", 40)])
        let names = ReportText.row([("", 28), ("count", 14), ("rate", 14), ("95 % interval", 24)])
        return ["", head, names] + events.filter { $0.level < 2 || $0.count > 0 }.map(eventLine)
    }

    private func eventLine(_ event: ReportedEvent) -> String {
        let indent = String(repeating: "  ", count: event.level + 1)
        let mark = (event.clustering ?? 0) > 1.5 ? " *" : ""
        var cells = [(indent + event.name + mark, 28), (ReportText.whole(event.count), 14)]
        guard let rate = event.rate else { return ReportText.row(cells + [("–", 14)]) }
        cells.append((ReportText.number(rate.perMillionKilometers), 14))
        cells.append(("\(ReportText.number(rate.low)) … \(ReportText.number(rate.high))", 24))
        return ReportText.row(cells)
    }

    private var clusteringNote: [String] {
        guard let worst = events.compactMap(\.clustering).max(), worst > 1.5 else { return [] }
        let times = ReportText.number(worst.squareRoot())
        return [""] + ReportText.wrapped(
            "* comes in clusters, several in one rollout: the interval, which takes events for independent, is up"
                + " to \(times) times too narrow.", indent: "  ")
    }

    private func partTable(_ title: String, _ parts: [Part]) -> [String] {
        let head = ReportText.row([
            (title, 28), ("", 10), ("failures per million ego-km", 31), ("near misses", 11),
        ])
        let names = ReportText.row([
            ("", 13), ("rollouts", 9), ("ego-km", 9), ("count", 7), ("rate", 9), ("95 % interval", 22), ("rate", 11),
        ])
        return ["", head, names] + parts.filter { $0.rollouts > 0 }.map { part in
            let failures = part.event(.failures), misses = part.event(.nearMisses)
            let rate = failures?.rate
            return ReportText.row([
                ("  " + part.name, 13), (ReportText.whole(part.rollouts), 9),
                (ReportText.number(part.egoKilometers), 9), (ReportText.whole(failures?.count ?? 0), 7),
                (rate.map { ReportText.short($0.perMillionKilometers) } ?? "–", 9),
                (rate.map { "\(ReportText.short($0.low)) … \(ReportText.short($0.high))" } ?? "–", 22),
                (misses?.rate.map { ReportText.short($0.perMillionKilometers) } ?? "–", 11),
            ])
        }
    }

    private var distributionTable: [String] {
        let shown = [1.0, 5, 50, 95, 99]
        let head = [("Percentiles over rollouts", 40)]
            + shown.map { ("\(Int($0)) %", 8) }
        return ["", ReportText.row(head)] + distributions.map { distribution in
            let values = shown.map { percent in
                distribution.percentiles.first { $0.percent == percent }.map { ReportText.number($0.value) } ?? "–"
            }
            let name = "  \(distribution.name), \(distribution.unit)"
            return ReportText.row([(ReportText.cut(name, 40), 40)] + values.map { ($0, 8) })
        }
    }

    private var demonstrationTable: [String] {
        var lines = ["", "More kilometres to show, with 95 % confidence, fewer \(demonstration.name) than"]
        lines.append(
            ReportText.row([("  per million ego-km", 22), ("if none happens", 27), ("at the present rate", 31)]))
        for limit in demonstration.limits {
            let present = limit.kilometersAtThisRate.map(kilometers) ?? "never: the rate is higher"
            lines.append(
                ReportText.row([
                    ("  " + ReportText.number(limit.limit), 22),
                    (limit.isShown ? "shown" : kilometers(limit.kilometersIfNoMoreEvents), 27),
                    (limit.isShown ? "shown" : present, 31),
                ]))
        }
        return lines
    }

    private func kilometers(_ value: Double) -> String {
        let pace = egoKilometersPerDay.flatMap { $0 > 0 ? value / $0 * 86_400 : nil }
        return "\(ReportText.number(value)) km" + (pace.map { " (\(ReportText.duration($0)))" } ?? "")
    }

    private var worstList: [String] {
        guard !worst.isEmpty else { return ["", "No failure, no near miss."] }
        var lines = ["", "Worst rollouts, each with the command that replays it"]
        for (index, rollout) in worst.enumerated() {
            let incident = rollout.incident
            let number = ReportText.flushRight("\(index + 1)", 3)
            let listed = rollout.number.map { " (\($0) of the seed)" } ?? ""
            let scenario = "scenario \(incident.scenario)\(listed), \(incident.family.name)"
            lines.append(ReportText.cut("\(number)  \(scenario): \(incident.story)"))
            lines.append("     \(rollout.replayCommand)")
        }
        return lines
    }
}
