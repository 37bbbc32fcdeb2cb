import Dashboard
import Farm
import TerminalScreen
import Testing

@Suite struct ModelTests {
    private func manyWorkers(_ count: Int, width: Int = 120, height: Int = 40) -> DashboardModel {
        var snapshot = richSnapshot()
        snapshot.workers = (1...count).map(worker)
        return model(snapshot, width: width, height: height)
    }

    @Test func namesSortByTheirNumbers() {
        #expect(manyWorkers(12).workers.map(\.name) == (1...12).map { "worker-\($0)" })
    }

    @Test func arrowsSelectAndScrollAndStopAtTheEnds() {
        var model = manyWorkers(300)
        model.apply(.key(.down))
        #expect(model.selectedIndex == 0)
        for _ in 0..<50 { model.apply(.key(.down)) }
        #expect(model.selectedIndex == 50)
        #expect(model.firstWorker > 0 && model.firstWorker <= 50)
        #expect(frame(model).text.contains("› worker-51 "))
        model.apply(.key(.end))
        model.apply(.key(.down))
        #expect(model.selectedIndex == 299)
        #expect(frame(model).text.contains("› worker-300"))
        model.apply(.key(.home))
        model.apply(.key(.up))
        #expect(model.selectedIndex == 0 && model.firstWorker == 0)
    }

    @Test func theSelectionStaysVisibleWhenTheScreenShrinks() {
        var model = manyWorkers(300)
        for _ in 0..<12 { model.apply(.key(.down)) }
        model.apply(.resize(width: 80, height: 24))
        #expect(frame(model).text.contains("› worker-12"))
    }

    @Test func theSelectionFollowsItsWorkerThroughSorting() {
        var model = manyWorkers(12)
        for _ in 0..<9 { model.apply(.key(.down)) }
        for _ in WorkerOrder.Field.allCases {
            model.apply(.key(.character("s")))
            #expect(model.selectedIndex.map { model.workers[$0].name } == "worker-9")
            model.apply(.key(.character("r")))
            #expect(model.selectedIndex.map { model.workers[$0].name } == "worker-9")
        }
    }

    @Test func theSelectionEndsWithItsWorker() {
        var model = manyWorkers(12)
        model.apply(.key(.end))
        var fewer = richSnapshot()
        fewer.workers = [worker(1)]
        model.apply(.snapshot(fewer, at: 100))
        #expect(model.selection == nil && model.firstWorker == 0)
    }

    @Test func sortingByMismatchesPutsTheWorstFirst() {
        var model = manyWorkers(12)
        while model.order.field != .mismatches { model.apply(.key(.character("s"))) }
        #expect(model.workers.first?.name == "worker-9")
        model.apply(.key(.character("r")))
        #expect(model.workers.last?.name == "worker-9")
    }

    @Test func onlyTheQuitKeyQuits() {
        var model = manyWorkers(3)
        for key in [Key.up, .down, .enter, .escape, .character("x"), .character("?"), .pageDown] {
            #expect(model.apply(.key(key)) == .none)
        }
        #expect(model.apply(.key(.character("q"))) == .quit)
    }

    @Test func overlaysToggleAndEscapeCloses() {
        var model = manyWorkers(3)
        model.apply(.key(.character("?")))
        #expect(model.overlay == .help)
        model.apply(.key(.character("a")))
        #expect(model.overlay == .attention)
        model.apply(.key(.escape))
        #expect(model.overlay == nil)
    }

