import Foundation
import TextEscaping

extension TrafficReport {
    /// A page that stands alone: the plots, and the report as text.
    public var html: String {
        """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Longhaul: free traffic</title>
            <style>
            body{font:15px system-ui,sans-serif;margin:2em auto;max-width:1320px;padding:0 1em;color:#222}
            .plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(380px,1fr));gap:1em}
            svg{width:100%;background:#fff} .grid{stroke:#e4e4e4} .title{font-weight:600;font-size:13px}
            .tick{font-size:11px;fill:#555} pre{overflow:auto;background:#f6f6f6;padding:1em;font-size:12px}
            </style>
            <h1>Free traffic beside the recordings</h1>
            <p>\(scenarios) scenarios of \(minutes) minutes, seed \(seed): the world model drives everybody.
            Shaded: where the middle 80 % of the cells of 50 m and 5 s lie.</p>
            <div class="plots">
            \(([speedPlot, flowPlot, coursePlot] + distributionPlots).map(\.svg).joined())
            </div>
            <h2>Everything found</h2><pre>\(text.escapedForHTML)</pre></html>

            """
    }

    private static let colours = ["#0b6bcb", "#d4572a", "#3c8f4d", "#8a56ac"]

    private var columns: [(name: String, measures: TrafficMeasures)] {
        [("simulated", allMinutes)]
            + recorded.filter { $0.measures != TrafficMeasures() }.map { ($0.road, $0.measures) }
    }

    private func fundamental(
        _ title: String, _ unit: String, _ value: @escaping (Double, Double) -> Double
    ) -> LineChart {
        let lines = zip(columns, Self.colours).map { column, colour in
            var line = LineChart.Line(name: column.name, colour: colour, points: [])
            for (bin, cell) in column.measures.fundamental.enumerated() where cell.cells >= 5 {
                guard let speed = cell.speed else { continue }
                let density = (Double(bin) + 0.5) * TrafficMeasures.densityStep
                line.points.append((density, value(speed, density)))
                if let low = cell.cellSpeeds.quantile(0.1), let high = cell.cellSpeeds.quantile(0.9) {
                    line.band.append((density, value(low, density), value(high, density)))
                }
            }
            return line
        }
        return LineChart(title: title, xLabel: "vehicles per km and lane", yLabel: unit, lines: lines)
    }

    private var speedPlot: LineChart { fundamental("Speed over density", "m/s") { speed, _ in speed } }
    private var flowPlot: LineChart {
        fundamental("Flow over density", "vehicles per hour and lane") { 3.6 * $0 * $1 }
    }

    private var coursePlot: LineChart {
        LineChart(
            title: "Mean speed, minute by minute", xLabel: "minute", yLabel: "m/s",
            lines: zip(course, Self.colours).map { family, colour in
                LineChart.Line(
                    name: family.family.name, colour: colour,
                    points: family.minutes.enumerated().map { (Double($0 + 1), $1.meanSpeed) })
            })
    }

    /// Each quantity at each density that was recorded often enough.
    private var distributionPlots: [LineChart] {
        let theirs = allRecorded, mine = allMinutes
        var charts: [LineChart] = []
        for density in TrafficMeasures.DensityClass.allCases {
            for quantity in TrafficMeasures.Quantity.allCases {
                let pair = [("simulated", mine), ("recorded", theirs)]
                    .map { ($0, $1.histogram(quantity, density)) }
                guard pair[0].1.total >= 1000, pair[1].1.total >= 200 else { continue }
                charts.append(
                    LineChart(
                        title: "\(quantity.name), \(density.name) per km", xLabel: quantity.unit,
                        yLabel: "share",
                        lines: zip(pair, Self.colours).map { named, colour in
                            LineChart.Line(
                                name: named.0, colour: colour, points: Self.coarse(named.1))
                        }))
            }
        }
        return charts
    }

    private static let merged = 5

    /// Several bins of a histogram together, for a smooth line.
    private static func coarse(_ histogram: Histogram) -> [(x: Double, y: Double)] {
        let shares = histogram.density
        return stride(from: 0, to: shares.count, by: merged).map { first in
            let bins = first..<min(first + merged, shares.count)
            let middle = 0.5 * (histogram.middle(bins.lowerBound) + histogram.middle(bins.upperBound - 1))
            return (middle, shares[bins].reduce(0, +))
        }
    }
}
