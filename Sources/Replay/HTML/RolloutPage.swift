import Foundation
import Metrics
import TextEscaping

/// A recording as one HTML page that needs nothing else: no network, no other file.
public struct RolloutPage {
    public var recording: RolloutRecording
    /// What a comparison with the journal said: `bit-identical`, for example.
    public var verdict: String

    public init(recording: RolloutRecording, verdict: String) {
        self.recording = recording
        self.verdict = verdict
    }

    /// The page, UTF-8.
    public func html() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = String(decoding: try encoder.encode(PageData(recording)), as: UTF8.self)
        let isCompleted = recording.record.outcome == .completed
        let isClose = isCompleted && recording.record.severity > 0
        let scripts = [
            PackageResources.recording_js, PackageResources.scene_js, PackageResources.charts_js,
            PackageResources.player_js,
        ]
        let family = recording.record.family.name
        return Self.filled(
            String(decoding: PackageResources.page_html, as: UTF8.self),
            [
                "title": "Longhaul: scenario \(recording.record.scenario)".escapedForHTML,
                "heading": "Scenario \(recording.record.scenario), \(family) traffic".escapedForHTML,
                "outcomeClass": isClose ? "close" : isCompleted ? "good" : "bad",
                "outcomeShape": isClose ? "▲" : isCompleted ? "✓" : "✕",
                "outcome": recording.outcomeText.escapedForHTML,
                "command": recording.origin.command.escapedForHTML,
                "facts": facts.map { "<dt>\($0.escapedForHTML)</dt><dd>\($1.escapedForHTML)</dd>" }.joined(),
                // No string in the data can end the script element.
                "data": data.escaped(by: ["<": "\\u003c"]),
                "style": String(decoding: PackageResources.page_css, as: UTF8.self),
                "script": scripts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n"),
            ])
    }

    /// Writes the page.
    ///
    /// - Returns: its size in bytes.
    /// - Throws: `ReplayError.cannotWrite`.
    public func write(to path: String) throws -> Int {
        let file = try OutputFile(path: path)
        file.append(try html().utf8)
        try file.close()
        return file.count
    }

    private var facts: [(String, String)] {
        let (origin, record) = (recording.origin, recording.record)
        let seconds = String(format: "%.1f s, %.0f m", record.simulatedSeconds, record.egoMeters)
        return [
            ("Seed", "\(origin.seed)"), ("Campaign", "\(origin.campaignName), shard \(origin.shard)"),
            ("Policy", origin.policy), ("Driven", seconds), ("Digest", hexadecimal(record.digest)),
            ("Replay", verdict), ("World model", String(origin.worldModel.prefix(16))),
        ]
    }

    /// Replaces each `{{name}}` of the template, once: what is put in is not looked at again.
    private static func filled(_ template: String, _ values: [String: String]) -> String {
        var page = ""
        for (index, piece) in template.components(separatedBy: "{{").enumerated() {
            guard index > 0, let end = piece.range(of: "}}"),
                let value = values[String(piece[..<end.lowerBound])]
            else {
                page += index > 0 ? "{{" + piece : piece
                continue
            }
            page += value + piece[end.upperBound...]
        }
        return page
    }
}