    @Test func enterPlaysTheSelectedFailureWhereItCan() {
        var snapshot = richSnapshot()
        snapshot.incidents = incidents(30)
        var model = model(snapshot, width: 100, height: 30)
        model.apply(.key(.enter))
        #expect(model.overlay == .failures)
        #expect(model.apply(.key(.enter)) == .none, "nothing is at hand to play")
        #expect(frame(model).text.contains("replay CAMPAIGN.yaml --scenario 1000"))
        model.apply(.access(FailureAccess(commandHead: "longhaul replay out", canPlay: true)))
        for _ in 0..<4 { model.apply(.key(.down)) }
        #expect(frame(model).text.contains("longhaul replay out --scenario 1028 --terminal"))
        #expect(model.apply(.key(.enter)) == .play(snapshot.incidents[4]))
        model.apply(.replayEnded(problem: "the results are gone"))
        #expect(frame(model).text.contains("! the results are gone"))
        model.apply(.key(.end))
        #expect(model.apply(.key(.enter)) == .play(snapshot.incidents[29]))
        model.apply(.key(.escape))
        #expect(model.overlay == nil)
    }

    @Test func theSelectedFailureStaysSelectedWhenWorseOnesCome() {
        var snapshot = richSnapshot()
        snapshot.incidents = Array(incidents(10).dropFirst(3))
        var model = model(snapshot, width: 100, height: 30)
        model.apply(.access(FailureAccess(canPlay: true)))
        model.apply(.key(.character("f")))
        model.apply(.key(.down))
        let chosen = snapshot.incidents[1]
        snapshot.incidents = incidents(10)
        model.apply(.snapshot(snapshot, at: 200))
        #expect(model.apply(.key(.enter)) == .play(chosen))
    }

    @Test func historyKeepsOneValueASecondAndShowsGaps() {
        var history = History(capacity: 4)
        history.record(1, at: 0.1)
        history.record(2, at: 0.9)
        #expect(history.newest(4) == [2])
        history.record(3, at: 2.5)
        let values = history.newest(4)
        #expect(values.count == 3 && values[0] == 2 && values[1].isNaN && values[2] == 3)
        history.record(9, at: 1.0)
        #expect(history.newest(1) == [9], "a clock that runs backwards changes the newest value only")
        for second in 3..<10 { history.record(Double(second), at: Double(second)) }
        #expect(history.newest(10) == [6, 7, 8, 9])
        history.record(5, at: 1e12)
        #expect(history.newest(4).filter(\.isNaN).count == 3)
    }

    @Test func workersThatLeaveTakeTheirHistoryWithThem() {
        var model = manyWorkers(200)
        #expect(model.workerRates.count == 200)
        var fewer = richSnapshot()
        fewer.workers = [worker(5)]
        model.apply(.snapshot(fewer, at: 91))
        #expect(Array(model.workerRates.keys) == [DashboardModel.WorkerKey(worker(5))])
    }

    @Test func aSnapshotCannotBalloonTheModel() {
        var snapshot = FarmSnapshot()
        snapshot.workers = (0..<10_000).map(worker)
        var model = DashboardModel(width: 80, height: 24)
        model.apply(.snapshot(snapshot, at: 0))
        #expect(model.workers.count == DashboardModel.maximumWorkers)
    }

    @Test func randomEventsNeverBreakTheModel() {
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SeededGenerator(state: seed)
            var model = DashboardModel(width: 80, height: 24)
            let keys: [Key] =
                [.up, .down, .pageUp, .pageDown, .home, .end, .escape, .enter]
                + "sraef?jkgG ".map(Key.character)
            for step in 0..<300 {
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    var snapshot = richSnapshot()
                    snapshot.workers = (0..<Int.random(in: 0...40, using: &random)).map(worker)
                    snapshot.incidents = incidents(Int.random(in: 0...40, using: &random))
                    model.apply(.snapshot(snapshot, at: Double(step) / 3))
                case 1:
                    let width = Int.random(in: 0...130, using: &random)
                    model.apply(.resize(width: width, height: Int.random(in: 0...45, using: &random)))
                default: model.apply(.key(keys.randomElement(using: &random) ?? .up))
                }
                _ = frame(model)
                let isSound = model.firstWorker >= 0 && model.firstWorker <= max(model.workers.count - 1, 0)
                #expect(isSound, "seed \(seed), step \(step)")
            }
        }
    }
}
