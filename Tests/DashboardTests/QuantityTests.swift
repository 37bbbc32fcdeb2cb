import Dashboard
import Farm
import TerminalScreen
import Testing

@Suite struct QuantityTests {
    @Test(
        arguments: [
            (0, "0"), (0.0001, "<0.001"), (0.0964, "0.096"), (0.5, "0.50"), (7.254, "7.25"), (9.996, "10.0"),
            (99.96, "100"), (999.4, "999"), (999.6, "1.00 k"), (31_400_000, "31.4 M"), (942e6, "942 M"),
            (1e30, ">999 E"), (.infinity, "∞"), (-.infinity, "-∞"), (.nan, "–"), (-5, "-5.00"),
        ] as [(Double, String)])
    func compactKeepsThreeDigits(value: Double, text: String) {
        #expect(Quantity.compact(value) == text)
    }

    @Test(
        arguments: [
            (0, "0 s"), (42.4, "42 s"), (59.6, "1 min 00 s"), (245, "4 min 05 s"), (4330, "1 h 12 min"),
            (300_000, "3 d 11 h"), (1e12, ">99 d"), (.nan, "–"), (-1, "–"), (.infinity, "–"),
        ] as [(Double, String)])
    func durationsReadAloud(seconds: Double, text: String) {
        #expect(Quantity.duration(seconds) == text)
    }

    @Test func aHundredPerCentMeansAllOfIt() {
        #expect(Quantity.percent(0.99999) == "99.9 %")
        #expect(Quantity.percent(1) == "100.0 %")
        #expect(Quantity.percent(0.57) == "57.0 %")
        #expect(Quantity.percent(.nan) == "– %")
    }

    @Test func countsAreGrouped() {
        #expect(Quantity.grouped(159_744) == "159,744")
        #expect(Quantity.grouped(-1000) == "-1,000")
        #expect(Quantity.grouped(Int.min) == "-9,223,372,036,854,775,808")
        #expect(Quantity.count(12_345_678, width: 7) == "12.3 M")
    }

    @Test func theStatusLineReadsAsDocumented() {
        var snapshot = richSnapshot()
        snapshot.attention = []
        #expect(
            StatusLine.text(snapshot)
                == "12 min 04 s  62.4 %  31.4 M ego-km/day  942 M agent-km/day  3 collisions  "
                + "10 workers  1 lost  ETA 1 h 12 min")
        snapshot.state = .finished
        #expect(StatusLine.text(snapshot).hasSuffix("finished"))
    }

    @Test func sparklinesScaleAndLeaveGapsBlank() {
        let row = Sparkline.row([0, .nan, 4, 8, .infinity], width: 7, maximum: 8)
        #expect(String(String.UnicodeScalarView(row)) == "  ▁ ▄██")
        #expect(Sparkline.row([.nan, -5], width: 2) == [" ", "▁"])
        #expect(Sparkline.row([1, 2, 3], width: 0).isEmpty)
    }

    @Test func theEnvironmentDecidesTheStyle() {
        let plain = ScreenStyle(environment: ["NO_COLOR": "1", "LANG": "C"])
        #expect(plain == ScreenStyle(usesUnicode: false, usesColor: false))
        let rich = ScreenStyle(environment: ["NO_COLOR": "", "LANG": "en_US.utf8", "TERM": "xterm"])
        #expect(rich == ScreenStyle(usesUnicode: true, usesColor: true))
        #expect(!ScreenStyle(environment: ["LC_ALL": "C", "LANG": "C.UTF-8"]).usesUnicode)
    }
}
