import Dashboard
import Farm
import Foundation
import TerminalScreen
import Testing

/// Frames compared with text files in `Goldens`. `LONGHAUL_UPDATE_GOLDENS=1` writes them anew, to be looked
/// at before they are committed.
@Suite struct GoldenFrameTests {
    @Test(arguments: [(120, 40), (80, 24), (40, 10), (30, 3)])
    func aRichSnapshotLooksAsAgreed(width: Int, height: Int) throws {
        try expectGolden(
            "rich-\(width)x\(height)", frame(model(richSnapshot(), width: width, height: height)))
    }

    @Test(arguments: [(120, 40), (80, 24), (40, 10)])
    func anEmptySnapshotLooksAsAgreed(width: Int, height: Int) throws {
        try expectGolden(
            "empty-\(width)x\(height)", frame(model(FarmSnapshot(), width: width, height: height)))
    }

    @Test func asciiLooksAsAgreed() throws {
        let shown = frame(model(richSnapshot(), width: 120, height: 40), usesUnicode: false)
        #expect(shown.cells.allSatisfy { $0.scalar.isASCII })
        try expectGolden("ascii-120x40", shown)
    }

    @Test func theHelpOverlayLooksAsAgreed() throws {
        var model = model(richSnapshot(), width: 80, height: 24)
        model.apply(.key(.character("?")))
        try expectGolden("help-80x24", frame(model))
    }

    @Test func theEventsOverlayLooksAsAgreed() throws {
        var model = model(richSnapshot(), width: 80, height: 24)
        model.apply(.key(.character("e")))
        try expectGolden("events-80x24", frame(model))
    }

    @Test(arguments: [(120, 40), (80, 24)]) func theListOfFailuresLooksAsAgreed(width: Int, height: Int) throws {
        var snapshot = richSnapshot()
        snapshot.incidents = incidents(40)
        var model = model(snapshot, width: width, height: height)
        try expectGolden("incidents-\(width)x\(height)", frame(model))
        model.apply(.access(FailureAccess(commandHead: "longhaul replay results/night-1", canPlay: true)))
        model.apply(.key(.character("f")))
        model.apply(.key(.down))
        try expectGolden("failures-\(width)x\(height)", frame(model))
    }

    @Test func hundredsOfWorkersScrolledLookAsAgreed() throws {
        var snapshot = richSnapshot()
        snapshot.workers = (1...500).map(worker)
        var model = model(snapshot, width: 120, height: 40)
        for _ in 0..<240 { model.apply(.key(.down)) }
        try expectGolden("500-workers-120x40", frame(model))
    }

    private func expectGolden(_ name: String, _ frame: Frame) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Goldens")
        let file = folder.appendingPathComponent("\(name).txt")
        let text = frame.text + "\n"
        if ProcessInfo.processInfo.environment["LONGHAUL_UPDATE_GOLDENS"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(text == golden, "\(name) differs; the frame is now:\n\(text)")
    }
}
