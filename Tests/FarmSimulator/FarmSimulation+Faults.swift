import Farm

/// What goes wrong.
public enum Fault: String, CaseIterable, Sendable {
    case workerKilled, workerStopped, workerSlow, workerDrained, workerClockJump
    case linkDown, linkDeafOneWay, linkMuteOneWay
    case coordinatorKilled, coordinatorKilledInWrite, coordinatorClockJump
    case diskFull
}

/// What comes right again.
enum Mending { case link(Int), pace(Int), disk }

extension FarmSimulation {
    /// One fault, and the time of the next one.
    func strike() {
        guard !isCalm else { return }
        queue.plan(.fault, at: now + random.seconds(0.1...2) * plan.faultInterval)
        let fault = Fault.allCases[random.below(Fault.allCases.count)]
        let number = random.below(workers.count)
        faults[fault, default: 0] += 1
        note("FAULT \(fault) \(workers[number].name)")
        switch fault {
        case .workerKilled: crash(number)
        case .workerStopped: workers[number].stoppedUntil = now + random.seconds(0.2...12)
        case .workerSlow:
            workers[number].pace = 2
            queue.plan(.mend(.pace(number)), at: now + random.seconds(1...10))
        case .workerDrained:
            let clock = workers[number].clock(now)
            workers[number].machine?.drain(now: clock)
            act(number)
        case .workerClockJump: workers[number].clockAhead += random.seconds(0...30)
        case .linkDown: cut(number, to: true, from: true)
        case .linkDeafOneWay: cut(number, to: false, from: true)
        case .linkMuteOneWay: cut(number, to: true, from: false)
        case .coordinatorKilled: crashCoordinator()
        case .coordinatorKilledInWrite:
            crashAtStore = CrashMoment.allCases[random.below(CrashMoment.allCases.count)]
        case .coordinatorClockJump: coordinatorAhead += random.seconds(0...30)
        case .diskFull:
            isDiskFull = true
            queue.plan(.mend(.disk), at: now + random.seconds(0.2...6))
        }
    }

    private func cut(_ number: Int, to: Bool, from: Bool) {
        workers[number].isCutOff = (to, from)
        queue.plan(.mend(.link(number)), at: now + random.seconds(0.5...12))
    }

    func mend(_ mending: Mending) {
        switch mending {
        case .link(let number): workers[number].isCutOff = (false, false)
        case .pace(let number): workers[number].pace = 0.2
        case .disk: isDiskFull = false
        }
    }

    /// No more faults: everything that was cut, full or slow comes right.
    func calmDown() {
        note("no more faults")
        isCalm = true
        calmSince = now
        crashAtStore = nil
        isDiskFull = false
        for number in workers.indices {
            workers[number].isCutOff = (false, false)
            workers[number].pace = 0.2
            if workers[number].machine == nil {
                queue.plan(.startWorker(number), at: now + random.seconds(0...2))
            }
        }
    }
}
