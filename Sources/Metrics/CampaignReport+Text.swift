extension CampaignReport {
    /// The report as plain text, 80 columns wide; only replay commands may be longer, since they must stay whole.
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
            ReportText.cut("seed \(subject.seed) · campaign \(subject.identity.prefix(16))"
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
        let total = ReportText.flushRight(ReportText.number(kilometers), 18) + " " + ReportText.flushLeft(unit, 10)
        guard let perDay else { return total }
        return total + ReportText.flushRight(ReportText.number(perDay), 22) + " \(unit) per day"
    }

    private func eventTable(_ title: String, _ events: [EventRate]) -> [String] {
        guard let exposure = events.first?.exposure else { return [] }
        let head = ReportText.flushLeft(title, 40) + ReportText.flushRight("per million \(exposure.rawValue)", 40)
        let names = ReportText.flushLeft("", 28) + ReportText.flushRight("count", 14) + ReportText.flushRight("rate", 14)
            + ReportText.flushRight("95 % interval", 24)
        return ["", head, names] + events.map { event in
            let isPart = ["ego ran into other", "other ran into ego", "sideswipe"].contains(event.name)
            let start = ReportText.flushLeft((isPart ? "    " : "  ") + event.name, 28)
                + ReportText.flushRight(ReportText.whole(event.count), 14)
            guard let rate = event.rate else { return start + ReportText.flushRight("–", 14) }
            let interval = "\(ReportText.number(rate.low)) … \(ReportText.number(rate.high))"
            return start + ReportText.flushRight(ReportText.number(rate.perMillionKilometers), 14)
                + ReportText.flushRight(interval, 24)
        }
    }

    private var familyTable: [String] {
        let head = ReportText.flushLeft("Traffic", 14) + ReportText.flushRight("rollouts", 12) + ReportText.flushRight("ego-km", 12)
            + ReportText.flushRight("agent-km", 14) + ReportText.flushRight("collisions", 12)
            + ReportText.flushRight("per M ego-km", 16)
        return ["", head] + families.map { family in
            let rate = family.collisions.rate.map { ReportText.number($0.perMillionKilometers) } ?? "–"
            return ReportText.flushLeft("  " + family.name, 14) + ReportText.flushRight(ReportText.whole(family.rollouts), 12)
                + ReportText.flushRight(ReportText.number(family.egoKilometers), 12)
                + ReportText.flushRight(ReportText.number(family.agentKilometers), 14)
                + ReportText.flushRight(ReportText.whole(family.collisions.count), 12) + ReportText.flushRight(rate, 16)
        }
    }

    private var worstList: [String] {
        guard !worst.isEmpty else { return ["", "No collision, no departure from the road, no near miss."] }
        return ["", "Worst rollouts, each with the command that replays it"] + worst.enumerated().flatMap { rank, rollout in
            let incident = rollout.incident
            let number = ReportText.flushRight("\(rank + 1)", 3)
            return [
                ReportText.cut("\(number)  scenario \(incident.scenario), \(incident.family.name): \(incident.story)"),
                "     \(rollout.replayCommand)",
            ]
        }
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
            case .otherRanIntoEgo: return "a \(collisionPartner.name) ran into the ego, \(speed) faster, \(time)"
            case .sideswipe: return "sideswipe with a \(collisionPartner.name), \(speed) apart, \(time)"
            case .none: return "collision with a \(collisionPartner.name), \(time)"
            }
        case .offRoad: return "left the road \(time)"
        case .completed:
            return "time to collision fell to \(ReportText.number(Double(minimumTimeToCollision))) s"
        }
    }
}
