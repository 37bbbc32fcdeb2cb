import Metrics
import TextEscaping

/// A distribution as bars, with its 5th, 50th and 95th percentile marked.
struct Histogram {
    var distribution: Distribution

    var html: String {
        guard let first = distribution.bins.first, let last = distribution.bins.last else { return "" }
        let span = last.to - first.from
        let highest = Double(distribution.bins.map(\.count).max() ?? 1)
        func percent(_ value: Double) -> Double {
            (min(1, max(0, (value - first.from) / span)) * 10_000).rounded() / 100
        }
        let bars = distribution.bins.map { bin in
            let height = (Double(bin.count) / highest * 900).rounded() / 10
            let width = max(0.3, percent(bin.to) - percent(bin.from) - 0.3)
            let tip = "\(Self.number(bin.from)) to \(Self.number(bin.to)): \(ReportText.whole(bin.count))"
            return "<rect class=bar x=\"\(percent(bin.from))%\" width=\"\(width)%\" y=\(96 - height)"
                + " height=\(height)><title>\(tip)</title></rect>"
        }
        let marks = distribution.percentiles.filter { [5, 50, 95].contains($0.percent) }.map {
            let x = percent($0.value)
            return "<line class=mark x1=\"\(x)%\" x2=\"\(x)%\" y1=0 y2=96></line>"
        }
        let middle = distribution.percentiles.first { $0.percent == 50 }?.value ?? 0
        let labels =
            "<text x=0 y=112>\(Self.number(first.from))</text>"
            + "<text x=\"100%\" y=112 text-anchor=end>\(Self.number(last.to)) \(distribution.unit)</text>"
        return "<div><h3>\(distribution.name.escapedForHTML)</h3>"
            + "<svg height=116 role=img aria-label=\"\(distribution.name.escapedForHTML), median"
            + " \(Self.number(middle)) \(distribution.unit)\">"
            + "<line class=grid x1=0 x2=\"100%\" y1=96 y2=96></line>"
            + bars.joined() + marks.joined() + labels + "</svg></div>"
    }

    private static func number(_ value: Double) -> String {
        value < 0 ? "-" + ReportText.number(-value) : ReportText.number(value)
    }
}
