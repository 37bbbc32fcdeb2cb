import ArgumentParser
import Metrics
import Scenarios

/// Options that end a campaign before its goal; as the key `stop` of campaign files.
struct StopOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Stop at so many failed rollouts.", valueName: "N"))
    var failures: UInt64?

    @Option(help: ArgumentHelp("Stop after so many simulated hours.", valueName: "X"))
    var simulatedHours: Double?

    @Option(
        help: ArgumentHelp(
            "Begin nothing new after so many hours of work; what is begun is finished and counts.",
            valueName: "X"))
    var wallHours: Double?

    @Option(
        help: ArgumentHelp(
            "Stop when the 95 % interval of a rate is this narrow, as a share of the rate: "
                + CountedEvent.allCases.map(\.rawValue).joined(separator: ", ") + ".",
            valueName: "RATE=WIDTH"))
    var untilWidth: IntervalWidth?

    func validate() throws {
        if failures == 0 { throw ValidationError("--failures takes a number from 1") }
        if let simulatedHours, !(1e-6...1e12).contains(simulatedHours) {
            throw ValidationError("--simulated-hours takes 1e-6 to 1e12")
        }
        if let wallHours, !(1e-6...1e6).contains(wallHours) {
            throw ValidationError("--wall-hours takes 1e-6 to 1e6")
        }
    }

    var isEmpty: Bool { failures == nil && simulatedHours == nil && wallHours == nil && untilWidth == nil }

    func apply(to rule: inout StopRule) {
        if let failures { rule.failures = failures }
        if let simulatedHours { rule.simulatedHours = simulatedHours }
        if let wallHours { rule.wallHours = wallHours }
        if let untilWidth { rule.interval = untilWidth.interval }
    }
}

/// `RATE=WIDTH`, such as `ego-collisions=0.5`.
struct IntervalWidth: ExpressibleByArgument {
    var interval: StopRule.Interval

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let event = CountedEvent(rawValue: String(parts[0])),
            let width = Double(parts[1]), StopRule.widths.contains(width)
        else { return nil }
        interval = StopRule.Interval(event: event, relativeWidth: width)
    }
}
