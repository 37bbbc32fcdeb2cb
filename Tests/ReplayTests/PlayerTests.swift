import Metrics
import Replay
import TerminalScreen
import Testing

@Suite struct PlayerTests {
    private static func player() throws -> PlayerModel {
        let recording = try #require(try Recordings.careful.get().first { $0.record.outcome == .completed })
        return PlayerModel(recording: recording, verdict: "bit-identical")
    }

    @Test func timeMovesItAndSpaceStopsIt() throws {
        var model = try Self.player()
        model.tick(100)
        #expect(model.step == 0)
        model.tick(100.4)
        #expect(model.step == 4)
        _ = model.press(.character(" "))
        model.tick(101)
        #expect(model.step == 4 && !model.isPlaying)
    }

    @Test func arrowsStepAndStopAtTheEnds() throws {
        var model = try Self.player()
        _ = model.press(.right)
        _ = model.press(.right)
        _ = model.press(.left)
        #expect(model.step == 1 && !model.isPlaying)
        _ = model.press(.home)
        _ = model.press(.left)
        #expect(model.step == 0)
        _ = model.press(.end)
        _ = model.press(.right)
        #expect(model.step == model.last)
        _ = model.press(.character(" "))
        #expect(model.step == 0 && model.isPlaying, "from the end it begins anew")
    }

    @Test func speedKeysStayWithinTheirSpeeds() throws {
        var model = try Self.player()
        for _ in 0..<20 { _ = model.press(.up) }
        #expect(model.speed == 8)
        model.tick(0)
        model.tick(0.25)
        #expect(model.step == 20)
        for _ in 0..<20 { _ = model.press(.down) }
        #expect(model.speed == 0.1)
    }

    @Test func itBeginsEightSecondsBeforeABadEndAndNJumpsToIt() throws {
        let long = try #require(
            try Recordings.careless.get().first { $0.record.outcome == .collision && $0.steps.count > 20 })
        var model = PlayerModel(recording: long, verdict: "bit-identical")
        #expect(model.step == max(0, long.steps.count - 1 - 80))
        for _ in 0..<50 { _ = model.press(.character("n")) }
        #expect(model.step == long.steps.count - 1)
        #expect(model.currentEvent?.kind == .ending)
    }

    @Test func theFrameShowsWhoWhereAndHow() throws {
        var model = try Self.player()
        _ = model.press(.character(" "))
        let text = PlayerView.frame(model, width: 100, height: 30, style: ScreenStyle()).text
        let parts = [
            "scenario", "idm-mobil", "seed 11", "bit-identical", "longhaul replay", "▶", "km/h", "space pause",
        ]
        for part in parts {
            #expect(text.contains(part), "\(part) is missing:\n\(text)")
        }
        let ascii = PlayerView.frame(model, width: 100, height: 30, style: ScreenStyle(usesUnicode: false))
        #expect(ascii.cells.allSatisfy { $0.scalar.isASCII })
    }

    @Test func noSizeAndNoKeyBreaksIt() throws {
        for recording in try Recordings.all().prefix(12) {
            for seed in 1...5 as ClosedRange<UInt64> {
                var random = SplitMix(state: seed)
                var model = PlayerModel(recording: recording, verdict: "different")
                let keys: [Key] = [.left, .right, .up, .down, .home, .end, .pageUp, .pageDown, .enter]
                    + "np+- xgG,.".map(Key.character)
                for step in 0..<60 {
                    model.tick(Double(step) * 0.3)
                    #expect(model.press(keys.randomElement(using: &random) ?? .up) == .none)
                    let width = Int.random(in: 1...160, using: &random)
                    let height = Int.random(in: 1...50, using: &random)
                    let frame = PlayerView.frame(model, width: width, height: height, style: ScreenStyle())
                    #expect(frame.width == width && frame.height == height)
                    #expect((0...model.last).contains(model.step), "seed \(seed), step \(step)")
                }
            }
        }
    }
}
