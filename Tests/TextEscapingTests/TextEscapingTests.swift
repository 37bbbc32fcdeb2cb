import Testing
import TextEscaping

@Suite("Texts inside other languages")
struct TextEscapingTests {
    @Test("a mark that combines with a quote hides it from nobody")
    func combiningMarks() {
        let text = "\"\u{301} onload='\u{488}x <\u{200d}& >"
        #expect(text.escapedForHTML == "&quot;\u{301} onload=&#39;\u{488}x &lt;\u{200d}&amp; &gt;")
        let quoted = text.escaped(by: ["'": "'\\''"])
        #expect(quoted.unicodeScalars.elementsEqual("\"\u{301} onload='\\''\u{488}x <\u{200d}& >".unicodeScalars))
    }

    @Test("a line break of two bytes is two scalars")
    func lineBreaks() { #expect("a\r\nb".escaped(by: ["\n": " "]).unicodeScalars.elementsEqual("a\r b".unicodeScalars)) }
}
