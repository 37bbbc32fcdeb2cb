import Foundation
import Metrics
import TerminalScreen

/// Draws a recording at a moment: a pure function from model, size and style to cells.
///
/// The road lies straight, driving to the right, the ego at a third of the width. What doesn't fit is left out
/// from the bottom up; below 30 × 8 a single line remains.
public enum PlayerView {
    public static func frame(_ model: PlayerModel, width: Int, height: Int, style: ScreenStyle) -> Frame {
        var canvas = Canvas(width: width, height: height, usesUnicode: style.usesUnicode)
        guard canvas.frame.width >= 30, canvas.frame.height >= 8 else {
            canvas.put(line(model), row: 0, column: 0)
            return canvas.frame
        }
        canvas.drawTitle(model)
        let road = RoadPicture(model, width: canvas.frame.width, rows: canvas.frame.height - 6)
        var row = 2
        if let road {
            canvas.draw(road, model, row: row)
            row += road.rows + 1
        }
        let room = canvas.frame.height - 1 - row
        if room > 0 { canvas.drawNumbers(model, row: row) }
        if room > 1 { canvas.drawTime(model, row: row + 1) }
        if room > 2 { canvas.drawEvent(model, row: row + 2) }
        if room > 6 { canvas.drawHistories(model, row: row + 4) }
        canvas.drawPlayerKeys(row: canvas.frame.height - 1)
        return canvas.frame
    }

    /// Everything in one line, most important first.
    static func line(_ model: PlayerModel) -> String {
        let numbers = numbers(model).map { "\($0.name) \($0.value)" }.joined(separator: "  ")
        return "\(clock(model.seconds))  \(numbers)"
    }

    static func numbers(_ model: PlayerModel) -> [(name: String, value: String, isClose: Bool)] {
        let recording = model.recording, step = model.step
        guard recording.steps.indices.contains(step), !recording.steps[step].isEmpty else { return [] }
        let ego = recording.ego(at: step)
        let gap = recording.gaps[step].map { String(format: "%.1f m", $0) } ?? "-"
        let time = recording.timesToCollision[step]
        return [
            ("speed", String(format: "%.1f m/s %.0f km/h", ego.speed, ego.speed * 3.6), false),
            ("acceleration", String(format: "%+.1f m/s2", ego.acceleration), ego.acceleration < -3),
            ("gap", gap, false),
            (
                "TTC", time.map { String(format: "%.1f s", min($0, 99)) } ?? "-",
                (time ?? .infinity) < CampaignTotals.nearMissSeconds
            ),
        ]
    }

    /// 7.4 s as 0:07.4.
    static func clock(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return String(format: "%d:%02d.%d", tenths / 600, tenths % 600 / 10, tenths % 10)
    }
}

extension Canvas {
    fileprivate mutating func drawTitle(_ model: PlayerModel) {
        let (record, origin) = (model.recording.record, model.recording.origin)
        let isSame = model.verdict == "bit-identical"
        let verdict = (isSame ? "✓ " : "") + model.verdict
        let start = max(frame.width - verdict.count - 1, 0)
        let end = put(
            [
                ("scenario \(record.scenario)", .title), ("  \(record.family.name)", .strong),
                ("  \(origin.policy)  seed \(origin.seed)", .plain),
            ], row: 0, column: 0, limit: frame.width)
        if end + 2 < start { put(verdict, row: 0, column: start, style: isSame ? .good : .warning) }
        let isGood = record.outcome == .completed
        put(
            [
                (isGood ? "✓ " : "✗ ", isGood ? .good : .bad), (model.recording.outcomeText, .plain),
                ("   \(origin.command)", .faint),
            ], row: 1, column: 0, limit: frame.width)
    }

