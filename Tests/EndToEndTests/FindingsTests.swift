import Foundation
import RecordStore
import Testing

extension EndToEnd {
    /// What teams do with results: report, compare, failures, regression suite, export.
    @Suite struct Findings {
        static let yaml = """
            name: careful
            seed: 9
            scenarios: 320
            horizon: 30
            burn-in: 2
            shard-size: 16

            """

        /// Results of IDM + MOBIL and of a driver who never brakes, over the same scenarios.
        static let results = Result { () throws -> (folder: TemporaryFolder, a: String, b: String) in
            let folder = try TemporaryFolder()
            let careful = try folder.write(yaml, to: "careful.yaml")
            let first = try LonghaulBinary.run(["run", careful, "--output", folder.file("a")], within: 120)
            guard first.status == 0 else { throw TestFailure(first.errors) }
            let blind = try folder.write("name: blind\npolicy: constant-velocity\n", to: "blind.yaml")
            let second = try LonghaulBinary.run(
                ["run", blind, "--against", folder.file("a"), "--output", folder.file("b"),
                 "--fail-if-worse", "ego-collisions"], within: 120)
            guard second.status == 1 else { throw TestFailure("status \(second.status): \(second.errors)") }
            guard second.output.contains("newly failing") else { throw TestFailure(second.output) }
            return (folder, folder.file("a"), folder.file("b"))
        }

        /// Runs a command line that Longhaul printed.
        private func shell(_ line: String) throws -> RunningProcess.Result {
            try RunningProcess(["/bin/sh", "-c", line]).result(within: 60)
        }

        @Test func aNewFailureReplaysBitForBitWithTheCommandThatIsPrinted() throws {
            let (_, a, b) = try Self.results.get()
            let comparison = try LonghaulBinary.run(["compare", a, b, "--json", "--changes", "2"])
            #expect(comparison.status == 0, "\(comparison.errors)")
            let found = try object(comparison.output)
            #expect(found["pairs"] as? Int == 320)
            let changes = try #require(found["newlyFailing"] as? [[String: Any]])
            #expect(changes.count == 2)
            for key in ["replayA", "replayB"] {
                let command = try #require(changes.first?[key] as? String)
                let replay = try shell(command)
                #expect(replay.status == 0 && replay.output.contains("bit-identical"), "\(command)\n\(replay.errors)")
            }
        }

        @Test func betterIsNoFailureAndWorseIs() throws {
            let (_, a, b) = try Self.results.get()
            let worse = try LonghaulBinary.run(["compare", a, b, "--fail-if-worse", "failures"])
            #expect(worse.status == 1 && worse.errors.contains("B is worse than A: failures"))
            let better = try LonghaulBinary.run(["compare", b, a, "--fail-if-worse", "failures"])
            #expect(better.status == 0 && better.output.contains("better"))
        }

        @Test func whatIsNotComparableEndsWithCode64AndTheReason() throws {
            let (folder, a, _) = try Self.results.get()
            let other = folder.file("other-\(UUID().uuidString)")
            let run = try LonghaulBinary.run(["run", "--scenarios", "16", "--seed", "4", "--output", other])
            #expect(run.status == 0, "\(run.errors)")
            let comparison = try LonghaulBinary.run(["compare", a, other])
            #expect(comparison.status == 64)
            #expect(comparison.errors.contains("the seed is 9 in A and 4 in B"))
            let same = try LonghaulBinary.run(["run", "--against", a, "--output", folder.file("same")])
            #expect(same.status == 64 && same.errors.contains("same policy"))
        }

        @Test func failuresBecomeASuiteThatFailsAgainAndPassesWithAnotherPolicy() throws {
            let (folder, _, b) = try Self.results.get()
            let suite = folder.file("suite.yaml"), again = folder.file("again")
            let export = try LonghaulBinary.run(
                ["failures", b, "--kind", "ego-ran-into-other", "--export", suite, "--json"])
            #expect(export.status == 0, "\(export.errors)")
            let count = try #require(object(export.output)["count"] as? Int)
            #expect(count > 5)
            let run = try LonghaulBinary.run(["run", suite, "--output", again, "--json"])
            #expect(run.status == 0, "\(run.errors)")
            #expect(try object(run.output)["rollouts"] as? Int == count)
            let failures = try LonghaulBinary.run(["failures", again, "--kind", "ego-ran-into-other", "--json"])
            #expect(try object(failures.output)["count"] as? Int == count, "all of them fail again")
            let replay = try LonghaulBinary.run(["replay", again, "--shard", "0"])
            #expect(replay.status == 0 && replay.output.contains("bit-identical"), "\(replay.errors)")
            let careful = try folder.write("policy: idm-mobil\n", to: "fixed.yaml")
            let fixed = try LonghaulBinary.run(
                ["run", careful, "--against", again, "--output", folder.file("fixed"), "--json"])
            #expect(fixed.status == 0, "\(fixed.errors)")
            #expect(try #require(object(fixed.output)["fixedFailures"] as? Int) > count / 2)
        }

