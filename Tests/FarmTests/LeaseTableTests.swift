import Farm
import Testing

struct LeaseTableTests {
    @Test func everyShardCountsOnceUnderRandomFaults() {
        for seed in 0..<2_000 as Range<UInt64> {
            var simulation = LeaseTableSimulation(seed: seed)
            simulation.run()
        }
    }

    @Test func lowestShardsComeFirstAndReturnedOnesBeforeNewOnes() {
        var table = LeaseTable(count: 10)
        let first = table.lease(worker: 1, now: 0, count: 4)
        #expect(first.map(\.shard) == [0, 1, 2, 3])
        table.giveBack(first[2], worker: 1)
        let next = table.lease(worker: 2, now: 0, count: 2)
        #expect(next.map(\.shard) == [2, 4])
    }

    @Test func aLeaseExpiresUnlessRenewed() {
        var table = LeaseTable(count: 2)
        let keys = table.lease(worker: 1, now: 0, count: 2)
        let isRenewed = table.renew(keys[0], worker: 1, progress: 1, now: 9)
        #expect(isRenewed)
        let first = table.expire(now: 10)
        #expect(first.map(\.key) == [keys[1]])
        let none = table.expire(now: 18.9)
        #expect(none.isEmpty)
        let second = table.expire(now: 19)
        #expect(second.map(\.key) == [keys[0]])
    }

    @Test func aShardWithoutProgressIsNotRenewedForEver() {
        var settings = LeaseTable.Settings()
        settings.stallSeconds = 30
        var table = LeaseTable(count: 1, settings: settings)
        let key = table.lease(worker: 1, now: 0, count: 1)[0]
        for second in stride(from: 1.0, to: 60, by: 1) {
            _ = table.renew(key, worker: 1, progress: 1, now: second)
            if !table.expire(now: second).isEmpty {
                #expect(second == 31, "30 s after its only progress")
                return
            }
        }
        Issue.record("never expired")
    }

    @Test func aLateResultCountsIfItIsTheFirst() {
        var table = LeaseTable(count: 1)
        let old = table.lease(worker: 1, now: 0, count: 1)[0]
        _ = table.expire(now: 20)
        let new = table.lease(worker: 2, now: 20, count: 1)[0]
        #expect(new.generation > old.generation)
        let late = table.commit(old)
        #expect(late == .accept)
        let second = table.commit(new)
        #expect(second == .duplicate)
        let isRenewed = table.renew(new, worker: 2, progress: 1, now: 21)
        #expect(!isRenewed, "the second holder is told to stop")
    }

    @Test func whatWasNeverLeasedIsUnknown() {
        var table = LeaseTable(count: 3, firstGeneration: 10)
        let key = table.lease(worker: 1, now: 0, count: 1)[0]
        #expect(table.verdict(LeaseKey(shard: 0, generation: key.generation + 1)) == .unknown)
        #expect(table.verdict(LeaseKey(shard: 3, generation: key.generation)) == .unknown)
        #expect(table.verdict(LeaseKey(shard: -1, generation: key.generation)) == .unknown)
        #expect(table.verdict(LeaseKey(shard: 0, generation: 0)) == .unknown)
    }

    @Test func secondCopiesOnlyAtTheTailAndNeverToTheSameWorker() {
        var table = LeaseTable(count: 2)
        let first = table.lease(worker: 1, now: 0, count: 1)[0]
        let both = table.lease(worker: 2, now: 100, count: 5)
        #expect(both.map(\.shard) == [1, 0], "the tail: shard 0 is late")
        let none = table.lease(worker: 3, now: 100, count: 5)
        #expect(none.isEmpty, "shard 1 isn't late, shard 0 has two")
        let tail = table.lease(worker: 1, now: 200, count: 5)
        #expect(tail.map(\.shard) == [1])
        let verdict = table.commit(first)
        #expect(verdict == .accept)
        let rest = table.lease(worker: 2, now: 300, count: 5)
        #expect(rest.isEmpty)
    }