    fileprivate mutating func drawNumbers(_ model: PlayerModel, row: Int) {
        var column = 0
        for number in PlayerView.numbers(model) {
            let value = number.isClose ? "!\(number.value)" : number.value
            guard column + number.name.count + value.count + 1 <= frame.width else { return }
            column = put(
                [("\(number.name) ", .faint), (value, number.isClose ? .bad : .strong), ("   ", .plain)],
                row: row, column: column)
        }
    }

    /// Where in the rollout we are, with a mark for each event.
    fileprivate mutating func drawTime(_ model: PlayerModel, row: Int) {
        let state = model.isPlaying ? "▶" : "■"
        let speed = model.speed == 1 ? "" : " ×\(model.speed.formatted())"
        let text = "\(state) \(PlayerView.clock(model.seconds))\(speed) "
        let end = " \(PlayerView.clock(model.recording.seconds(model.last)))"
        let start = put(text, row: row, column: 0, style: .strong)
        let width = frame.width - start - end.count
        guard width > 4 else { return }
        func column(_ step: Int) -> Int { start + (width - 1) * step / max(model.last, 1) }
        fill("─", row: row, column: start, count: width, style: .faint)
        fill("━", row: row, column: start, count: column(model.step) - start, style: .accent)
        for event in model.recording.events {
            let mark = event.kind.mark
            put(mark.symbol, row: row, column: column(event.step), width: 1, style: mark.style)
        }
        put("●", row: row, column: column(model.step), style: .title)
        put(end, row: row, column: start + width, style: .faint)
    }

    fileprivate mutating func drawEvent(_ model: PlayerModel, row: Int) {
        guard let event = model.currentEvent else { return }
        let mark = event.kind.mark
        let time = PlayerView.clock(model.recording.seconds(event.step))
        put(
            [("\(mark.symbol) ", mark.style), ("\(time) ", .faint), (event.text, .plain)], row: row, column: 0,
            limit: frame.width)
    }

    /// Speed and gap over the whole rollout, the moment shown marked.
    fileprivate mutating func drawHistories(_ model: PlayerModel, row: Int) {
        let recording = model.recording
        let speeds = recording.steps.indices.map { index -> Float? in recording.ego(at: index).speed }
        drawHistory("speed", speeds, model, row: row)
        drawHistory("gap", recording.gaps.map { $0.map { min($0, 60) } }, model, row: row + 1)
    }

    private mutating func drawHistory(_ name: String, _ values: [Float?], _ model: PlayerModel, row: Int) {
        let label = 6, width = frame.width - label
        guard width > 4, !values.isEmpty else { return }
        put(name, row: row, column: 0, style: .faint)
        let top = max(values.compactMap { $0 }.max() ?? 1, 1)
        let levels: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        for column in 0..<width {
            let index = column * values.count / width
            guard let value = values[index] else { continue }
            let level = Int(max(0, min(value / top, 1)) * 7.99)
            put([levels[min(level, 7)]], row: row, column: label + column, style: .accent)
        }
        let here = model.step * width / values.count
        restyle(row: row, columns: label + here..<label + here + 1) { $0.isInverse = true }
    }

    fileprivate mutating func drawPlayerKeys(row: Int) {
        let keys = [
            ("q", "leave"), ("space", "pause"), ("←→", "step"), ("↑↓", "speed"), ("n p", "events"),
            ("+ -", "zoom"), ("Home End", "ends"),
        ]
        var column = 0
        for (key, meaning) in keys where column + key.count + meaning.count + 1 <= frame.width {
            column = put([(key, .title), (" \(meaning)", .plain), ("   ", .plain)], row: row, column: column)
        }
    }
}

extension RecordedEvent.Kind {
    /// A symbol of its own for each kind, so that colour isn't needed.
    var mark: (symbol: String, style: CellStyle) {
        switch self {
        case .hardBrake: ("▼", .warning)
        case .laneChange: ("◆", .plain)
        case .nearMiss: ("▲", .bad)
        case .roadEdge: ("■", .warning)
        case .modelFault: ("◇", .faint)
        case .ending: ("✗", .bad)
        }
    }
}
