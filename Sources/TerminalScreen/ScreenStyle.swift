/// What the terminal can show.
public struct ScreenStyle: Sendable, Equatable {
    /// Box lines and block sparklines; plain ASCII otherwise.
    public var usesUnicode: Bool
    public var usesColor: Bool

    public init(usesUnicode: Bool = true, usesColor: Bool = true) {
        self.usesUnicode = usesUnicode
        self.usesColor = usesColor
    }

    /// Reads what the environment says: `NO_COLOR` (https://no-color.org: set and not empty), `TERM`, and the
    /// locale by POSIX precedence (`LC_ALL`, `LC_CTYPE`, `LANG`).
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        let locale = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "").uppercased()
        usesUnicode = locale.contains("UTF-8") || locale.contains("UTF8")
        usesColor = value("NO_COLOR") == nil && value("TERM") != "dumb"
    }
}
