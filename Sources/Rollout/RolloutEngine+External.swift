import Metrics
import PolicyHost
import RolloutState
import WorldModel

// A policy in a process of its own acts on all egos at once: step by step over the whole batch, where `run` goes
// scene by scene. What a record says is what its scenario gives when it is rolled out alone: rollouts in which the
// policy failed are taken back and done again, each alone, so that neither batches nor threads matter.
extension RolloutEngine {
    /// One scenario in so many is rolled out twice, the second time alone.
    public static let auditInterval: UInt64 = 128

    func runExternally(
        scenarios indices: [UInt64], isCancelled: () -> Bool, observer: (any RolloutObserver)?,
        emit: (RolloutRecord) -> Void
    ) -> StepDigests? {
        guard let external else { return nil }
        let batch = storage.batch
        // The batch's own step digests can't be taken back.
        let ownDigests = batch.pointee.stepDigestCount
        batch.pointee.stepDigestCount = 0
        defer { batch.pointee.stepDigestCount = ownDigests }
        external.clear()
        for scene in 0..<batch.pointee.sceneCount {
            batch.pointee.scenes[scene].isActive = false
            scenarios[scene] = nil
        }
        var alone = indices.map { Repetition(scenario: $0) }
        if observer == nil && batch.pointee.sceneCount > 1 {
            guard let again = runTogether(indices, external, isCancelled, emit) else { return nil }
            alone = again.sorted { $0.scenario < $1.scenario }
        }
        for repetition in alone {
            guard let record = repeated(repetition, external, isCancelled, observer) else { return nil }
            emit(record)
        }
        return external.digests
    }

    /// A scenario to roll out alone.
    private struct Repetition {
        var scenario: UInt64
        /// What it gave before; nil if it was not rolled out to its end.
        var before: RolloutRecord?
    }

    /// Rolls out scenarios side by side.
    ///
    /// - Returns: what has to be rolled out alone; nil if cancelled.
    private func runTogether(
        _ indices: [UInt64], _ external: ExternalDriver, _ isCancelled: () -> Bool,
        _ emit: (RolloutRecord) -> Void
    ) -> [Repetition]? {
        let sceneCount = storage.batch.pointee.sceneCount
        var next = 0, running = 0
        var alone: [Repetition] = []
        func fill(_ scene: Int) {
            guard next < indices.count else { return }
            begin(indices[next], in: scene, external)
            next += 1
            running += 1
        }
        for scene in 0..<sceneCount { fill(scene) }
        while running > 0 {
            if isCancelled() { return nil }
            let answer = interval(external, isCancelled, nil)
            if answer == .cancelled { return nil }
            for scene in 0..<sceneCount {
                guard let scenario = scenarios[scene] else { continue }
                let isSuspect = answer != .answered && storage.batch.pointee.scenes[scene].isActive
                guard isSuspect || isOver(scene) else { continue }
                let record = finish(scene)
                running -= 1
                if isSuspect {
                    alone.append(Repetition(scenario: scenario.index))
                } else if record.outcome.isPolicyFault || scenario.index % Self.auditInterval == 0 {
                    alone.append(Repetition(scenario: scenario.index, before: record))
                } else {
                    external.count(scene: scene)
                    emit(record)
                }
            }
            if answer != .answered { external.restart() }
            for scene in 0..<sceneCount where scenarios[scene] == nil { fill(scene) }
        }
        return alone
    }

    /// The record of a scenario that is rolled out alone: what counts of it.
    private func repeated(
        _ repetition: Repetition, _ external: ExternalDriver, _ isCancelled: () -> Bool,
        _ observer: (any RolloutObserver)?
    ) -> RolloutRecord? {
        var before = repetition.before
        if before == nil && repetition.scenario % Self.auditInterval == 0 {
            before = runAlone(repetition.scenario, external, isCancelled, nil)
            if before == nil { return nil }
        }
        guard var record = runAlone(repetition.scenario, external, isCancelled, observer) else { return nil }
        if [.policyCrashed, .policyHung].contains(record.outcome) && observer == nil {
            // The system, short of memory or time, may be to blame: it has to fail again.
            guard let again = runAlone(repetition.scenario, external, isCancelled, nil) else { return nil }
            record = again
        }
        external.count(scene: 0)
        if let before, before != record, !record.outcome.isPolicyFault {
            record.outcome = .policyNotDeterministic
            report(record, reason: "drove differently the second time")
        } else if record.outcome.isPolicyFault {
            let reason = record.outcome == .policyBadAction ? external.badAction(0) : external.host.ending
            report(record, reason: reason)
        }
        return record
    }

    private func report(_ record: RolloutRecord, reason: String) {
        guard let onPolicyFault, let external else { return }
        onPolicyFault(
            PolicyFault(
                scenario: record.scenario, seconds: Double(record.simulatedSeconds),
                isSettling: record.simulatedSeconds == 0 && burnInSteps > 0, reason: reason,
                output: external.lastOutput))
    }

    /// Rolls out one scenario in scene 0, while all others are empty.
    private func runAlone(
        _ index: UInt64, _ external: ExternalDriver, _ isCancelled: () -> Bool,
        _ observer: (any RolloutObserver)?
    ) -> RolloutRecord? {
        let observe: ((Int) -> Void)? = observer.map { observer in { self.show($0, to: observer) } }
        begin(index, in: 0, external)
        while !isOver(0) {
            if isCancelled() { return nil }
            let answer = interval(external, isCancelled, observe)
            switch answer {
            case .answered: continue
            case .cancelled: return nil
            case .crashed, .hung:
                let state = storage.batch.pointee.scenes
                state[0].record.outcome = answer == .hung ? .policyHung : .policyCrashed
                state[0].isActive = false
                external.restart()
            }
        }
        return finish(0)
    }

    /// Half a second of every active scene.
    private func interval(
        _ external: ExternalDriver, _ isCancelled: () -> Bool, _ observe: ((Int) -> Void)?
    ) -> PolicyAnswer {
        let batch = storage.batch
        for scene in 0..<batch.pointee.sceneCount where batch.pointee.scenes[scene].isActive {
            replaceLeavers(in: scene)
        }
        kernel.decideAll(batch)
        for substep in 0..<MotionVocabulary.stepsPerToken {
            let count = kernel.observeEgos(batch, external.host.observations, external.scenes)
            if count == 0 { break }
            let answer = external.host.step(count: count, isCancelled: isCancelled)
            guard answer == .answered else { return answer }
            kernel.advanceExternally(
                batch, substep, count, external.scenes, external.host.actions, external.trace, external.steps,
                observe)
        }
        return .answered
    }

    private func begin(_ index: UInt64, in scene: Int, _ external: ExternalDriver) {
        begin(index, in: scene)
        guard let random = scenarios[scene]?.random else { return }
        let bits = random.bits(agent: 0, step: 0, purpose: .policy)
        external.begin(scene: scene, seed: UInt64(bits.x) << 32 | UInt64(bits.y))
    }

    private func isOver(_ scene: Int) -> Bool {
        let state = storage.batch.pointee.scenes[scene]
        return !state.isActive || state.step >= state.measuredFrom + measuredSteps
    }
}
