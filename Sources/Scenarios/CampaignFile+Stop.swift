import Metrics
import Yams

/// The key `stop` of campaign files: `{failures: 100, simulated-hours: 50, wall-hours: 8,
/// interval: {event: ego-collisions, width: 0.5}}`, any of them.
extension CampaignFile {
    static func stop(_ value: CampaignValue, file: String) throws(CampaignError) -> StopRule {
        guard let mapping = value.node.mapping else {
            throw value.refusal("`stop` is no mapping", "rules such as {failures: 100, simulated-hours: 50}")
        }
        let entries = try CampaignEntries(
            mapping, allowed: ["failures", "simulated-hours", "wall-hours", "interval"], place: "stop", file: file)
        var stop = StopRule()
        stop.failures = try entries["failures"]?.whole(1...(1 << 56))
        stop.simulatedHours = try entries["simulated-hours"]?.number(1e-6...1e12)
        stop.wallHours = try entries["wall-hours"]?.number(1e-6...1e6)
        if let interval = entries["interval"] { stop.interval = try self.interval(interval, file: file) }
        return stop
    }

    private static func interval(
        _ value: CampaignValue, file: String
    ) throws(CampaignError) -> StopRule.Interval {
        let example = "an event and a width such as {event: ego-collisions, width: 0.5}"
        guard let mapping = value.node.mapping else { throw value.refusal("`interval` is no mapping", example) }
        let entries = try CampaignEntries(mapping, allowed: ["event", "width"], place: "interval", file: file)
        guard let event = entries["event"], let width = entries["width"] else {
            throw value.refusal("`interval` lacks its event or its width", example)
        }
        return StopRule.Interval(
            event: try event.choice(of: CountedEvent.self), relativeWidth: try width.number(StopRule.widths))
    }

    /// The line of a campaign's rules, or nothing.
    static func stop(of campaign: Campaign) -> String {
        let stop = campaign.stop
        var rules: [String] = []
        if let failures = stop.failures { rules.append("failures: \(failures)") }
        if let hours = stop.simulatedHours { rules.append("simulated-hours: \(hours)") }
        if let hours = stop.wallHours { rules.append("wall-hours: \(hours)") }
        if let interval = stop.interval {
            rules.append("interval: {event: \(interval.event.rawValue), width: \(interval.relativeWidth)}")
        }
        return rules.isEmpty ? "" : "stop: {\(rules.joined(separator: ", "))}\n"
    }
}
