import Dashboard
import TerminalScreen
import Testing

@Suite struct KeyDecoderTests {
    @Test func sequencesOfCommonTerminalsAreUnderstood() {
        var decoder = KeyDecoder()
        let bytes = Array("q\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[6~\u{1B}[1~\u{1B}[F\u{1B}[1;5C?\r".utf8)
        #expect(
            decoder.keys(from: bytes)
                == [
                    .character("q"), .up, .down, .pageUp, .pageDown, .home, .end, .right, .character("?"),
                    .enter,
                ])
    }

    @Test func aSequenceSplitAnywhereGivesTheSameKey() {
        var decoder = KeyDecoder()
        #expect(decoder.keys(from: [0x1B]).isEmpty)
        #expect(decoder.keys(from: [0x5B]).isEmpty)
        #expect(decoder.keys(from: [0x42]) == [.down])
    }

    @Test func anEscapeThatStandsAloneIsTheEscapeKey() {
        var decoder = KeyDecoder()
        _ = decoder.keys(from: [0x1B])
        #expect(decoder.pause() == .escape)
        #expect(decoder.pause() == nil)
    }

    @Test func unknownSequencesNeverBecomeCharacters() {
        var decoder = KeyDecoder()
        #expect(decoder.keys(from: Array("\u{1B}[200;999;31~\u{1B}[<0;12;7m\u{1}\u{FF}".utf8)).isEmpty)
        #expect(decoder.keys(from: Array("q".utf8)) == [.character("q")])
    }
}