        @Test func aRuleToStopGivesTheSameResultWithOneWorkerAndWithThree() throws {
            let folder = try TemporaryFolder()
            let yaml = "policy: constant-velocity\nhorizon: 20\nshard-size: 8\nstop: {simulated-hours: 100}\n"
            let campaign = try folder.write(yaml, to: "blind.yaml")
            let reports = try ["1", "3"].map { workers in
                let run = try LonghaulBinary.run(
                    ["run", campaign, "--failures", "12", "--workers", workers, "--output",
                     folder.file(workers), "--json"])
                #expect(run.status == 0, "\(run.errors)")
                return try object(run.output)
            }
            #expect(reports[0]["rollouts"] as? Int == reports[1]["rollouts"] as? Int)
            #expect(reports[0]["egoKilometers"] as? Double == reports[1]["egoKilometers"] as? Double)
            let events = try #require(reports[0]["events"] as? [[String: Any]])
            let failures = try #require(events.first { $0["key"] as? String == "failures" })
            #expect(try #require(failures["count"] as? Int) >= 12)
        }

        @Test func recordsAreExported() throws {
            let (folder, a, _) = try Self.results.get()
            let csv = folder.file("records.csv")
            let export = try LonghaulBinary.run(["export", a, "--format", "csv", "--output", csv])
            #expect(export.status == 0, "\(export.errors)")
            #expect(try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n").count == 321)
            let lines = try LonghaulBinary.run(["export", a, "--format", "jsonl"])
            #expect(lines.output.split(separator: "\n").count == 320)
            let early = try shell("'\(LonghaulBinary.path)' export '\(a)' --format jsonl | head -1")
            #expect(early.status == 0 && early.errors.isEmpty, "\(early.errors)")
        }

        @Test(.enabled(if: LonghaulBinary.hasCommand("sqlite3"), "sqlite3 is not installed"))
        func theJournalIsQueriedAsItsDocumentSays() throws {
            let (_, a, _) = try Self.results.get()
            let line = try #require(try Self.document().first { $0.hasPrefix("sqlite3") })
            let query = try shell(line.replacingOccurrences(of: "DIR", with: a))
            #expect(query.status == 0 && query.output.contains("free-flow"), "\(query.errors)")
        }

        static let hasDuckDB: Bool = {
            let check = try? RunningProcess([LoggedTools.python, "-c", "import duckdb"]).result(within: 30)
            return check?.status == 0
        }()

        @Test(.enabled(if: hasDuckDB, "the duckdb package is not installed: run Ops/bootstrap"))
        func duckDBReadsTheRecordsAsTheDocumentSays() throws {
            let (folder, a, _) = try Self.results.get()
            let csv = folder.file("duck.csv")
            #expect(try LonghaulBinary.run(["export", a, "--output", csv]).status == 0)
            let line = try #require(try Self.document().first { $0.contains("import duckdb") })
            let query = try #require(line.range(of: "python3").map { String(line[$0.lowerBound...]) })
            let command = query.replacingOccurrences(of: "records.csv", with: csv)
                .replacingOccurrences(of: "python3", with: "'\(LoggedTools.python)'")
            let table = try shell(command)
            #expect(table.status == 0 && table.output.contains("free-flow"), "\(table.errors)")
        }

        /// The shell blocks of Ops/JOURNAL.md.
        private static func document() throws -> [String] {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("Ops/JOURNAL.md")
            let text = try String(contentsOf: file, encoding: .utf8)
            return text.components(separatedBy: "```sh\n").dropFirst().map {
                $0.components(separatedBy: "```")[0]
            }
        }

        /// Pages of both kinds in a real browser, 360 pixels wide: nothing sticks out, and every plot is drawn.
        @Test(.enabled(if: LonghaulBinary.hasCommand("chromium"), "chromium is not installed"))
        func pagesFitAPhone() throws {
            let (folder, a, b) = try Self.results.get()
            let report = folder.file("report.html"), comparison = folder.file("comparison.html")
            #expect(try LonghaulBinary.run(["report", b, "--html", report]).status == 0)
            #expect(try LonghaulBinary.run(["compare", a, b, "--html", comparison]).status == 0)
            for page in [report, comparison] {
                let frame = try folder.write(
                    """
                    <iframe id=f width=360 height=800 style="border:0" src="file://\(page)"></iframe><script>
                    onload = () => { const d = f.contentDocument;
                      document.title = [d.documentElement.scrollWidth, d.querySelectorAll('svg').length,
                        [...d.querySelectorAll('svg')].every(s => s.getBoundingClientRect().width > 50)].join(' ') }
                    </script>
                    """, to: "frame.html")
                let browser = try RunningProcess([
                    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
                    "--user-data-dir=\(folder.file("browser"))", "--dump-dom", "file://\(frame)",
                ]).result(within: 60)
                let title = try #require(browser.output.components(separatedBy: "<title>").last?
                    .components(separatedBy: "</title>").first)
                let parts = title.split(separator: " ")
                #expect(parts.count == 3 && parts[2] == "true", "\(title)")
                #expect(try #require(Int(parts[0])) <= 360, "\(title)")
                #expect(try #require(Int(parts[1])) > 10)
            }
        }
    }
}
