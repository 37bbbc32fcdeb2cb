import Metrics

/// What ends a campaign before its goal: whichever comes first.
///
/// All but `wallHours` are decided on the shortest prefix of shards for which they hold, so a result doesn't
/// depend on who was fast; see `StopTally`. Time on the wall can't be: when it is over no shard is begun any
/// more, those begun are finished, and all of them count.
public struct StopRule: Sendable, Equatable, Codable {
    /// Simulated time of the rollouts together, hours.
    public var simulatedHours: Double?
    /// Time that coordinators have worked on the campaign, hours.
    public var wallHours: Double?
    /// Rollouts that did not reach the horizon.
    public var failures: UInt64?
    public var interval: Interval?

    /// Until a rate is known this well.
    public struct Interval: Sendable, Equatable, Codable {
        public var event: CountedEvent
        /// Width of the rate's exact 95 % Poisson interval over the rate itself.
        public var relativeWidth: Double

        public init(event: CountedEvent, relativeWidth: Double) {
            self.event = event
            self.relativeWidth = relativeWidth
        }

        /// The relative width depends on the number of events alone, whatever the kilometres: this is the
        /// least number whose interval is narrow enough.
        public var eventsNeeded: UInt64 {
            func isNarrow(_ count: UInt64) -> Bool {
                let interval = PoissonInterval(count: count)
                return (interval.high - interval.low) / Double(count) <= relativeWidth
            }
            var high: UInt64 = 1
            while !isNarrow(high) { high *= 2 }
            var low = high / 2
            while high - low > 1 {
                let middle = low + (high - low) / 2
                if isNarrow(middle) { high = middle } else { low = middle }
            }
            return high
        }
    }

    /// The relative widths that a campaign may ask for.
    public static let widths = 0.01...5.0

    public init() {}

    public var isEmpty: Bool { self == StopRule() }
}
