import Foundation
import Replay
import Testing

@Suite struct PageTests {
    @Test(arguments: 0..<3) func numbersComeBackFromTheirPacking(order: Int) {
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SplitMix(state: seed)
            let values = (0..<200).map { _ in
                Int.random(in: -1_000_000_000...1_000_000_000, using: &random)
                    >> Int.random(in: 0...30, using: &random)
            }
            var writer = NumberWriter()
            writer.append(values, order: order)
            #expect(unpacked(writer.bytes, order: order) == values, "seed \(seed)")
        }
    }

    @Test func whatIsNotFiniteStaysWithinBounds() {
        for value in [Double.nan, .infinity, -.infinity, 1e300] {
            #expect(abs(quantized(value, unit: 0.01)) <= 1_000_000_000_000)
        }
    }

    @Test func aPageHasNothingFromOutsideAndHoldsTheCommandAndTheSeed() throws {
        for recording in try Recordings.all() {
            let html = try RolloutPage(recording: recording, verdict: "bit-identical").html()
            #expect(!html.contains("{{") && !html.contains("http:") && !html.contains("https:"))
            #expect(html.contains(recording.origin.command))
            #expect(html.contains("<dd>\(recording.origin.seed)</dd>"))
            #expect(html.contains("bit-identical"))
        }
    }

    @Test func namesFromOutsideCannotBreakThePage() throws {
        var recording = try #require(try Recordings.careful.get().first)
        recording.origin.campaignName = "</script><script>alert(1)</script>"
        recording.origin.command = "longhaul replay 'a b & {{data}}' --scenario 1"
        recording.events = [RecordedEvent(kind: .hardBrake, step: 0, text: "</script><b>{{style}}</b>")]
        let html = try RolloutPage(recording: recording, verdict: "").html()
        #expect(!html.contains("<script>alert") && !html.contains("</script><b>"))
        #expect(html.components(separatedBy: "<script").count == 3, "one for the data, one for the code")
        #expect(html.contains("&amp; {{data}}"))
    }

    @Test func longRolloutsAreThinnedOutAndKeepTheirLastStep() throws {
        for recording in try Recordings.all() {
            let full = PageData(recording), thin = PageData(recording, maximumStates: 100)
            #expect(full.frames == recording.steps.count)
            #expect(thin.agents.reduce(0) { $0 + $1.count } <= 200)
            let last = thin.firstSeconds + Double(thin.frames - 1) * thin.frameSeconds
            #expect(abs(last - recording.seconds(recording.steps.count - 1)) < 1e-9)
            #expect(thin.agents.first?.id == 0)
            let lastFrame = Double(thin.frames - 1)
            #expect(thin.events.allSatisfy { $0.frame <= lastFrame + 1e-9 })
        }
    }

    /// A state costs about five bytes; a page must stay something one can send by mail.
    @Test func aPageIsSmall() throws {
        for recording in try Recordings.all() {
            let bytes = try RolloutPage(recording: recording, verdict: "").html().utf8.count
            let states = recording.states.count
            #expect(bytes < 90_000 + 8 * states, "\(bytes) bytes for \(states) states")
        }
    }

    private func unpacked(_ bytes: [UInt8], order: Int) -> [Int] {
        var values: [Int] = []
        var last = [Int](repeating: 0, count: order)
        var at = 0
        while at < bytes.count {
            var packed: UInt64 = 0, shift: UInt64 = 0
            repeat {
                packed |= UInt64(bytes[at] & 127) << shift
                shift += 7
                at += 1
            } while bytes[at - 1] & 128 != 0
            var value = Int(packed >> 1) ^ -Int(packed & 1)
            for level in (0..<order).reversed() {
                value += last[level]
                last[level] = value
            }
            values.append(value)
        }
        return values
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