    @Test func aShardThatFourWorkersVanishedWithIsSplit() {
        var table = LeaseTable(count: 2)
        for worker in 1...4 as ClosedRange<UInt64> {
            let key = table.lease(worker: worker, now: Double(worker), count: 1)[0]
            #expect(key.shard == 0)
            let isRenewed = table.renew(key, worker: worker, progress: 1, now: Double(worker))
            #expect(isRenewed)
            let losses = table.lost(worker: worker)
            #expect(losses.map(\.isSplit) == [worker == 4])
        }
        #expect(table.split == [0] && table.status(of: 0) == .split)
        let last = table.lease(worker: 5, now: 10, count: 5)
        #expect(last.map(\.shard) == [1], "the campaign goes on")
        let verdict = table.commit(last[0])
        #expect(verdict == .accept)
        #expect(!table.isFinished && table.settledPrefix == 0)
        let late = table.commit(LeaseKey(shard: 0, generation: 1))
        #expect(late == .accept && table.isFinished && table.split.isEmpty, "a late whole result counts")
    }

    @Test func oneCrashSeenInTheActSplitsTheShard() {
        var table = LeaseTable(count: 1)
        let key = table.lease(worker: 1, now: 0, count: 1)[0]
        table.giveBack(key, worker: 1)
        let isSplit = table.accuse(0, of: .crashed)
        #expect(isSplit && table.split == [0])
        table.reopen(0)
        #expect(table.lease(worker: 2, now: 1, count: 1).map(\.shard) == [0])
    }

    @Test func aStalledShardTimesOutAndASilentWorkerIsLost() {
        var settings = LeaseTable.Settings()
        settings.stallSeconds = 30
        settings.evidenceUntilSplit = .max
        var table = LeaseTable(count: 2, settings: settings)
        let keys = table.lease(worker: 1, now: 0, count: 2)
        for second in stride(from: 1.0, through: 30, by: 1) {
            _ = table.renew(keys[0], worker: 1, progress: 1, now: second)
            for loss in table.expire(now: second) { #expect(loss.key == keys[1] && loss.cause == .lost) }
        }
        let losses = table.expire(now: 31)
        #expect(losses.map(\.cause) == [.timedOut] && losses[0].hadBegun)
    }

    @Test func shardsThatHadNotBegunAreNotBlamed() {
        var table = LeaseTable(count: 1)
        for worker in 1...9 as ClosedRange<UInt64> {
            let leases = table.lease(worker: worker, now: 0, count: 1)
            #expect(leases.count == 1)
            let losses = table.lost(worker: worker)
            #expect(losses.map(\.isSplit) == [false])
        }
    }

    @Test func aShardThatIsTakenBackIsRolledOutAgain() {
        var table = LeaseTable(count: 3)
        for key in table.lease(worker: 1, now: 0, count: 3) { _ = table.commit(key) }
        #expect(table.isFinished)
        table.reopen(1)
        #expect(table.committedCount == 2 && table.settledPrefix == 1 && table.pendingCount == 1)
        let again = table.lease(worker: 2, now: 1, count: 3)
        #expect(again.map(\.shard) == [1])
        let verdict = table.commit(again[0])
        #expect(verdict == .accept && table.isFinished && table.settledPrefix == 3)
    }

    @Test func aWorkerThatComesBackKeepsWhatStillWaits() {
        var table = LeaseTable(count: 2)
        let keys = table.lease(worker: 1, now: 0, count: 2)
        _ = table.lost(worker: 1)
        let other = table.lease(worker: 2, now: 4, count: 1)[0]
        #expect(other.shard == keys[0].shard)
        let hasFirst = table.renew(keys[0], worker: 1, progress: 1, now: 5)
        #expect(!hasFirst, "that one went to another")
        let hasSecond = table.renew(keys[1], worker: 1, progress: 1, now: 5)
        #expect(hasSecond, "that one is its own again")
        let rest = table.lease(worker: 3, now: 5, count: 2)
        #expect(rest.isEmpty)
    }

    @Test func aRestartedTableGoesOnWithWhatIsCommitted() {
        var table = LeaseTable(count: 5, committed: [0, 1, 3], firstGeneration: 100)
        #expect(table.settledPrefix == 2 && table.committedCount == 3)
        let isAdopted = table.renew(LeaseKey(shard: 2, generation: 7), worker: 1, progress: 4, now: 0)
        #expect(isAdopted, "an older lease")
        let rest = table.lease(worker: 2, now: 0, count: 9)
        #expect(rest.map(\.shard) == [4])
        let verdict = table.commit(LeaseKey(shard: 2, generation: 7))
        #expect(verdict == .accept)
        #expect(table.settledPrefix == 4)
    }
}
