/// What a run counted, and its rates per CPU second.
struct Figures: Encodable {
    var kernel: String
    var cpuSeconds = 0.0
    /// Scenes times steps of 0.1 s.
    var sceneSteps = 0
    /// Agents times steps of 0.1 s.
    var agentSteps = 0
    /// Driven by the policy under test, m.
    var egoMeters = 0.0
    /// Driven by everybody, m.
    var agentMeters = 0.0

    init(kernel: String) { self.kernel = kernel }

    private enum Key: String, CodingKey {
        case kernel, cpuSeconds, agentStepsPerSecond, sceneStepsPerSecond, egoKilometersPerDay, meanSpeed
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(kernel, forKey: .kernel)
        try container.encode(cpuSeconds, forKey: .cpuSeconds)
        try container.encode(Double(agentSteps) / cpuSeconds, forKey: .agentStepsPerSecond)
        try container.encode(Double(sceneSteps) / cpuSeconds, forKey: .sceneStepsPerSecond)
        try container.encode(egoMeters / 1000 * 86_400 / cpuSeconds, forKey: .egoKilometersPerDay)
        try container.encode(agentMeters / (Double(agentSteps) * 0.1), forKey: .meanSpeed)
    }
}
