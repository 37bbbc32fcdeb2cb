import Foundation
import Testing

extension EndToEnd {
    @Suite(.enabled(if: LonghaulBinary.hasCommand("tmux"), "tmux is not installed"))
    struct TerminalSessions {
        @Test func aRunShowsTheDashboardAndThenTheReport() throws {
            let folder = try TemporaryFolder()
            let campaign = try folder.write(TestCampaign.yaml, to: "campaign.yaml")
            let tmux = try TmuxSession(width: 120, height: 40)
            let output = folder.file("out")
            try tmux.type("\(LonghaulBinary.path) run \(campaign) --output \(output); echo ended=$?")
            try wait(atMost: 30, for: "the dashboard") {
                let screen = try tmux.screen()
                return screen.contains("local-1") && screen.contains("local-2") && screen.contains("quit")
            }
            let screen = try tmux.screen()
            #expect(screen.contains("end-to-end"))
            #expect(screen.contains("30 M"), "the line to beat is missing")
            try wait(atMost: 90, for: "the report") { try tmux.screen().contains("ended=0") }
            let report = try tmux.screen()
            #expect(report.contains("Percentiles over rollouts"))
            #expect(!report.contains("quit"), "the dashboard is still on screen")
        }

        @Test(arguments: ["INT", "TERM"]) func theTerminalIsRestoredAfter(signal: String) throws {
            let folder = try TemporaryFolder()
            let campaign = try folder.write(TestCampaign.endless, to: "campaign.yaml")
            let tmux = try TmuxSession(width: 80, height: 24)
            let (before, after) = (folder.file("before"), folder.file("after"))
            try tmux.type(
                "stty -a >\(before); \(LonghaulBinary.path) run \(campaign) --output \(folder.file("out")); "
                    + "echo ended=$?; stty -a >\(after)")
            try wait(atMost: 30, for: "the dashboard") { try tmux.screen().contains("local-2") }
            if signal == "INT" {
                try tmux.press("C-c")
            } else {
                let pid = try #require(try tmux.process(named: "longhaul"))
                kill(pid, SIGTERM)
            }
            try wait(atMost: 30, for: "the end") { FileManager.default.fileExists(atPath: after) }
            #expect(try tmux.screen().contains("ended=130"))
            let modes = try [before, after].map { try String(contentsOfFile: $0, encoding: .utf8) }
            #expect(!modes[0].isEmpty)
            #expect(modes[0] == modes[1])
            try tmux.type("echo still-here")
            try wait(atMost: 10, for: "the shell's echo") { try tmux.screen().contains("still-here") }
            #expect(try tmux.cursorIsVisible())
        }
    }
}

extension EndToEnd.TerminalSessions {
    @Test func aReplayPlaysPausesStepsAndLeaves() throws {
        let folder = try EndToEnd.Replay.finished.get()
        let tmux = try TmuxSession(width: 100, height: 30)
        let source = folder.file("c.yaml")
        try tmux.type("\(LonghaulBinary.path) replay \(source) --scenario 0 --terminal; echo ended=$?")
        try wait(atMost: 30, for: "the player") { try tmux.screen().contains("space pause") }
        try tmux.press("Space")
        try tmux.press("Home")
        try wait(atMost: 10, for: "the first step") { try tmux.screen().contains("■ 0:00.1") }
        let screen = try tmux.screen()
        let parts = [
            "scenario 0", "constant-velocity", "seed 9", "longhaul replay", "▶", "━━━", "km/h",
            "nothing to compare with",
        ]
        for part in parts {
            #expect(screen.contains(part), "\(part) is missing:\n\(screen)")
        }
        try tmux.press("Right")
        try tmux.press("Right")
        try wait(atMost: 10, for: "two steps") { try tmux.screen().contains("■ 0:00.3") }
        try tmux.press("Space")
        try wait(atMost: 10, for: "time to pass") { try !tmux.screen().contains(" 0:00.") }
        try tmux.press("q")
        try wait(atMost: 10, for: "the end") { try tmux.screen().contains("ended=0") }
        #expect(try !tmux.screen().contains("space pause"), "the player is still on screen")
        #expect(try tmux.cursorIsVisible())
    }

    @Test func withoutColourAndOnASmallTerminalAReplayStillReads() throws {
        let folder = try EndToEnd.Replay.finished.get()
        let tmux = try TmuxSession(width: 40, height: 8)
        let command = "\(LonghaulBinary.path) replay \(folder.file("out")) --scenario 20 --terminal"
        try tmux.type("NO_COLOR=1 \(command)")
        try wait(atMost: 30, for: "the player") { try tmux.screen().contains("scenario 20") }
        let styled = try tmux.styledScreen()
        #expect(styled.range(of: "\u{1B}\\[[0-9;]*3[0-7]m", options: .regularExpression) == nil, "there are colours")
        try tmux.press("q")
        try wait(atMost: 10, for: "the verdict") { try tmux.screen().contains("bit-identical: 1 scenario") }
    }

    @Test func withoutATerminalItSaysWhatToDoInstead() throws {
        let folder = try EndToEnd.Replay.finished.get()
        let replay = try LonghaulBinary.run(["replay", folder.file("out"), "--scenario", "20", "--terminal"])
        #expect(replay.status == 64 && replay.errors.contains("--html"))
    }

