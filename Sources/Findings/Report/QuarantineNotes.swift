import RecordStore

extension ResultFolder {
    /// So many scenarios in quarantine are named; the journal's `quarantine` table has all.
    private static let namedScenarios = 20

    /// What a report has to say of scenarios and workers in quarantine, so that nothing is missing silently.
    func quarantineNotes(_ replayCommand: ReplayCommand) throws(JournalError) -> [String] {
        let scenarios = try journal.quarantinedScenarios()
        var notes: [String] = []
        if !scenarios.isEmpty {
            notes.append(
                "Scenarios in quarantine: \(scenarios.count). No worker got through them, and no sum counts them.")
        }
        for entry in scenarios.prefix(Self.namedScenarios) {
            notes.append(
                "Scenario \(entry.scenario) is in quarantine: \(entry.cause) (\(entry.workers)). Replay it with:"
                    + " \(replayCommand(self, entry.shard, entry.scenario))")
        }
        for worker in try journal.quarantinedWorkers() {
            notes.append("Worker \(worker.name) on \(worker.host) got no more work: \(worker.cause).")
        }
        return notes
    }
}
