import Metrics

extension FailureList {
    /// One paragraph a cause; only replay commands may be longer than 80 columns.
    public var groupText: String {
        var lines = [heading]
        for group in groups {
            let rate = group.rate.map {
                "\(ReportText.number($0.perMillionKilometers)) per million km"
                    + " (\(ReportText.number($0.low)) … \(ReportText.number($0.high)))"
            }
            let indent = String(repeating: " ", count: 12)
            lines += ["", ReportText.flushRight(ReportText.whole(group.count), 9) + " × \(group.cause)"]
            if let rate { lines.append(indent + rate) }
            lines += ReportText.wrapped(group.circumstances, indent: indent)
            lines += ReportText.wrapped("for example " + group.example.title, indent: indent)
            lines.append(indent + group.example.replayCommand)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Two lines a failure.
    public var eachText: String {
        var lines = [heading, ""]
        for failure in failures {
            let severity = ReportText.flushRight(ReportText.number(failure.incident.severity), 7)
            lines.append(ReportText.cut("\(severity)  \(failure.title)"))
            lines.append("         \(failure.replayCommand)")
        }
        if count > failures.count { lines.append("… \(ReportText.whole(count - UInt64(failures.count))) more") }
        return lines.joined(separator: "\n") + "\n"
    }

    private var heading: String {
        let causes = groups.count == 1 ? "1 cause" : "\(groups.count) causes"
        return "\(ReportText.whole(count)) of \(ReportText.whole(rollouts)) rollouts, \(causes),"
            + " in \(ReportText.number(egoKilometers)) ego-km"
    }
}

extension FailureList.Group {
    fileprivate var circumstances: String {
        let order = TrafficFamily.allCases.map(\.name)
        let shares = order.compactMap { name in families[name].map { "\(name) \(ReportText.whole($0))" } }
        guard let slowest, let median, let fastest else { return shares.joined(separator: ", ") }
        return shares.joined(separator: ", ") + "; \(ReportText.number(Double(slowest))) to"
            + " \(ReportText.number(Double(fastest))) m/s, half below \(ReportText.number(median))"
    }
}

extension FailureList.Failure {
    var title: String {
        let listed = number == incident.scenario ? "" : " (\(number) of the seed)"
        let story = kind == .stuck ? "stood on a free road" : incident.story
        return "scenario \(incident.scenario)\(listed), \(incident.family.name): \(story)"
    }
}
