import Dashboard
import Farm
import TerminalScreen
import Testing

@Suite struct LayoutTests {
    private static let sizes = [
        (1, 1), (20, 2), (40, 10), (60, 15), (76, 20), (80, 24), (110, 34), (120, 40), (250, 70),
    ]

    /// Every box line of the plain snapshot's frame stands where it stands for the strange one.
    private func expectSameBoxes(_ strange: FarmSnapshot, as plain: FarmSnapshot) {
        let lines: [Unicode.Scalar] = ["│", "╭", "╯"]
        for (width, height) in Self.sizes {
            let expected = frame(model(plain, width: width, height: height))
            let actual = frame(model(strange, width: width, height: height))
            for (index, cell) in expected.cells.enumerated()
            where lines.contains(cell.scalar) {
                #expect(
                    actual.cells[index].scalar == cell.scalar,
                    "\(width) × \(height): box broken at row \(index / width), column \(index % width)")
            }
            #expect(actual.cells.allSatisfy { $0.scalar.value >= 0x20 && $0.scalar.value != 0x7F })
        }
    }

    @Test(arguments: [
        Double.nan, .infinity, -.infinity, 1e300, -1e300, .leastNonzeroMagnitude, -0.0, 999.9999e15,
        123_456_789,
    ])
    func strangeNumbersBreakNoLayout(value: Double) {
        var snapshot = richSnapshot()
        snapshot.elapsedSeconds = value
        snapshot.etaSeconds = value
        snapshot.progress = value
        snapshot.egoKilometers = value
        snapshot.agentKilometers = value
        snapshot.egoKilometersPerDay = value
        snapshot.agentKilometersPerDay = value
        snapshot.agentStepsPerSecond = value
        snapshot.sceneStepsPerSecond = value
        snapshot.bytesPerRecord = value
        for index in snapshot.workers.indices {
            snapshot.workers[index].egoKilometersPerDay = value
            snapshot.workers[index].lastSeenSeconds = value
        }
        for index in snapshot.events.indices {
            snapshot.events[index].perMillionKilometers = value
            snapshot.events[index].low = value
            snapshot.events[index].high = value
        }
        expectSameBoxes(snapshot, as: richSnapshot())
    }

    @Test(arguments: [Int.max, Int.min, -1])
    func strangeCountsBreakNoLayout(count: Int) {
        var snapshot = richSnapshot()
        snapshot.shardsTotal = count
        snapshot.shardsCommitted = count
        snapshot.shardsLeased = count
        snapshot.scenariosCommitted = .max
        for index in snapshot.workers.indices {
            snapshot.workers[index].threads = count
            snapshot.workers[index].leases = count
            snapshot.workers[index].shardsCommitted = count
            snapshot.workers[index].mismatches = count
        }
        for index in snapshot.events.indices { snapshot.events[index].count = .max }
        expectSameBoxes(snapshot, as: richSnapshot())
    }

    @Test(arguments: [
        String(repeating: "long name ", count: 500), "tab\tnew\nline\r\u{1B}[31mred\u{7}",
        "路车🚗🇨🇭e\u{301}\u{200B}\u{202E}", "",
    ])
    func strangeTextBreaksNoLayoutAndSendsNoControlCharacters(text: String) {
        var snapshot = richSnapshot()
        snapshot.campaignName = text
        snapshot.campaignIdentity = text
        snapshot.policy = text
        snapshot.worldModel = text
        for index in snapshot.workers.indices {
            snapshot.workers[index].name = text
            snapshot.workers[index].host = text
        }
        for index in snapshot.events.indices { snapshot.events[index].name = text }
        snapshot.attention = [text, text]
        expectSameBoxes(snapshot, as: richSnapshot())
        #expect(StatusLine.text(snapshot).unicodeScalars.allSatisfy { 0x20...0x7E ~= $0.value })
    }

    @Test func everySizeSaysStateProgressAndRate() {
        for (width, height) in [(40, 10), (60, 15), (80, 24), (120, 40), (250, 70)] {
            let text = frame(model(richSnapshot(), width: width, height: height)).text
            for word in ["running", "62.4 %", "km", "! worker-7", "q quit"] {
                #expect(text.contains(word), "\(width) × \(height) lacks “\(word)”")
            }
            #expect(text.contains("104 % of") && text.contains("30 M"))
        }
    }

    @Test func everyStateIsTellableWithoutColor() {
        let text = frame(model(richSnapshot(), width: 120, height: 40)).text
        for words in [
            "● active", "◐ draining", "✗ lost", "○ left", "!2", "world-model faults, not the policy's",
        ] {
            #expect(text.contains(words))
        }
    }

    @Test func longNamesKeepTheEndThatTellsThemApart() {
        var snapshot = richSnapshot()
        snapshot.workers = [worker(1), worker(2)]
        for index in 0..<2 { snapshot.workers[index].name = "simulation-cluster-east-worker-\(index + 41)" }
        let text = frame(model(snapshot, width: 80, height: 24)).text
        #expect(text.contains("er-41 ") && text.contains("er-42 ") && text.contains("simul…"))
    }

    @Test func silenceOfARunningCampaignIsCalledOut() {
        var model = model(richSnapshot(), width: 80, height: 24)
        model.apply(.tick(89 + 12))
        #expect(frame(model).text.contains("✗ no news for 12 s"))
        var finished = richSnapshot()
        finished.state = .finished
        model.apply(.snapshot(finished, at: 102))
        model.apply(.tick(200))
        #expect(frame(model).text.contains("✓ finished"))
    }

    @Test func beforeTheFirstSnapshotTheScreenSaysWhatItWaitsFor() {
        var model = DashboardModel(width: 80, height: 24)
        model.apply(.tick(5))
        #expect(frame(model).text.contains("waiting for the coordinator's first snapshot"))
    }

    @Test func aSecondsWorthOfFramesOfManyWorkersIsQuick() {
        var snapshot = richSnapshot()
        snapshot.workers = (1...1000).map(worker)
        let busy = model(snapshot, width: 250, height: 70)
        let elapsed = ContinuousClock().measure { for _ in 0..<10 { _ = frame(busy) } }
        #expect(elapsed < .seconds(1))
    }
}
