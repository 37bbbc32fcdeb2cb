import Metrics
import Scenarios

extension CoordinatorMachine {
    /// What happens by itself: leases expire, silent workers are lost, the goal is reached.
    package mutating func tick(now: Double) {
        let now = ownTime(now)
        let silence = max(settings.lostAfterSeconds, 6 * heartbeatSeconds)
        let silent = workers.values.filter { $0.isHere && $0.lastSeen + silence < now }
        for worker in silent.sorted(by: { $0.order < $1.order }) {
            workers[worker.id]?.state = .lost
            workers[worker.id]?.rate.stop()
            attention.add(
                "Worker \(worker.hello.name) on \(worker.hello.host) has been silent for"
                    + " \(Int(silence)) s; its shards go to others.")
            endAll(of: worker, because: .lost, now: now)
        }
        note(table.expire(now: now), now: now)
        for (key, id, cause) in errands.due(now: now) {
            if let worker = workers[id] { end(key, of: worker, because: cause, now: now) }
        }
        giveUpDisputes(now: now)
        if isTimeOver(now: now) { progress.end(at: table.begunPrefix) }
        checkGoal()
    }

    /// Whether the campaign's time on the wall is over.
    private func isTimeOver(now: Double) -> Bool {
        let hours = settings.campaign.stop.wallHours
        return hours.map { start.activeSeconds + now + absentSeconds >= $0 * 3600 } ?? false
    }

    mutating func checkGoal() {
        guard !wantsSums, let needed = progress.goalPrefix, table.settledPrefix >= needed else { return }
        // What is to be confirmed, taken back or put together comes first.
        if chores.isEmpty && underWay.origins.isEmpty && !errands.hasOpinions(below: needed) {
            isFinished = true
        }
    }
}
