import Foundation
import TextEscaping

/// A plot of lines as an SVG picture, for a page that stands alone.
struct LineChart {
    struct Line {
        var name: String
        /// A colour as CSS writes it.
        var colour: String
        var points: [(x: Double, y: Double)]
        /// Lowest and highest around each point.
        var band: [(x: Double, low: Double, high: Double)] = []
    }

    var title: String
    var xLabel: String
    var yLabel: String
    var lines: [Line]
    var width = 420.0
    var height = 260.0

    private static let margin = (left: 48.0, right: 10.0, top: 26.0, bottom: 38.0)

    var svg: String {
        let points = lines.flatMap(\.points)
        guard let right = points.map(\.x).max(), let left = points.map(\.x).min(), right > left else { return "" }
        let top = max(lines.flatMap { $0.points.map(\.y) + $0.band.map(\.high) }.max() ?? 1, 1e-9)
        let bottom = min(0, points.map(\.y).min() ?? 0)
        let plot = Frame(
            left: left, right: right, bottom: bottom, top: top + 0.05 * (top - bottom), width: width, height: height)
        var svg = "<svg viewBox=\"0 0 \(Self.short(width)) \(Self.short(height))\" role=\"img\">"
        svg += text(Self.margin.left, 15, title, "start", "title")
        svg += axes(plot)
        for line in lines where !line.points.isEmpty { svg += drawn(line, plot) }
        svg += legend()
        return svg + "</svg>\n"
    }

    /// From values to places in the picture.
    private struct Frame {
        var left, right, bottom, top, width, height: Double

        func x(_ value: Double) -> Double {
            margin.left + (value - left) / (right - left) * (width - margin.left - margin.right)
        }
        func y(_ value: Double) -> Double {
            height - margin.bottom - (value - bottom) / (top - bottom) * (height - margin.top - margin.bottom)
        }
    }

    private func axes(_ plot: Frame) -> String {
        var svg = ""
        for tick in Self.ticks(plot.left, plot.right) {
            let x = plot.x(tick)
            svg += line(x, height - Self.margin.bottom, x, Self.margin.top, "grid")
            svg += text(x, height - Self.margin.bottom + 13, Self.label(tick), "middle", "tick")
        }
        for tick in Self.ticks(plot.bottom, plot.top) {
            let y = plot.y(tick)
            svg += line(Self.margin.left, y, width - Self.margin.right, y, "grid")
            svg += text(Self.margin.left - 5, y + 4, Self.label(tick), "end", "tick")
        }
        svg += text(0.5 * (width + Self.margin.left), height - 8, xLabel, "middle", "tick")
        return svg + text(width - Self.margin.right, 15, yLabel, "end", "tick")
    }

    private func drawn(_ line: Line, _ plot: Frame) -> String {
        var svg = ""
        if !line.band.isEmpty {
            let outline = line.band.map { "\(Self.short(plot.x($0.x))),\(Self.short(plot.y($0.high)))" }
                + line.band.reversed().map { "\(Self.short(plot.x($0.x))),\(Self.short(plot.y($0.low)))" }
            svg += "<polygon points=\"\(outline.joined(separator: " "))\" fill=\"\(line.colour)\" opacity=\".15\"/>"
        }
        let path = line.points.map { "\(Self.short(plot.x($0.x))),\(Self.short(plot.y($0.y)))" }
        return svg + "<polyline points=\"\(path.joined(separator: " "))\" fill=\"none\" stroke=\"\(line.colour)\" "
            + "stroke-width=\"2\"/>"
    }

    private func legend() -> String {
        lines.enumerated().map { index, line in
            let y = Self.margin.top + 12 + 14 * Double(index)
            return "<rect x=\"\(Self.short(width - 112))\" y=\"\(Self.short(y - 8))\" width=\"10\" height=\"3\" "
                + "fill=\"\(line.colour)\"/>" + text(width - 98, y - 3, line.name, "start", "tick")
        }.joined()
    }

    private func line(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, _ kind: String) -> String {
        "<line class=\"\(kind)\" x1=\"\(Self.short(x0))\" y1=\"\(Self.short(y0))\" x2=\"\(Self.short(x1))\" "
            + "y2=\"\(Self.short(y1))\"/>"
    }

    private func text(_ x: Double, _ y: Double, _ text: String, _ anchor: String, _ kind: String) -> String {
        "<text class=\"\(kind)\" x=\"\(Self.short(x))\" y=\"\(Self.short(y))\" text-anchor=\"\(anchor)\">"
            + "\(text.escapedForHTML)</text>"
    }

    /// About five round values.
    static func ticks(_ low: Double, _ high: Double) -> [Double] {
        let rough = (high - low) / 5
        guard rough > 0, rough.isFinite else { return [] }
        let power = pow(10, floor(log10(rough)))
        let step = power * ([1.0, 2, 5, 10].first { $0 * power >= rough } ?? 10)
        return Array(stride(from: (low / step).rounded(.up) * step, through: high, by: step))
    }

    private static func label(_ value: Double) -> String { String(format: "%g", (value * 1e6).rounded() / 1e6) }
    private static func short(_ value: Double) -> String { String(format: "%.1f", value) }
}