    /// Enter on a failure plays it while the campaign goes on; q comes back to the dashboard.
    @Test func aFailureIsPlayedFromTheDashboardAndFromTop() throws {
        let folder = try TemporaryFolder()
        // So many that it doesn't end meanwhile.
        let yaml = """
            name: failing
            seed: 9
            scenarios: 2000000
            horizon: 20
            policy: constant-velocity
            shard-size: 16

            """
        let campaign = try folder.write(yaml, to: "campaign.yaml")
        let tmux = try TmuxSession(width: 120, height: 40)
        try tmux.type("\(LonghaulBinary.path) run \(campaign) --output \(folder.file("out")); echo ended=$?")
        try wait(atMost: 60, for: "failures in the dashboard") { try tmux.screen().contains("ran into") }
        try playAFailure(in: tmux, folder: folder.file("out"))
        try tmux.press("Escape")
        try wait(atMost: 10, for: "the dashboard") { try tmux.screen().contains("local-1") }

        let address = try #require(try topAddress(of: tmux, folder))
        let top = try TmuxSession(width: 120, height: 40)
        try top.type("\(LonghaulBinary.path) top --attach \(address)")
        try wait(atMost: 30, for: "failures in top") { try top.screen().contains("ran into") }
        try playAFailure(in: top, folder: folder.file("out"))
        try top.press("q")
        try tmux.press("q")
        try wait(atMost: 60, for: "the end") { try tmux.screen().contains("ended=130") }
    }

    private func playAFailure(in tmux: TmuxSession, folder: String) throws {
        try tmux.press("f")
        try wait(atMost: 10, for: "the list") { try tmux.screen().contains("Enter plays it here") }
        try tmux.press("Down")
        let list = try tmux.screen()
        // A long path takes a line of its own.
        #expect(
            list.contains("longhaul replay") && list.contains(folder) && list.contains(" --scenario "),
            "no replay command:\n\(list)")
        try tmux.press("Enter")
        try wait(atMost: 30, for: "the player") { try tmux.screen().contains("space pause") }
        #expect(try tmux.screen().contains("✓ bit-identical"))
        try tmux.press("q")
        try wait(atMost: 10, for: "the list again") { try tmux.screen().contains("Enter plays it here") }
    }

    /// The telemetry address that `run` printed before its dashboard came: found in the process's sockets.
    private func topAddress(of tmux: TmuxSession, _ folder: TemporaryFolder) throws -> String? {
        let pid = try #require(try tmux.process(named: "longhaul"))
        let sockets = try RunningProcess(["ss", "-Hltnp"]).result().output.split(separator: "\n")
        let ports = sockets.filter { $0.contains("pid=\(pid),") }.compactMap { line in
            line.split(separator: " ").dropFirst(3).first?.split(separator: ":").last.flatMap { Int($0) }
        }
        for port in ports {
            let address = "tcp://127.0.0.1:\(port)"
            let answer = try LonghaulBinary.run(["top", "--attach", address, "--json"])
            if answer.status == 0 { return address }
        }
        return nil
    }
}

/// A shell in a tmux server of its own.
private final class TmuxSession {
    private let folder: TemporaryFolder

    init(width: Int, height: Int) throws {
        folder = try TemporaryFolder()
        _ = try tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)",
            "env LANG=C.UTF-8 PS1='$ ' sh")
        try wait(atMost: 10, for: "the shell") { try screen().contains("$") }
    }

    deinit { _ = try? tmux("kill-server") }

    /// Types a line and presses Enter.
    func type(_ line: String) throws {
        _ = try tmux("send-keys", "-l", line)
        _ = try tmux("send-keys", "Enter")
    }

    func press(_ key: String) throws { _ = try tmux("send-keys", key) }

    func screen() throws -> String { try tmux("capture-pane", "-p") }

    /// With the escape sequences of its colours and attributes.
    func styledScreen() throws -> String { try tmux("capture-pane", "-p", "-e") }

    /// The first process below the shell whose name is `name`.
    func process(named name: String) throws -> pid_t? {
        let pane = try tmux("display-message", "-p", "#{pane_pid}")
        var waiting = pid_t(pane.trimmingCharacters(in: .whitespacesAndNewlines)).map { [$0] } ?? []
        while let pid = waiting.popLast() {
            let command = (try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)) ?? ""
            if command.trimmingCharacters(in: .whitespacesAndNewlines) == name { return pid }
            waiting += children(of: pid)
        }
        return nil
    }

    func cursorIsVisible() throws -> Bool {
        try tmux("display-message", "-p", "#{cursor_flag}").hasPrefix("1")
    }

    private func tmux(_ arguments: String...) throws -> String {
        let result = try RunningProcess(
            ["tmux", "-S", folder.file("tmux")] + arguments, environment: ["LANG": "C.UTF-8", "TERM": "xterm-256color"]
        ).result(within: 15)
        guard result.status == 0 else { throw TestFailure("tmux \(arguments): \(result.errors)") }
        return result.output
    }
}
