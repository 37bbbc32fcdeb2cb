import Dashboard
import TerminalScreen
import Testing

@Suite struct RendererTests {
    @Test func randomFramePairsArriveAsDrawn() {
        for seed in 1...300 as ClosedRange<UInt64> {
            var random = SeededGenerator(state: seed)
            let width = Int.random(in: 1...40, using: &random)
            let height = Int.random(in: 1...12, using: &random)
            var screen = ScreenEmulator(width: width, height: height)
            var shown: Frame?
            for _ in 0..<5 {
                var next = shown ?? Frame(width: width, height: height)
                change(&next, with: &random)
                screen.feed(FrameRenderer.bytes(from: shown, to: next, usesColor: true))
                #expect(screen.frame == next, "seed \(seed)")
                #expect(screen.style == .plain, "seed \(seed): attributes are left reset")
                #expect(screen.errors.isEmpty, "seed \(seed): \(screen.errors)")
                shown = next
            }
        }
    }

    @Test func anUnchangedFrameCostsNothing() {
        let shown = frame(model(richSnapshot(), width: 120, height: 40))
        #expect(FrameRenderer.bytes(from: shown, to: shown, usesColor: true).isEmpty)
    }

    @Test func oneMoreSecondCostsAFractionOfARepaint() {
        var model = model(richSnapshot(), width: 120, height: 40)
        let first = frame(model)
        var later = richSnapshot()
        later.elapsedSeconds += 1
        model.apply(.snapshot(later, at: 89.5))
        let second = frame(model)
        let difference = FrameRenderer.bytes(from: first, to: second, usesColor: true).count
        let repaint = FrameRenderer.bytes(from: nil, to: second, usesColor: true).count
        #expect(difference > 0 && difference < 30 && repaint > 3000)
    }

    @Test func aResizeRepaintsTheWholeScreen() {
        let small = frame(model(richSnapshot(), width: 80, height: 24))
        let large = frame(model(richSnapshot(), width: 120, height: 40))
        var screen = ScreenEmulator(width: 120, height: 40)
        screen.feed(FrameRenderer.bytes(from: nil, to: small, usesColor: true))
        screen.feed(FrameRenderer.bytes(from: small, to: large, usesColor: true))
        #expect(screen.frame == large)
    }

    @Test func withoutColorNoColorCodeIsSent() {
        let shown = frame(model(richSnapshot(), width: 120, height: 40))
        var screen = ScreenEmulator(width: 120, height: 40)
        screen.feed(FrameRenderer.bytes(from: nil, to: shown, usesColor: false))
        #expect(screen.frame.text == shown.text)
        #expect(screen.frame.cells.allSatisfy { $0.style.ink == .plain })
    }

    private func change(_ frame: inout Frame, with random: inout SeededGenerator) {
        let inks: [CellStyle.Ink] = [.plain, .plain, .accent, .good, .warning, .bad]
        let scalars: [Unicode.Scalar] = [" ", " ", "a", "Z", "█", "─", "é"]
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let row = Int.random(in: 0..<frame.height, using: &random)
            let start = Int.random(in: 0..<frame.width, using: &random)
            let style = CellStyle(
                inks.randomElement(using: &random) ?? .plain, bold: Bool.random(using: &random),
                faint: Bool.random(using: &random), inverse: Int.random(in: 0..<4, using: &random) == 0)
            let isErased = Bool.random(using: &random)
            for column in start..<Int.random(in: start..<frame.width, using: &random) + 1 {
                frame[row, column] =
                    isErased ? .blank : Cell(scalars.randomElement(using: &random) ?? "x", style)
            }
        }
    }
}
