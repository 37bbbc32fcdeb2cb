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
            #expect(report.contains("Worst rollouts"))
            #expect(!report.contains("quit"), "the dashboard is still on screen")
        }

        @Test(arguments: ["INT", "TERM"]) func theTerminalIsRestoredAfter(signal: String) throws {
            let folder = try TemporaryFolder()
            let campaign = try folder.write(TestCampaign.yaml, to: "campaign.yaml")
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
