import Foundation
import Testing

extension EndToEnd {
    /// A rollout looked at in every way there is: each reads what a real `longhaul replay` wrote.
    @Suite struct Looking {
        @Test func aScenarioNeedsNoShard() throws {
            let folder = try Replay.finished.get()
            for source in ["out", "c.yaml"] {
                let replay = try LonghaulBinary.run(
                    ["replay", folder.file(source), "--scenario", "20", "--json"])
                #expect(replay.status == 0, "\(replay.errors)")
                #expect(try object(replay.output)["shard"] as? Int == 1)
            }
            let outside = try LonghaulBinary.run(["replay", folder.file("c.yaml"), "--scenario", "44"])
            #expect(outside.status == 64 && outside.errors.contains("0 to 43"))
            let neither = try LonghaulBinary.run(["replay", folder.file("out")])
            #expect(neither.status == 64 && neither.errors.contains("--scenario"))
            let many = try LonghaulBinary.run(
                ["replay", folder.file("out"), "--shard", "1", "--html", "x.html"])
            #expect(many.status == 64 && many.errors.contains("--scenario"))
        }

        @Test(.enabled(if: LonghaulBinary.hasCommand("chromium"), "chromium is not installed"))
        func thePagePlaysScrubsAndJumpsInABrowser() throws {
            let folder = try Replay.finished.get()
            let page = folder.file("rollout.html")
            let scenario = try worstScenario(of: folder)
            let replay = try LonghaulBinary.run(
                ["replay", folder.file("out"), "--scenario", scenario, "--html", page])
            #expect(replay.status == 0 && replay.output.contains("bit-identical"), "\(replay.errors)")
            let time = "document.getElementById('time').textContent"
            let seen = try browse(page, steps: [
                ["size": [1360, 900, false]], ["key": "Home"], ["evaluate": time],
                ["key": " "], ["wait": 1.2], ["key": " "], ["evaluate": time],
                ["key": "ArrowRight"], ["key": "Home"], ["key": "ArrowRight"], ["evaluate": time],
                ["key": "End"], ["evaluate": time],
                ["evaluate": "document.querySelector('.event.current').dataset.kind"],
                ["evaluate": "(() => { const s = document.getElementById('scrub'); s.value = 9; "
                    + "s.dispatchEvent(new Event('input')); })()"],
                ["evaluate": time],
                ["evaluate": "document.querySelector('#events button').click()"],
                ["evaluate": "document.querySelector('.event.current').dataset.event"],
                ["key": "]"], ["evaluate": "document.getElementById('agent-name').textContent"],
                ["evaluate": "document.getElementById('command').textContent"],
                ["evaluate": "new Set(document.getElementById('stage').getContext('2d')"
                    + ".getImageData(300, 100, 200, 200).data).size"],
                ["size": [390, 844, true]], ["scheme": "dark"], ["wait": 0.3],
                ["evaluate": "document.documentElement.scrollWidth"],
                ["evaluate": "getComputedStyle(document.body).backgroundColor"],
            ])
            #expect(seen.errors == [] && seen.requests == [])
            let values = seen.values
            try #require(values.count == 14, "\(values)")
            #expect(values[0] == "0:00.1")
            #expect(values[1] > "0:00.5", "it does not play: \(values[1])")
            #expect(values[2] == "0:00.2")
            #expect(values[3] == replayedTime(replay.output), "\(values[3])")
            #expect(values[4] == "ending")
            #expect(values[6] == "0:01.0", "it does not scrub")
            #expect(values[8] == "0")
            #expect(values[9] != "Ego")
            #expect(values[10].hasSuffix("--scenario \(scenario)"))
            #expect(Int(values[11]) ?? 0 > 10, "the stage is empty")
            #expect(values[12] == "390", "the page is wider than a phone")
            #expect(values[13] == "rgb(14, 17, 22)")
        }

        @Test(.enabled(if: LoggedTools.hasMCAP, "the mcap package is not installed: run Ops/bootstrap"))
        func theLogIsWhatAnIndependentReaderExpects() throws {
            let folder = try Replay.finished.get()
            let (log, csv) = (folder.file("rollout.mcap"), folder.file("beside.csv"))
            let scenario = try worstScenario(of: folder)
            let replay = try LonghaulBinary.run(
                ["replay", folder.file("out"), "--scenario", scenario, "--mcap", log, "--csv", csv])
            #expect(replay.status == 0 && replay.output.contains("bit-identical"), "\(replay.errors)")
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Readers/read-log.py").path
            let read = try RunningProcess([LoggedTools.python, script, log, csv]).result()
            #expect(read.status == 0, "\(read.output)\(read.errors)")
            let found = try object(read.output)
            #expect(found["vehicleMessages"] as? Int == found["steps"] as? Int)
            let command = "longhaul replay \(folder.file("out")) --scenario \(scenario)"
            #expect(found["command"] as? String == command)
        }

        private func worstScenario(of folder: TemporaryFolder) throws -> String {
            let report = try LonghaulBinary.run(["report", folder.file("out"), "--json"])
            let worst = try #require(try object(report.output)["worst"] as? [[String: Any]]).first
            let incident = try #require(worst?["incident"] as? [String: Any])
            return "\(try #require(incident["scenario"] as? Int))"
        }

        /// "… collision after 12.3 s, 240 m" as 0:12.3.
        private func replayedTime(_ output: String) -> String {
            let words = output.split(separator: " ")
            guard let place = words.firstIndex(of: "after"), let seconds = Double(words[place + 1]) else {
                return ""
            }
            return String(format: "0:%04.1f", seconds)
        }
    }
}

/// What a browser found: every value as text.
private struct Seen {
    var values: [String]
    var errors: [String]
    var requests: [String]
}

private func browse(_ page: String, steps: [[String: Any]]) throws -> Seen {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Readers/browse.py").path
    let folder = try TemporaryFolder()
    let input = try folder.write(
        String(decoding: JSONSerialization.data(withJSONObject: steps), as: UTF8.self), to: "steps.json")
    let command = "python3 '\(script)' '\(page)' <'\(input)'"
    let result = try RunningProcess(["sh", "-c", command]).result(within: 90)
    guard result.status == 0 else { throw TestFailure("browser: \(result.errors)") }
    let found = try object(result.output)
    return Seen(
        values: (found["values"] as? [Any] ?? []).map { "\($0)" },
        errors: found["errors"] as? [String] ?? ["no list of errors"],
        requests: found["requests"] as? [String] ?? ["no list of requests"])
}

/// Python with the packages that only tests use; `Ops/bootstrap` makes it.
enum LoggedTools {
    static let python: String = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.appendingPathComponent(".build/test-tools/bin/python").path
    }()

    static let hasMCAP: Bool =
        (try? RunningProcess([python, "-c", "import mcap, lz4, foxglove_schemas_protobuf"]).result().status) == 0
}
