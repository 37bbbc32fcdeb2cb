extension CampaignReport {
    /// The report as plain text, 80 columns wide; only replay commands may be longer, since they must stay
    /// whole.
    public var text: String {
        var lines = heading
        lines += eventTable("The policy under test", events.filter { !$0.isWorldModelFault })
        lines += eventTable("World-model faults (never the policy's)", events.filter(\.isWorldModelFault))
        lines += familyTable
        lines += worstList
        if !attention.isEmpty {
            lines += ["", "Attention"] + attention.flatMap { ReportText.wrapped($0, indent: "  ") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var heading: [String] {
        let rule = String(repeating: "─", count: ReportText.width)
        var lines = [
            ReportText.spread("LONGHAUL  \(subject.name)", "policy \(subject.policy)"),
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

    private func eventTable(_ title: String, _ events: [EventRate]) -> [String] {
        guard let exposure = events.first?.exposure else { return [] }
        let head = ReportText.row([(title, 40), ("per million \(exposure.rawValue)", 40)])
        let names = ReportText.row([("", 28), ("count", 14), ("rate", 14), ("95 % interval", 24)])
        return ["", head, names] + events.map(eventLine)
    }

    private func eventLine(_ event: EventRate) -> String {
        let isPart = ["ego ran into other", "other ran into ego", "sideswipe"].contains(event.name)
        var cells = [((isPart ? "    " : "  ") + event.name, 28), (ReportText.whole(event.count), 14)]
        guard let rate = event.rate else { return ReportText.row(cells + [("–", 14)]) }
        cells.append((ReportText.number(rate.perMillionKilometers), 14))
        cells.append(("\(ReportText.number(rate.low)) … \(ReportText.number(rate.high))", 24))
        return ReportText.row(cells)
    }

    private var familyTable: [String] {
        let head = ReportText.row([
            ("Traffic", 14), ("rollouts", 12), ("ego-km", 12), ("agent-km", 12), ("collisions", 11),
            ("per million ego-km", 19),
        ])
        var lines = ["", head]
        for family in families {
            let rate = family.collisions.rate.map { ReportText.number($0.perMillionKilometers) } ?? "–"
            let cells: [(String, Int)] = [
                ("  " + family.name, 14), (ReportText.whole(family.rollouts), 12),
                (ReportText.number(family.egoKilometers), 12),
                (ReportText.number(family.agentKilometers), 12),
                (ReportText.whole(family.collisions.count), 11), (rate, 19),
            ]
            lines.append(ReportText.row(cells))
        }
        return lines
    }

    private var worstList: [String] {
        guard !worst.isEmpty else { return ["", "No collision, no departure from the road, no near miss."] }
        var lines = ["", "Worst rollouts, each with the command that replays it"]
        for (index, rollout) in worst.enumerated() {
            let incident = rollout.incident
            let number = ReportText.flushRight("\(index + 1)", 3)
            let scenario = "scenario \(incident.scenario), \(incident.family.name)"
            lines.append(ReportText.cut("\(number)  \(scenario): \(incident.story)"))
            lines.append("     \(rollout.replayCommand)")
        }
        return lines
    }
}

extension Incident {
    /// What happened, in a few words.
    public var story: String {
        let time = "after \(ReportText.number(Double(simulatedSeconds))) s"
        let speed = "\(ReportText.number(Double(collisionSpeed))) m/s"
        switch outcome {
        case .collision:
            switch collisionKind {
            case .egoRanIntoOther: return "ran into a \(collisionPartner.name), \(speed) faster, \(time)"
            case .otherRanIntoEgo:
                return "a \(collisionPartner.name) ran into the ego, \(speed) faster, \(time)"
            case .sideswipe: return "sideswipe with a \(collisionPartner.name), \(speed) apart, \(time)"
            case .none: return "collision with a \(collisionPartner.name), \(time)"
            }
        case .offRoad: return "left the road \(time)"
        case .policyCrashed: return "the policy crashed \(time)"
        case .policyHung: return "the policy gave no answer \(time)"
        case .policyBadAction: return "the policy asked for the impossible \(time)"
        case .policyNotDeterministic: return "the policy drove differently the second time"
        case .completed:
            return "time to collision fell to \(ReportText.number(Double(minimumTimeToCollision))) s"
        }
    }
}
