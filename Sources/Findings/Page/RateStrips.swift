import Foundation
import Metrics
import TextEscaping

/// Rates with their intervals, one line each, on a common logarithmic axis.
struct RateStrips {
    struct Strip {
        var name: String
        /// 0 for a line of its own, 1 and 2 for parts of the line above.
        var level = 0
        var count: UInt64
        var rate: EventRate.Rate?
        /// Second colour: world-model faults, or policy B.
        var isSecond = false
    }

    var strips: [Strip]

    var html: String {
        let axis = LogAxis(strips.compactMap(\.rate).flatMap { [$0.low, $0.high] })
        var html = "<div class=row><span></span>" + axis.labels + "<span class=value></span></div>\n"
        for strip in strips {
            let part = ["", " class=part", " class=part2"][min(strip.level, 2)]
            html += "<div class=row><span\(part)>\(strip.name.escapedForHTML)</span>"
            html += Self.mark(strip, on: axis)
            html += "<span class=value>\(Self.value(strip))</span></div>\n"
        }
        return html
    }

    private static func value(_ strip: Strip) -> String {
        guard let rate = strip.rate else { return "–" }
        return "<b>\(ReportText.number(rate.perMillionKilometers))</b> "
            + "(\(ReportText.number(rate.low)) – \(ReportText.number(rate.high)))"
            + " · \(ReportText.whole(strip.count)) ×"
    }

    /// An interval without lower end is open to the left.
    private static func mark(_ strip: Strip, on axis: LogAxis) -> String {
        guard let rate = strip.rate else { return "<svg height=18></svg>" }
        let low = axis.percent(rate.low), high = axis.percent(rate.high)
        let colour = strip.isSecond ? "b" : "a"
        let label = "\(strip.name): \(ReportText.number(rate.perMillionKilometers)) per million km"
        var svg = "<svg height=18 role=img aria-label=\"\(label.escapedForHTML)\">" + axis.grid(height: 18)
        svg += "<line class=\(colour) x1=\"\(low)%\" x2=\"\(high)%\" y1=9 y2=9 stroke-width=2></line>"
        if strip.count > 0 {
            let middle = axis.percent(rate.perMillionKilometers)
            svg += "<circle class=\(colour) cx=\"\(middle)%\" cy=9 r=4></circle>"
        } else {
            svg += "<line class=\(colour) x1=\"\(high)%\" x2=\"\(high)%\" y1=4 y2=14 stroke-width=2></line>"
        }
        return svg + "</svg>"
    }
}

/// Powers of ten from the smallest to the largest value.
struct LogAxis {
    private let low: Double
    private let high: Double

    init(_ values: [Double]) {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        low = floor(log10(positive.min() ?? 1))
        high = max(low + 1, ceil(log10(positive.max() ?? 10)))
    }

    private var ticks: [Double] {
        let step = max(1, ((high - low) / 6).rounded(.up))
        return Array(stride(from: low, through: high, by: step))
    }

    /// 0...100, to a hundredth.
    func percent(_ value: Double) -> Double {
        guard value > 0 else { return 0 }
        let share = (log10(value) - low) / (high - low) * 100
        return (min(100, max(0, share)) * 100).rounded() / 100
    }

    func grid(height: Int) -> String {
        ticks.map { tick in
            let x = percent(pow(10, tick))
            return "<line class=grid x1=\"\(x)%\" x2=\"\(x)%\" y1=0 y2=\(height)></line>"
        }.joined()
    }

    var labels: String {
        let texts = ticks.map { tick in
            let x = percent(pow(10, tick))
            let anchor = x < 3 ? "start" : x > 97 ? "end" : "middle"
            return "<text x=\"\(x)%\" y=13 text-anchor=\(anchor)>\(Self.label(tick))</text>"
        }
        return "<svg height=18 aria-hidden=true>\(texts.joined())</svg>"
    }

    private static func label(_ power: Double) -> String {
        switch power {
        case ..<0: ReportText.number(pow(10, power))
        case ..<6: ReportText.whole(UInt64(pow(10, power)))
        default: ReportText.whole(UInt64(pow(10, min(power, 18) - 6))) + " M"
        }
    }
}
