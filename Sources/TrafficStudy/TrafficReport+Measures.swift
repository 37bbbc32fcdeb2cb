extension TrafficReport {
    /// All minutes together.
    public var allMinutes: TrafficMeasures { simulated.reduce(into: TrafficMeasures()) { $0.add($1) } }

    /// All roads together.
    public var allRecorded: TrafficMeasures { recorded.reduce(into: TrafficMeasures()) { $0.add($1.measures) } }
}
