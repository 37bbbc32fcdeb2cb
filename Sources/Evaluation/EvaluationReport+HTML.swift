import Foundation
import TextEscaping

/// The report as one self-contained page: inline SVG, no scripts, dark and light.
extension EvaluationReport {
    public var html: String {
        let sections = roadNames.map { road in
            let scores = roads.filter { $0.road == road }
            guard let first = scores.first else { return "" }
            let meaning = road == RoadScore.freeway ? " <small>mean of US-101 and I-24</small>" : ""
            return """
                <section><h2>\(road.escapedForHTML)\(meaning)</h2>
                <p>\(first.scenes) scenes, \(first.agents) agents.</p>
                <figure>\(Self.scorePlot(scores))<figcaption>Meta score, fine bins; lines: 95 % of bootstrap \
                samples of the scenes; dashed: the recording itself, the ceiling.</figcaption></figure>
                <figure>\(Self.componentPlot(scores))<figcaption>Likelihood of each component, 0 to 1.\
                </figcaption></figure>
                <figure>\(Self.errorPlot(scores))<figcaption>Root mean square error of the mean rollout, metres, \
                over seconds.</figcaption></figure>
                \(Self.conductTable(scores))</section>
                """
        }
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Longhaul: closed-loop realism</title><style>\(Self.style)</style></head><body>
            <h1>Closed-loop realism</h1>
            <p>\(rollouts) rollouts of \(Int(Evaluation.horizon)) s, every agent simulated, scored as in the Waymo \
            Open Sim Agents Challenge with finer bins. \(split.rawValue.escapedForHTML) recordings, seed \(seed). \
            1 is perfect.</p>
            \(sections.joined(separator: "\n"))
            <h2>Scenes</h2>\(sceneTable)
            </body></html>

            """
    }

    private var roadNames: [String] {
        var names: [String] = []
        for score in roads where !names.contains(score.road) { names.append(score.road) }
        return names
    }

    private static let style = """
        :root{--ink:#1d2430;--paper:#fff;--faint:#8892a0;--line:#d8dde4;--a:#0b6bcb;--b:#c2570c;--c:#2f855a;\
        --d:#8b3fb5;--e:#5c6675}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--paper:#14181f;--faint:#8b95a3;--line:#2e3641;\
        --a:#5cb0ff;--b:#ff9d5c;--c:#63d297;--d:#d08bf2;--e:#a3adba}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;\
        margin:2rem auto;padding:0 1rem}
        svg{max-width:100%;height:auto}svg text{fill:var(--ink);font:12px system-ui,sans-serif}
        figure{margin:1rem 0}figcaption,small,.faint{color:var(--faint)}
        table{border-collapse:collapse}td,th{padding:.15rem .7rem;text-align:right;border-bottom:1px solid \
        var(--line)}td:first-child,th:first-child{text-align:left}
        .grid{stroke:var(--line)}.k0{color:var(--a)}.k1{color:var(--b)}.k2{color:var(--c)}.k3{color:var(--d)}\
        .k4{color:var(--e)}
        """

    /// A contender keeps its colour in all plots.
    private static func colour(_ contender: Contender) -> String {
        "k\(Contender.allCases.firstIndex(of: contender) ?? 0)"
    }

    private static func number(_ value: Double, _ decimals: Int = 1) -> String {
        String(format: "%.\(decimals)f", value)
    }

    private static func svg(_ width: Int, _ height: Int, _ label: String, _ body: [String]) -> String {
        "<svg viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" role=\"img\" aria-label=\"\(label.escapedForHTML)\">"
            + body.joined(separator: "\n") + "</svg>"
    }

    private static func text(_ x: Double, _ y: Double, _ text: String, anchor: String = "start") -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(text.escapedForHTML)</text>"
    }

    private static func line(_ x: Double, _ y: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
        "<line x1=\"\(number(x))\" y1=\"\(number(y))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" \(style)/>"
    }

    // MARK: - Plots

    private static func scorePlot(_ scores: [RoadScore]) -> String {
        let low = (10 * (scores.map(\.low).min() ?? 0)).rounded(.down) / 10
        let high = max((10 * (scores.map(\.high).max() ?? 1)).rounded(.up) / 10, low + 0.1)
        let (left, width, row) = (190.0, 520.0, 26.0)
        func x(_ value: Double) -> Double { left + (value - low) / (high - low) * width }
        let bottom = 10 + row * Double(scores.count)
        var body: [String] = []
        for tick in 0...Int(((high - low) * 20).rounded()) {
            let value = low + 0.05 * Double(tick)
            body.append(line(x(value), 8, x(value), bottom, "class=\"grid\""))
            if tick % 2 == 0 { body.append(text(x(value), bottom + 16, number(value, 2), anchor: "middle")) }
        }
        if let ceiling = scores.first(where: { $0.contender == .recording }) {
            body.append(line(x(ceiling.meta), 8, x(ceiling.meta), bottom, "stroke=\"var(--faint)\" stroke-dasharray=\"4 3\""))
        }
        for (index, score) in scores.enumerated() {
            let y = 10 + row * (Double(index) + 0.5)
            body.append(text(left - 10, y + 4, score.contender.title, anchor: "end"))
            body.append("<g class=\"\(colour(score.contender))\">")
            body.append(line(x(score.low), y, x(score.high), y, "stroke=\"currentColor\" stroke-width=\"2\""))
            body.append("<circle cx=\"\(number(x(score.meta)))\" cy=\"\(number(y))\" r=\"5\" fill=\"currentColor\"/></g>")
            body.append(text(left + width + 12, y + 4, number(score.meta, 3)))
        }
        return svg(780, Int(bottom) + 24, "Meta scores with intervals", body)
    }

    private static func componentPlot(_ scores: [RoadScore]) -> String {
        let (left, width, row) = (190.0, 520.0, 22.0)
        var body: [String] = []
        let bottom = 10 + row * Double(RealismComponent.allCases.count)
        for tick in 0...5 {
            let x = left + 0.2 * Double(tick) * width
            body.append(line(x, 8, x, bottom, "class=\"grid\""))
            body.append(text(x, bottom + 16, number(0.2 * Double(tick)), anchor: "middle"))
        }
        for (index, component) in RealismComponent.allCases.enumerated() {
            let y = 10 + row * (Double(index) + 0.5)
            body.append(text(left - 10, y + 4, component.name, anchor: "end"))
            for score in scores {
                let x = left + (score.components[component.name] ?? 0) * width
                body.append(
                    "<circle class=\"\(colour(score.contender))\" cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"4\" "
                        + "fill=\"currentColor\" fill-opacity=\"0.8\"><title>\(score.contender.title.escapedForHTML): "
                        + "\(number(score.components[component.name] ?? 0, 3))</title></circle>")
            }
        }
        return svg(780, Int(bottom) + 24, "Likelihoods of the components", body) + legend(scores)
    }

    private static func legend(_ scores: [RoadScore]) -> String {
        "<p>" + scores.map { "<span class=\"\(colour($0.contender))\">●</span> \($0.contender.title.escapedForHTML)" }
            .joined(separator: " &nbsp; ") + "</p>"
    }

    private static func errorPlot(_ scores: [RoadScore]) -> String {
        let (left, width, height) = (60.0, 520.0, 180.0)
        let highest = max(scores.flatMap(\.rootMeanSquare).compactMap { $0 }.max() ?? 1, 0.5)
        func place(_ second: Int, _ value: Double) -> (Double, Double) {
            (left + Double(second) / 5 * width, 10 + height * (1 - value / highest))
        }
        var body: [String] = []
        for second in 0...5 {
            let (x, y) = place(second, 0)
            body.append(line(x, 10, x, y, "class=\"grid\""))
            body.append(text(x, y + 16, "\(second) s", anchor: "middle"))
        }
        for share in [0.0, 0.5, 1] {
            body.append(text(left - 8, place(0, share * highest).1 + 4, number(share * highest) + " m", anchor: "end"))
        }
        for score in scores {
            var points = [place(0, 0)]
            for (index, error) in score.rootMeanSquare.enumerated() {
                if let error { points.append(place(index + 1, error)) }
            }
            let path = points.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
            body.append(
                "<polyline class=\"\(colour(score.contender))\" points=\"\(path)\" fill=\"none\" "
                    + "stroke=\"currentColor\" stroke-width=\"2\"/>")
        }
        return svg(640, Int(height) + 40, "Error over time", body)
    }

    // MARK: - Tables

    private static func conductTable(_ scores: [RoadScore]) -> String {
        let rows = scores.map { score in
            "<tr><td>\(score.contender.title.escapedForHTML)</td>"
                + [score.collisionShare, score.offRoadShare, score.hardBrakeShare].map {
                    "<td>\(number(100 * $0, 2)) %</td>"
                }.joined()
                + "<td>\(number(score.minADE, 2)) m</td><td>\(number(score.metaPublished, 3))</td></tr>"
        }
        return "<table><tr><th></th><th>collided</th><th>off road</th><th>hard brake</th><th>minADE</th>"
            + "<th>published bins</th></tr>\(rows.joined())</table>"
    }

    private var sceneTable: String {
        var names: [String] = []
        for scene in scenes where !names.contains(scene.score.scene) { names.append(scene.score.scene) }
        let contenders = Contender.allCases.filter { contender in scenes.contains { $0.contender == contender } }
        var lookup: [String: [Contender: SceneScore]] = [:]
        for scene in scenes { lookup[scene.score.scene, default: [:]][scene.contender] = scene.score }
        let rows = names.map { name in
            let agents = lookup[name]?.values.first?.agents ?? 0
            return "<tr><td>\(name.escapedForHTML)</td><td>\(agents)</td>"
                + contenders.map { contender in
                    let score = lookup[name]?[contender].map { Self.number($0.meta(.fine), 3) } ?? "–"
                    return "<td>\(score)</td>"
                }.joined() + "</tr>"
        }
        return "<table><tr><th>scene</th><th>agents</th>"
            + contenders.map { "<th>\($0.title.escapedForHTML)</th>" }.joined() + "</tr>\(rows.joined())</table>"
    }
}
