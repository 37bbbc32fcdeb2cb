import Metrics
import Replay
import Testing

@Suite struct ReplayVerdictTests {
    static func shard() -> ShardResult {
        let records = (100..<116).map { scenario in
            var record = RolloutRecord()
            record.scenario = UInt64(scenario)
            record.egoMeters = Float(scenario) * 3.25
            record.digest = UInt64(scenario) &* 0x9E37_79B9_7F4A_7C15
            return record
        }
        let sums = (0..<600).map { UInt32($0) &* 2_654_435_761 }
        return ShardResult(records: records, stepDigests: StepDigests(sums: sums))
    }

    @Test func equalResultsAreBitIdenticalInWhateverOrderTheRecordsCame() {
        let recorded = Self.shard()
        let recomputed = ShardResult(
            records: recorded.records.reversed(), stepDigests: recorded.stepDigests)
        #expect(ReplayVerdict.comparing(recorded: recorded, recomputed: recomputed) == .bitIdentical)
    }

    @Test func namesTheFirstScenarioAndTheFirstStepThatDiffer() {
        let recorded = Self.shard()
        var recomputed = recorded
        recomputed.records[5].digest ^= 1
        recomputed.records[9].digest ^= 1
        for step in 249..<600 { recomputed.stepDigests?.sums[step] ^= 4 }
        let verdict = ReplayVerdict.comparing(recorded: recorded, recomputed: recomputed)
        guard case .different(let difference) = verdict else {
            return #expect(Bool(false), "two altered rollouts passed as identical")
        }
        #expect(difference.scenario == 105)
        #expect(difference.step == 250)
        #expect(difference.scenariosThatDiffer == 2)
        #expect("\(difference)".contains("scenario 105 at step 250 (25.0 s)"))
    }

    @Test func everyFieldOfARecordCounts() {
        let recorded = Self.shard()
        var recomputed = recorded
        recomputed.records[3].minimumGap = recomputed.records[3].minimumGap.nextUp
        let verdict = ReplayVerdict.comparing(recorded: recorded, recomputed: recomputed)
        guard case .different(let difference) = verdict else {
            return #expect(Bool(false), "an altered metric passed as identical")
        }
        #expect(difference.scenario == 103)
        #expect(difference.kind == .metrics)
    }

    @Test(arguments: [0, 7, 15]) func aMissingRecordIsADifference(index: Int) {
        let recorded = Self.shard()
        var recomputed = recorded
        recomputed.records.remove(at: index)
        for (old, new) in [(recorded, recomputed), (recomputed, recorded)] {
            guard case .different(let difference) = ReplayVerdict.comparing(recorded: old, recomputed: new)
            else { return #expect(Bool(false), "a missing record passed as identical") }
            #expect(difference.scenario == UInt64(100 + index))
            #expect(difference.kind == .missing)
            #expect(difference.scenariosThatDiffer == 1)
        }
    }

    @Test func alteredStepDigestsAloneAreToldFromDifferentStates() {
        let recorded = Self.shard()
        var recomputed = recorded
        recomputed.stepDigests?.sums.removeLast()
        let verdict = ReplayVerdict.comparing(recorded: recorded, recomputed: recomputed)
        guard case .different(let difference) = verdict else {
            return #expect(Bool(false), "missing step digests passed as identical")
        }
        #expect(difference.scenario == nil)
        #expect(difference.step == 600)
        #expect(difference.kind == .stepDigestsOnly)
    }

    @Test func digestsHaveSixteenHexadecimalDigits() {
        #expect(hexadecimal(0) == "0000000000000000")
        #expect(hexadecimal(0xDEAD_BEEF) == "00000000deadbeef")
        #expect(hexadecimal(.max) == "ffffffffffffffff")
    }
}
